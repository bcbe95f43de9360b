"""What clients say they use a company for, and whose pages may speak to the API."""

from __future__ import annotations

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the columns with defaults in the database."""

    dependencies = [
        ('companies', '0006_api_key_scopes'),
    ]

    operations = [
        migrations.AddField(
            model_name='company',
            name='products',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=100), blank=True, db_default=[], default=list, size=None),
        ),
        migrations.AddField(
            model_name='operator',
            name='cors_origins',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=300), blank=True, db_default=[], default=list, size=None),
        ),
    ]
