"""The look-up of operators whose raw bodies are to be gone through."""

from __future__ import annotations

from django.db import migrations

from config.row_level_security import definer_function


class Migration(migrations.Migration):
    """Add the function."""

    dependencies = [("billing", "0009_statements_and_transactions")]

    operations = [
        definer_function(
            "operators_with_bodies",
            "",
            "SETOF uuid",
            "SELECT id FROM companies_operator o"
            " WHERE EXISTS (SELECT FROM billing_bodychunk WHERE operator_id = o.id)",
        ),
    ]
