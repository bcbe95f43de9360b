"""Components of subscriptions, groups, reason codes, under row-level security."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from config.row_level_security import enable_row_level_security


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0002_tenant_policies'),
        ('billing', '0003_catalogue_prices'),
    ]

    operations = [
        migrations.CreateModel(
            name='SubscriptionComponent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source_id', models.CharField(max_length=120, verbose_name='ID')),
                ('body_index', models.PositiveIntegerField(default=0)),
                ('content_hash', models.BinaryField(max_length=16)),
                ('source_created_at', models.DateTimeField(null=True, verbose_name='created')),
                ('source_updated_at', models.DateTimeField(null=True, verbose_name='updated')),
                ('first_seen_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('version', models.BigIntegerField()),
                ('deleted_at', models.DateTimeField(null=True)),
                ('subscription_source_id', models.CharField(blank=True, max_length=120)),
                ('component_source_id', models.CharField(blank=True, max_length=120)),
                ('name', models.CharField(blank=True, max_length=300)),
                ('kind', models.CharField(blank=True, max_length=40)),
                ('unit_name', models.CharField(blank=True, max_length=300, verbose_name='unit')),
                ('product_family_source_id', models.CharField(blank=True, max_length=120)),
                ('price_point_source_id', models.CharField(blank=True, max_length=120)),
                ('pricing_scheme', models.CharField(blank=True, max_length=40)),
                ('currency', models.CharField(blank=True, max_length=3)),
                ('allocated_quantity', models.DecimalField(decimal_places=8, max_digits=24, null=True)),
                ('unit_balance', models.DecimalField(decimal_places=8, max_digits=24, null=True)),
                ('enabled', models.BooleanField(null=True)),
                ('recurring', models.BooleanField(null=True)),
                ('archived_at', models.DateTimeField(null=True)),
                ('body_chunk', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='billing.bodychunk')),
                ('connection', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.connection')),
                ('operator', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.operator')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'indexes': [models.Index(fields=['operator', '-source_created_at', 'id'], name='subscriptioncomponent_newest'), models.Index(fields=['connection', 'version'], name='subscriptioncomponent_version'), models.Index(fields=['connection', 'subscription_source_id'], name='subscriptioncomponent_of'), models.Index(fields=['connection', 'component_source_id'], name='subscriptioncomponent_what')],
                'constraints': [models.UniqueConstraint(fields=('operator', 'connection', 'source_id'), name='subscriptioncomponent_source_id')],
            },
        ),
        migrations.CreateModel(
            name='SubscriptionGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source_id', models.CharField(max_length=120, verbose_name='ID')),
                ('body_index', models.PositiveIntegerField(default=0)),
                ('content_hash', models.BinaryField(max_length=16)),
                ('source_created_at', models.DateTimeField(null=True, verbose_name='created')),
                ('source_updated_at', models.DateTimeField(null=True, verbose_name='updated')),
                ('first_seen_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('version', models.BigIntegerField()),
                ('deleted_at', models.DateTimeField(null=True)),
                ('state', models.CharField(blank=True, max_length=40)),
                ('customer_source_id', models.CharField(blank=True, max_length=120)),
                ('primary_subscription_source_id', models.CharField(blank=True, max_length=120)),
                ('payment_profile_source_id', models.CharField(blank=True, max_length=120)),
                ('subscription_ids', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=120), default=list, size=None, verbose_name='subscriptions')),
                ('next_assessment_at', models.DateTimeField(null=True)),
                ('cancel_at_end_of_period', models.BooleanField(null=True)),
                ('body_chunk', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='billing.bodychunk')),
                ('connection', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.connection')),
                ('operator', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.operator')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'indexes': [models.Index(fields=['operator', '-source_created_at', 'id'], name='subscriptiongroup_newest'), models.Index(fields=['connection', 'version'], name='subscriptiongroup_version')],
                'constraints': [models.UniqueConstraint(fields=('operator', 'connection', 'source_id'), name='subscriptiongroup_source_id')],
            },
        ),
        migrations.CreateModel(
            name='ReasonCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source_id', models.CharField(max_length=120, verbose_name='ID')),
                ('body_index', models.PositiveIntegerField(default=0)),
                ('content_hash', models.BinaryField(max_length=16)),
                ('source_created_at', models.DateTimeField(null=True, verbose_name='created')),
                ('source_updated_at', models.DateTimeField(null=True, verbose_name='updated')),
                ('first_seen_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('version', models.BigIntegerField()),
                ('deleted_at', models.DateTimeField(null=True)),
                ('code', models.CharField(blank=True, max_length=300)),
                ('description', models.TextField(blank=True)),
                ('position', models.PositiveIntegerField(null=True)),
                ('body_chunk', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='billing.bodychunk')),
                ('connection', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.connection')),
                ('operator', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.operator')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'indexes': [models.Index(fields=['operator', '-source_created_at', 'id'], name='reasoncode_newest'), models.Index(fields=['connection', 'version'], name='reasoncode_version')],
                'constraints': [models.UniqueConstraint(fields=('operator', 'connection', 'source_id'), name='reasoncode_source_id')],
            },
        ),
        enable_row_level_security("billing_subscriptioncomponent"),
        enable_row_level_security("billing_subscriptiongroup"),
        enable_row_level_security("billing_reasoncode"),
    ]
