"""The look-up of connections whose data are out of date, and a start for what is scheduled already."""

from __future__ import annotations

from django.db import migrations

from config.row_level_security import definer_function

# The end of the last sync, complete or not: else everything that is linked for long would be out of date at once.
_START = "UPDATE integrations_datatypeschedule SET fresh_at = counts_from WHERE fresh_at IS NULL"


class Migration(migrations.Migration):
    """Let the task find what is out of date before the tenant is known."""

    dependencies = [("integrations", "0015_freshness")]

    operations = [
        migrations.RunSQL(_START, migrations.RunSQL.noop),
        definer_function(
            "stale_connections",
            "times int, least_hours int",
            "TABLE (operator_id uuid, connection_id uuid)",
            "SELECT s.operator_id, s.connection_id FROM integrations_datatypeschedule s"
            " JOIN companies_connection c ON c.id = s.connection_id"
            " WHERE s.hours > 0 AND c.status = 'Linked' AND c.deleted_at IS NULL AND c.stale_since IS NULL"
            " AND (s.fresh_at IS NULL OR s.fresh_at <= statement_timestamp() - least_hours * interval '1 hour')"
            " AND coalesce(s.fresh_at, c.linked_at)"
            " + greatest(s.hours * times, least_hours) * interval '1 hour' <= statement_timestamp()"
            " GROUP BY s.operator_id, s.connection_id ORDER BY s.operator_id LIMIT 1000",
        ),
    ]
