"""Events of the site and of invoices, under row-level security."""

import django.db.models.deletion
from django.db import migrations, models

from config.row_level_security import enable_row_level_security


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0002_tenant_policies'),
        ('billing', '0006_payment_profiles_and_metadata'),
    ]

    operations = [
        migrations.CreateModel(
            name='Event',
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
                ('key', models.CharField(blank=True, max_length=100)),
                ('message', models.TextField(blank=True)),
                ('customer_source_id', models.CharField(blank=True, max_length=120)),
                ('subscription_source_id', models.CharField(blank=True, max_length=120)),
                ('body_chunk', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='billing.bodychunk')),
                ('connection', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.connection')),
                ('operator', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.operator')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'indexes': [models.Index(fields=['operator', '-source_created_at', 'id'], name='event_newest'), models.Index(fields=['connection', 'version'], name='event_version'), models.Index(fields=['connection', 'subscription_source_id'], name='event_subscription'), models.Index(fields=['operator', 'key'], name='event_key')],
                'constraints': [models.UniqueConstraint(fields=('operator', 'connection', 'source_id'), name='event_source_id')],
            },
        ),
        migrations.CreateModel(
            name='InvoiceEvent',
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
                ('event_type', models.CharField(blank=True, max_length=60)),
                ('invoice_source_id', models.CharField(blank=True, max_length=120)),
                ('credit_note_source_id', models.CharField(blank=True, max_length=120)),
                ('customer_source_id', models.CharField(blank=True, max_length=120)),
                ('subscription_source_id', models.CharField(blank=True, max_length=120)),
                ('from_status', models.CharField(blank=True, max_length=30)),
                ('to_status', models.CharField(blank=True, max_length=30)),
                ('transaction_source_id', models.CharField(blank=True, max_length=120)),
                ('memo', models.TextField(blank=True)),
                ('currency', models.CharField(blank=True, max_length=3)),
                ('amount_minor', models.BigIntegerField(null=True, verbose_name='amount')),
                ('total_minor', models.BigIntegerField(null=True, verbose_name='total of the invoice')),
                ('due_minor', models.BigIntegerField(null=True, verbose_name='due of the invoice')),
                ('body_chunk', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='billing.bodychunk')),
                ('connection', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.connection')),
                ('operator', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.operator')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'indexes': [models.Index(fields=['operator', '-source_created_at', 'id'], name='invoiceevent_newest'), models.Index(fields=['connection', 'version'], name='invoiceevent_version'), models.Index(fields=['connection', 'invoice_source_id'], name='invoiceevent_invoice'), models.Index(fields=['operator', 'event_type'], name='invoiceevent_type')],
                'constraints': [models.UniqueConstraint(fields=('operator', 'connection', 'source_id'), name='invoiceevent_source_id')],
            },
        ),
        enable_row_level_security("billing_event"),
        enable_row_level_security("billing_invoiceevent"),
    ]
