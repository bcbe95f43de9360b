"""What must be found before the tenant is known, through definer functions that return ids (design: Trust)."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection


def operator_of_user(user_id: int) -> UUID | None:
    """Return the operator that a user is a member of."""
    return _one("SELECT operator_of_user(%s)", user_id)


def operator_of_api_key(prefix: str) -> UUID | None:
    """Return the operator whose unrevoked API key starts with a prefix."""
    return _one("SELECT operator_of_api_key(%s)", prefix)


def operator_of_link_url(link_url_id: UUID) -> UUID | None:
    """Return the operator of a Link URL, revoked or not."""
    return _one("SELECT operator_of_link_url(%s)", link_url_id)


def operator_of_company(company_id: UUID) -> UUID | None:
    """Return the operator of a company; for commands, which are handed ids alone."""
    return _one("SELECT operator_of_company(%s)", company_id)


def operator_of_connection(connection_id: UUID) -> UUID | None:
    """Return the operator of a connection; for tasks and commands, which are handed ids alone."""
    return _one("SELECT operator_of_connection(%s)", connection_id)


def operators_in_use() -> list[UUID]:
    """Return the operators whose API keys were used, or whose connections were synced, since yesterday began."""
    return _column("SELECT operator_id FROM operators_in_use() AS operator_id")


def operators_to_purge() -> list[UUID]:
    """Return the operators that have deleted companies or connections to purge."""
    return _column("SELECT operator_id FROM operators_to_purge() AS operator_id")


def due_emails() -> list[tuple[UUID, UUID]]:
    """Return operator and id of the e-mails that may be sent now, the longest due first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT operator_id, email_id FROM due_emails()")
        return list(cursor.fetchall())


def due_webhooks(moment: datetime) -> dict[UUID, list[UUID]]:
    """Return the deliveries of webhooks that may be sent at a moment, the longest due first, by operator."""
    found: dict[UUID, list[UUID]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute("SELECT operator_id, delivery_id FROM due_webhooks(%s)", [moment])
        for operator_id, delivery_id in cursor.fetchall():
            found[operator_id].append(delivery_id)
    return found


def operators_with_webhooks() -> list[UUID]:
    """Return the operators that have webhook consumers."""
    return _column("SELECT operator_id FROM operators_with_webhooks() AS operator_id")


def operators_with_webhook_events_before(moment: datetime) -> list[UUID]:
    """Return the operators whose events for webhooks go back beyond a moment."""
    return _column("SELECT operator_id FROM operators_with_webhook_events_before(%s) AS operator_id", moment)


def _one(sql: str, *parameters: Any) -> UUID | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        found: UUID | None = cursor.fetchone()[0]
    return found


def _column(sql: str, *parameters: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [row[0] for row in cursor.fetchall()]
