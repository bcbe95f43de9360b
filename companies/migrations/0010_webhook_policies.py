"""The tenant policies of webhooks, and what must be found before the tenant is known."""

from __future__ import annotations

from django.db import migrations

from config.row_level_security import definer_function, enable_row_level_security


class Migration(migrations.Migration):
    """Put webhooks under row-level security, and let tasks find what is due."""

    dependencies = [("companies", "0009_webhooks")]

    operations = [
        enable_row_level_security("companies_webhookconsumer"),
        enable_row_level_security("companies_webhookevent"),
        enable_row_level_security("companies_webhookdelivery"),
        enable_row_level_security("companies_webhookattempt"),
        # A few of each consumer, so that a long queue to one holds nobody up.
        definer_function(
            "due_webhooks",
            "moment timestamptz",
            "TABLE (operator_id uuid, delivery_id uuid)",
            "SELECT due.operator_id, due.id FROM ("
            " SELECT d.operator_id, d.id, d.not_before,"
            " row_number() OVER (PARTITION BY d.consumer_id ORDER BY d.not_before, d.id) AS place"
            " FROM companies_webhookdelivery d"
            " WHERE d.state IN ('waiting', 'sending') AND d.not_before <= moment"
            ") due WHERE due.place <= 20 ORDER BY due.not_before LIMIT 200",
        ),
        definer_function(
            "operators_with_webhooks",
            "",
            "SETOF uuid",
            "SELECT DISTINCT operator_id FROM companies_webhookconsumer",
        ),
        definer_function(
            "operators_with_webhook_events_before",
            "moment timestamptz",
            "SETOF uuid",
            "SELECT DISTINCT operator_id FROM companies_webhookevent WHERE generated_at < moment",
        ),
    ]
