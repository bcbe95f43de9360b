"""The tenant policy of e-mails, and the look-up of those that are due."""

from __future__ import annotations

from django.db import migrations

from config.row_level_security import definer_function, enable_row_level_security


class Migration(migrations.Migration):
    """Put the e-mails under row-level security, and let the task find them before the tenant is known."""

    dependencies = [("companies", "0004_connection_health")]

    operations = [
        enable_row_level_security("companies_eventemail"),
        definer_function(
            "due_emails",
            "",
            "TABLE (operator_id uuid, email_id uuid)",
            "SELECT e.operator_id, e.id FROM companies_eventemail e"
            " WHERE e.state = 'waiting' AND e.not_before <= statement_timestamp() ORDER BY e.not_before LIMIT 200",
        ),
    ]
