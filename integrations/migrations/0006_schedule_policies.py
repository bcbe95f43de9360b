"""The tenant policies of settings and schedules, the look-up of what is due, and a schedule for what is linked."""

from __future__ import annotations

from django.db import migrations

from config.row_level_security import definer_function, enable_row_level_security

# What a connection has read so far, daily from its last sync on: what a new setting says.
_START = """
INSERT INTO integrations_datatypeschedule
    (operator_id, connection_id, data_type, hours, counts_from, next_sync_at)
SELECT DISTINCT c.operator_id, c.id, o.data_type, 24, s.counts_from, s.counts_from + interval '24 hours'
FROM companies_connection c
JOIN integrations_pulloperation o ON o.connection_id = c.id
CROSS JOIN LATERAL (SELECT coalesce(c.last_synced_at, c.linked_at) AS counts_from) s
WHERE c.status = 'Linked' AND c.deleted_at IS NULL AND s.counts_from IS NOT NULL
"""


class Migration(migrations.Migration):
    """Put the tables under row-level security, and let what is linked already follow the schedules."""

    dependencies = [("integrations", "0005_sync_settings")]

    operations = [
        enable_row_level_security("integrations_defaultsyncsetting"),
        enable_row_level_security("integrations_companysyncsetting"),
        enable_row_level_security("integrations_datatypeschedule"),
        definer_function(
            "due_schedules",
            "",
            "TABLE (operator_id uuid, connection_id uuid)",
            "SELECT s.operator_id, s.connection_id FROM integrations_datatypeschedule s"
            " JOIN companies_connection c ON c.id = s.connection_id"
            " WHERE s.next_sync_at <= now() AND c.status = 'Linked' AND c.deleted_at IS NULL"
            " AND NOT EXISTS (SELECT FROM integrations_sync y"
            " WHERE y.connection_id = s.connection_id AND y.status IN ('queued', 'running'))"
            " GROUP BY s.operator_id, s.connection_id ORDER BY min(s.next_sync_at) LIMIT 5000",
        ),
        migrations.RunSQL(_START, migrations.RunSQL.noop),
    ]
