"""Payment profiles and custom fields, under row-level security."""

import django.db.models.deletion
from django.db import migrations, models

from config.row_level_security import enable_row_level_security


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0002_tenant_policies'),
        ('billing', '0005_credit_notes'),
    ]

    operations = [
        migrations.CreateModel(
            name='PaymentProfile',
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
                ('customer_source_id', models.CharField(blank=True, max_length=120)),
                ('payment_type', models.CharField(blank=True, max_length=40)),
                ('masked_number', models.CharField(blank=True, max_length=60)),
                ('card_type', models.CharField(blank=True, max_length=60)),
                ('expiration_month', models.PositiveIntegerField(null=True)),
                ('expiration_year', models.PositiveIntegerField(null=True)),
                ('bank_name', models.CharField(blank=True, max_length=300)),
                ('bank_account_type', models.CharField(blank=True, max_length=40)),
                ('bank_account_holder_type', models.CharField(blank=True, max_length=40)),
                ('holder_name', models.CharField(blank=True, max_length=400, verbose_name='holder')),
                ('billing_country', models.CharField(blank=True, max_length=100)),
                ('vault', models.CharField(blank=True, max_length=100)),
                ('disabled', models.BooleanField(null=True)),
                ('verified', models.BooleanField(null=True)),
                ('body_chunk', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='billing.bodychunk')),
                ('connection', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.connection')),
                ('operator', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.operator')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'indexes': [models.Index(fields=['operator', '-source_created_at', 'id'], name='paymentprofile_newest'), models.Index(fields=['connection', 'version'], name='paymentprofile_version'), models.Index(fields=['connection', 'customer_source_id'], name='paymentprofile_customer')],
                'constraints': [models.UniqueConstraint(fields=('operator', 'connection', 'source_id'), name='paymentprofile_source_id')],
            },
        ),
        migrations.CreateModel(
            name='CustomerMetadatum',
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
                ('name', models.CharField(blank=True, max_length=300)),
                ('value', models.TextField(blank=True)),
                ('metafield_source_id', models.CharField(blank=True, max_length=120)),
                ('source_deleted_at', models.DateTimeField(null=True, verbose_name='deleted at the vendor')),
                ('customer_source_id', models.CharField(blank=True, max_length=120)),
                ('body_chunk', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='billing.bodychunk')),
                ('connection', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.connection')),
                ('operator', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.operator')),
            ],
            options={
                'verbose_name': 'custom field of a customer',
                'verbose_name_plural': 'custom fields of customers',
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'indexes': [models.Index(fields=['operator', '-source_created_at', 'id'], name='customermetadatum_newest'), models.Index(fields=['connection', 'version'], name='customermetadatum_version'), models.Index(fields=['connection', 'customer_source_id'], name='metadatum_customer')],
                'constraints': [models.UniqueConstraint(fields=('operator', 'connection', 'source_id'), name='customermetadatum_source_id')],
            },
        ),
        migrations.CreateModel(
            name='SubscriptionMetadatum',
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
                ('name', models.CharField(blank=True, max_length=300)),
                ('value', models.TextField(blank=True)),
                ('metafield_source_id', models.CharField(blank=True, max_length=120)),
                ('source_deleted_at', models.DateTimeField(null=True, verbose_name='deleted at the vendor')),
                ('subscription_source_id', models.CharField(blank=True, max_length=120)),
                ('body_chunk', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='billing.bodychunk')),
                ('connection', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.connection')),
                ('operator', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.operator')),
            ],
            options={
                'verbose_name': 'custom field of a subscription',
                'verbose_name_plural': 'custom fields of subscriptions',
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'indexes': [models.Index(fields=['operator', '-source_created_at', 'id'], name='subscriptionmetadatum_newest'), models.Index(fields=['connection', 'version'], name='subscriptionmetadatum_version'), models.Index(fields=['connection', 'subscription_source_id'], name='metadatum_subscription')],
                'constraints': [models.UniqueConstraint(fields=('operator', 'connection', 'source_id'), name='subscriptionmetadatum_source_id')],
            },
        ),
        enable_row_level_security("billing_paymentprofile"),
        enable_row_level_security("billing_customermetadatum"),
        enable_row_level_security("billing_subscriptionmetadatum"),
    ]
