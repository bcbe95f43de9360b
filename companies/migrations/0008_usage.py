"""What operators use by day, under the tenant policy, and the look-up of those that use anything."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

from config.row_level_security import definer_function, enable_row_level_security


class Migration(migrations.Migration):
    """Add the table, its policy and the look-up."""

    dependencies = [
        ('companies', '0007_products_and_cors_origins'),
    ]

    operations = [
        migrations.CreateModel(
            name='UsageDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('requests', models.PositiveBigIntegerField(default=0)),
                ('rows_read', models.PositiveBigIntegerField(default=0)),
                ('rows_changed', models.PositiveBigIntegerField(default=0)),
                ('operator', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='companies.operator')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('operator', 'day'), name='usage_once_a_day')],
            },
        ),
        enable_row_level_security("companies_usageday"),
        definer_function(
            "operators_in_use",
            "",
            "SETOF uuid",
            "SELECT operator_id FROM companies_apikey WHERE last_used_at >= current_date - 1"
            " UNION SELECT operator_id FROM companies_connection WHERE last_synced_at >= current_date - 1",
        ),
    ]
