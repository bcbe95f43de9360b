"""Tests of connections, under the tenant policy."""

from __future__ import annotations

import django.db.models.deletion
import uuid
from django.db import migrations, models

from config.row_level_security import enable_row_level_security


class Migration(migrations.Migration):
    """Add the table and its policy."""

    dependencies = [
        ('companies', '0005_email_policies'),
        ('integrations', '0016_stale_connections'),
    ]

    operations = [
        migrations.CreateModel(
            name='ConnectionTest',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('outcome', models.CharField(choices=[('running', 'Running'), ('passed', 'Passed'), ('failed', 'Failed')], default='running', max_length=8)),
                ('problem', models.CharField(blank=True, max_length=40)),
                ('started_at', models.DateTimeField(auto_now_add=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('connection', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tests', to='companies.connection')),
                ('operator', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.operator')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'indexes': [models.Index(fields=['connection', '-started_at'], name='connection_test_latest')],
            },
        ),
        enable_row_level_security("integrations_connectiontest"),
    ]
