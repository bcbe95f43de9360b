"""What an API key may do; older code that makes a key leaves it to the database."""

from __future__ import annotations

import companies.models.api_keys
import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    """Let every key that there is do everything, as before."""

    dependencies = [
        ('companies', '0005_email_policies'),
    ]

    operations = [
        migrations.AddField(
            model_name='apikey',
            name='scopes',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('read', 'Read'), ('write', 'Write'), ('admin', 'Administer'), ('proxy', 'Proxy')], max_length=10), db_default=['read', 'write', 'admin', 'proxy'], default=companies.models.api_keys.every_scope, size=None),
        ),
    ]
