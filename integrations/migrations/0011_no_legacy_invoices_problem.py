"""Syncs that ended because a site's invoices were of the old kind: there are no words for that any more."""

from django.db import migrations

TABLES = ("integrations_sync", "integrations_pulloperation")


class Migration(migrations.Migration):

    dependencies = [("integrations", "0010_operation_is_offered")]

    operations = [
        migrations.RunSQL(
            f"UPDATE {table} SET problem = 'internal' WHERE problem = 'legacy_invoices'",
            migrations.RunSQL.noop,
        )
        for table in TABLES
    ]
