"""The figures of all operators' syncs together, for `/metrics`."""

from __future__ import annotations

from django.db import migrations

from config.row_level_security import definer_function

_FIGURES = """
SELECT s.status, c.platform_key, count(*)::float8
  FROM integrations_sync s JOIN companies_connection c ON c.id = s.connection_id
  WHERE s.status IN ('waiting', 'queued', 'running') GROUP BY s.status, c.platform_key
UNION ALL
SELECT 'due', c.platform_key, count(*)::float8
  FROM integrations_sync s JOIN companies_connection c ON c.id = s.connection_id
  WHERE s.status IN ('queued', 'running') AND s.not_before <= now() GROUP BY c.platform_key
UNION ALL
SELECT 'late', c.platform_key, extract(epoch FROM now() - min(d.next_sync_at))::float8
  FROM integrations_datatypeschedule d JOIN companies_connection c ON c.id = d.connection_id
  WHERE d.next_sync_at <= now() AND c.status = 'Linked' AND c.deleted_at IS NULL GROUP BY c.platform_key
UNION ALL
SELECT 'lag', c.platform_key, extract(epoch FROM now() - min(coalesce(c.last_synced_at, c.linked_at)))::float8
  FROM companies_connection c
  WHERE c.status = 'Linked' AND c.deleted_at IS NULL GROUP BY c.platform_key
"""


class Migration(migrations.Migration):
    """Add the look-up, which returns numbers alone."""

    dependencies = [("integrations", "0012_vendor_requests")]

    operations = [
        definer_function(
            "sync_figures", "", "TABLE (figure text, platform_key text, amount float8)", _FIGURES
        )
    ]
