"""The log of requests to vendors, its tenant policy, and the look-up of what is too old to be kept."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

from config.row_level_security import definer_function, enable_row_level_security


class Migration(migrations.Migration):
    """Make the table and put it under row-level security."""

    dependencies = [
        ('companies', '0002_tenant_policies'),
        ('integrations', '0011_no_legacy_invoices_problem'),
    ]

    operations = [
        migrations.CreateModel(
            name='VendorRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sync', models.UUIDField(null=True)),
                ('at', models.DateTimeField()),
                ('path', models.CharField(max_length=200)),
                ('status', models.PositiveSmallIntegerField(null=True)),
                ('ms', models.PositiveIntegerField(verbose_name='milliseconds')),
                ('vendor_request_id', models.CharField(blank=True, max_length=100, verbose_name="vendor's request ID")),
                ('connection', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='requests', to='companies.connection')),
                ('operator', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.operator')),
            ],
            options={
                'verbose_name': 'request',
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'indexes': [models.Index(fields=['connection', '-at'], name='request_newest_of_connection'), models.Index(fields=['operator', '-at'], name='request_newest')],
            },
        ),
        enable_row_level_security("integrations_vendorrequest"),
        definer_function(
            "operators_with_requests_before",
            "moment timestamptz",
            "SETOF uuid",
            "SELECT o.id FROM companies_operator o WHERE EXISTS (SELECT FROM integrations_vendorrequest r"
            " WHERE r.operator_id = o.id AND r.at < moment)",
        ),
    ]
