"""Statements and transactions, under row-level security."""

import django.db.models.deletion
from django.db import migrations, models

from config.row_level_security import enable_row_level_security


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0008_change_feed_index'),
        ('companies', '0002_tenant_policies'),
    ]

    operations = [
        migrations.CreateModel(
            name='Statement',
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
                ('customer_name', models.CharField(blank=True, max_length=400, verbose_name='customer')),
                ('customer_organization', models.CharField(blank=True, max_length=400, verbose_name='organization')),
                ('opened_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('settled_at', models.DateTimeField(null=True)),
                ('memo', models.TextField(blank=True)),
                ('currency', models.CharField(blank=True, max_length=3)),
                ('starting_balance_minor', models.BigIntegerField(null=True, verbose_name='starting balance')),
                ('ending_balance_minor', models.BigIntegerField(null=True, verbose_name='ending balance')),
                ('total_minor', models.BigIntegerField(null=True, verbose_name='total')),
                ('body_chunk', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='billing.bodychunk')),
                ('connection', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.connection')),
                ('operator', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.operator')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'indexes': [models.Index(fields=['operator', '-source_created_at', 'id'], name='statement_newest'), models.Index(fields=['connection', 'operator', 'version'], name='statement_changes'), models.Index(fields=['connection', 'subscription_source_id'], name='statement_subscription')],
                'constraints': [models.UniqueConstraint(fields=('operator', 'connection', 'source_id'), name='statement_source_id')],
            },
        ),
        migrations.CreateModel(
            name='Transaction',
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
                ('type', models.CharField(blank=True, max_length=40)),
                ('kind', models.CharField(blank=True, max_length=60)),
                ('success', models.BooleanField(null=True, verbose_name='succeeded')),
                ('memo', models.TextField(blank=True)),
                ('item_name', models.TextField(blank=True, verbose_name='item')),
                ('period_start', models.DateField(null=True)),
                ('period_end', models.DateField(null=True)),
                ('customer_source_id', models.CharField(blank=True, max_length=120)),
                ('subscription_source_id', models.CharField(blank=True, max_length=120)),
                ('statement_source_id', models.CharField(blank=True, max_length=120)),
                ('product_source_id', models.CharField(blank=True, max_length=120)),
                ('component_source_id', models.CharField(blank=True, max_length=120)),
                ('payment_source_id', models.CharField(blank=True, max_length=120)),
                ('gateway', models.CharField(blank=True, max_length=200)),
                ('gateway_transaction_id', models.CharField(blank=True, max_length=200, verbose_name="gateway's ID")),
                ('masked_number', models.CharField(blank=True, max_length=60)),
                ('card_type', models.CharField(blank=True, max_length=60)),
                ('currency', models.CharField(blank=True, max_length=3)),
                ('amount_minor', models.BigIntegerField(null=True, verbose_name='amount')),
                ('starting_balance_minor', models.BigIntegerField(null=True, verbose_name='balance before')),
                ('ending_balance_minor', models.BigIntegerField(null=True, verbose_name='balance after')),
                ('body_chunk', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='billing.bodychunk')),
                ('connection', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.connection')),
                ('operator', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.operator')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'indexes': [models.Index(fields=['operator', '-source_created_at', 'id'], name='transaction_newest'), models.Index(fields=['connection', 'operator', 'version'], name='transaction_changes'), models.Index(fields=['connection', 'statement_source_id'], name='transaction_statement'), models.Index(fields=['connection', 'subscription_source_id'], name='transaction_subscription'), models.Index(fields=['operator', 'type'], name='transaction_type')],
                'constraints': [models.UniqueConstraint(fields=('operator', 'connection', 'source_id'), name='transaction_source_id')],
            },
        ),
        enable_row_level_security("billing_statement"),
        enable_row_level_security("billing_transaction"),
    ]
