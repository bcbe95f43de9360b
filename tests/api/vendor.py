"""What a vendor sent at a time, written as a Sync writes it: so that there is a past to ask for."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from django.db import connection as database

from companies.models import Connection
from config.tenancy import tenant_context
from integrations.connectors.base import Account
from integrations.connectors.chargify import ChargifyConnector
from integrations.sync.tables import table_for
from integrations.sync.writer import write_rows

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


def swept(connection: Connection, table_name: str, at: datetime, source_id: str) -> None:
    """Mark a Record deleted, keeping its version, as a sweep does."""
    table = table_for(table_name)
    with tenant_context(connection.operator_id):
        connection.refresh_from_db()
        version = connection.data_version + 1
        Connection.objects.filter(pk=connection.pk).update(data_version=version)
        with database.cursor() as cursor:
            cursor.execute(
                table.remember, [table_name, at, connection.operator_id, connection.pk, [source_id]]
            )
        records = table.model.objects.filter(connection=connection, source_id=source_id)
        records.update(deleted_at=at, changed_at=at, version=version)
