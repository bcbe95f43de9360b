"""Whether an operator's software may look at accounts through the proxy; older code leaves it to the database."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the column with a default in the database."""

    dependencies = [
        ('integrations', '0018_custom_data_types'),
    ]

    operations = [
        migrations.AddField(
            model_name='integrationsetting',
            name='proxy_enabled',
            field=models.BooleanField(db_default=False, default=False, verbose_name='proxy'),
        ),
    ]
