"""The tenant policies of integrations."""

from __future__ import annotations

from django.db import migrations

from config.row_level_security import definer_function, enable_row_level_security


class Migration(migrations.Migration):
    """Put the tables under row-level security and add the look-up of due syncs."""

    dependencies = [("integrations", "0001_initial")]

    operations = [
        enable_row_level_security("integrations_integrationsetting"),
        enable_row_level_security("integrations_credential"),
        enable_row_level_security("integrations_credentialcheck"),
        enable_row_level_security("integrations_sync"),
        enable_row_level_security("integrations_pulloperation"),
        enable_row_level_security("integrations_streamcursor"),
        definer_function(
            "due_syncs",
            "",
            "TABLE (operator_id uuid, sync_id uuid)",
            "SELECT operator_id, id FROM integrations_sync WHERE status IN ('queued', 'running') AND not_before <= now() ORDER BY not_before",
        ),
        definer_function(
            "lost_checks",
            "",
            "TABLE (operator_id uuid, check_id uuid, age interval)",
            "SELECT operator_id, id, now() - started_at FROM integrations_credentialcheck"
            " WHERE outcome = 'running' AND started_at < now() - interval '2 minutes'",
        ),
        definer_function(
            "operators_with_credentials",
            "",
            "SETOF uuid",
            "SELECT DISTINCT operator_id FROM integrations_credential",
        ),
    ]
