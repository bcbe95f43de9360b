"""How many requests at once an operator lets an account get; older code that adds a row leaves it to the database."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the column with a default in the database."""

    dependencies = [
        ('integrations', '0013_sync_figures'),
    ]

    operations = [
        migrations.AddField(
            model_name='integrationsetting',
            name='in_flight',
            field=models.PositiveSmallIntegerField(db_default=2, default=2, verbose_name='requests at once'),
        ),
        migrations.AddConstraint(
            model_name='integrationsetting',
            constraint=models.CheckConstraint(condition=models.Q(('in_flight__range', (1, 4))), name='setting_in_flight'),
        ),
    ]
