"""Credit notes and their lines, under row-level security."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from config.row_level_security import enable_row_level_security


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0002_tenant_policies'),
        ('billing', '0004_subscription_components'),
    ]

    operations = [
        migrations.CreateModel(
            name='CreditNote',
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
                ('number', models.CharField(blank=True, max_length=60)),
                ('status', models.CharField(blank=True, max_length=30)),
                ('customer_source_id', models.CharField(blank=True, max_length=120)),
                ('subscription_source_id', models.CharField(blank=True, max_length=120)),
                ('origin_invoice_ids', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=120), default=list, size=None, verbose_name='of invoices')),
                ('issue_date', models.DateField(null=True)),
                ('applied_date', models.DateField(null=True)),
                ('memo', models.TextField(blank=True)),
                ('currency', models.CharField(blank=True, max_length=3)),
                ('subtotal_minor', models.BigIntegerField(null=True, verbose_name='subtotal')),
                ('discount_minor', models.BigIntegerField(null=True, verbose_name='discounts')),
                ('tax_minor', models.BigIntegerField(null=True, verbose_name='taxes')),
                ('total_minor', models.BigIntegerField(null=True, verbose_name='total')),
                ('applied_minor', models.BigIntegerField(null=True, verbose_name='applied')),
                ('remaining_minor', models.BigIntegerField(null=True, verbose_name='remaining')),
                ('body_chunk', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='billing.bodychunk')),
                ('connection', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.connection')),
                ('operator', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.operator')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'indexes': [models.Index(fields=['operator', '-source_created_at', 'id'], name='creditnote_newest'), models.Index(fields=['connection', 'version'], name='creditnote_version'), models.Index(fields=['connection', 'customer_source_id'], name='creditnote_customer'), models.Index(fields=['connection', 'subscription_source_id'], name='creditnote_subscription'), models.Index(fields=['operator', 'number'], name='creditnote_number')],
                'constraints': [models.UniqueConstraint(fields=('operator', 'connection', 'source_id'), name='creditnote_source_id')],
            },
        ),
        migrations.CreateModel(
            name='CreditNoteLine',
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
                ('title', models.TextField(blank=True)),
                ('description', models.TextField(blank=True)),
                ('quantity', models.DecimalField(decimal_places=8, max_digits=24, null=True)),
                ('unit_price', models.DecimalField(decimal_places=8, max_digits=24, null=True)),
                ('subtotal_minor', models.BigIntegerField(null=True, verbose_name='subtotal')),
                ('discount_minor', models.BigIntegerField(null=True, verbose_name='discounts')),
                ('tax_minor', models.BigIntegerField(null=True, verbose_name='taxes')),
                ('total_minor', models.BigIntegerField(null=True, verbose_name='total')),
                ('period_start', models.DateField(null=True)),
                ('period_end', models.DateField(null=True)),
                ('product_source_id', models.CharField(blank=True, max_length=120)),
                ('component_source_id', models.CharField(blank=True, max_length=120)),
                ('credit_note_source_id', models.CharField(blank=True, max_length=120)),
                ('currency', models.CharField(blank=True, max_length=3)),
                ('body_chunk', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='billing.bodychunk')),
                ('connection', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.connection')),
                ('operator', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.operator')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'indexes': [models.Index(fields=['operator', '-source_created_at', 'id'], name='creditnoteline_newest'), models.Index(fields=['connection', 'version'], name='creditnoteline_version'), models.Index(fields=['connection', 'credit_note_source_id'], name='creditnoteline_creditnote')],
                'constraints': [models.UniqueConstraint(fields=('operator', 'connection', 'source_id'), name='creditnoteline_source_id')],
            },
        ),
        enable_row_level_security("billing_creditnote"),
        enable_row_level_security("billing_creditnoteline"),
    ]
