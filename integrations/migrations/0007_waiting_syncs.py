"""A sync that was asked for during another one waits as a row of its own."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Let syncs wait, and let go of `follow_up`: the column goes when no old code writes it any more."""

    dependencies = [("integrations", "0006_schedule_policies")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.RemoveField(model_name="sync", name="follow_up")],
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE integrations_sync ALTER COLUMN follow_up SET DEFAULT ''",
                    "ALTER TABLE integrations_sync ALTER COLUMN follow_up DROP DEFAULT",
                )
            ],
        ),
        migrations.AlterField(
            model_name='sync',
            name='status',
            field=models.CharField(choices=[('waiting', 'Waiting'), ('queued', 'Queued'), ('running', 'Running'), ('complete', 'Complete'), ('failed', 'Failed')], default='queued', max_length=10),
        ),
        migrations.AddConstraint(
            model_name='sync',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'waiting')), fields=('connection',), name='one_sync_waits_per_connection'),
        ),
    ]
