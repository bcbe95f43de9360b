"""What a vendor sent at a time, written as a Sync writes it: so that there is a past to ask for."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from companies.models import Connection
from config.tenancy import tenant_context
from integrations.connectors.base import Account
from integrations.connectors.chargify import ChargifyConnector
from integrations.sync.writer import delete_rows, write_rows

ACCOUNT = Account(id="4711", name="acme", host="acme.chargify.com", is_test=True, currency="USD")


def day(number: int) -> datetime:
    """Return a day's noon in March of 2026."""
    return datetime(2026, 3, number, 12, tzinfo=UTC)


def sent(connection: Connection, stream_name: str, at: datetime, *bodies: dict[str, Any]) -> None:
    """Write what the vendor sent at a time."""
    stream = next(stream for stream in ChargifyConnector.streams if stream.name == stream_name)
    rows = [stream.map(json.dumps(body).encode(), ACCOUNT) for body in bodies]
    with tenant_context(connection.operator_id):
        write_rows(connection_id=connection.pk, stream=stream_name, table=stream.table, rows=rows, now=at)


def swept(connection: Connection, table: str, at: datetime, source_id: str) -> None:
    """Let a Record be found gone at a time."""
    with tenant_context(connection.operator_id):
        delete_rows(connection_id=connection.pk, table=table, source_ids=[source_id], now=at)
