"""Custom data types, under the tenant policy."""

from __future__ import annotations

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from config.row_level_security import enable_row_level_security


class Migration(migrations.Migration):
    """Add the table and its policy."""

    dependencies = [
        ('companies', '0005_email_policies'),
        ('integrations', '0017_connection_tests'),
    ]

    operations = [
        migrations.CreateModel(
            name='CustomDataType',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('platform_key', models.CharField(max_length=8)),
                ('identifier', models.CharField(max_length=60)),
                ('data_source', models.CharField(max_length=200)),
                ('required_data', models.JSONField(default=dict)),
                ('key_by', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), default=list, size=None)),
                ('source_modified_date', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), null=True, size=None)),
                ('operator', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.operator')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('operator', 'platform_key', 'identifier'), name='custom_data_type_once')],
            },
        ),
        enable_row_level_security("integrations_customdatatype"),
    ]
