"""When each data type was read completely, and since when a key has been refused."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add what tells fresh data from data that are out of date."""

    dependencies = [
        ('companies', '0004_connection_health'),
        ('integrations', '0014_requests_at_once'),
    ]

    operations = [
        migrations.AddField(
            model_name='datatypeschedule',
            name='fresh_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='sync',
            name='refused_since',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name='datatypeschedule',
            index=models.Index(condition=models.Q(('hours__gt', 0)), fields=['fresh_at'], name='schedule_fresh'),
        ),
    ]
