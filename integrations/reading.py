"""Bodies read again by the mapping of their Stream, without a line to the vendor."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec
from django.db.models import JSONField

from billing.models import Site
from billing.reading import BodyUnreadable, Columns, Reader, Reading
from companies.models import Connection
from integrations.catalogue import catalogue
from integrations.connectors.base import Account, Row, Stream, UnreadableRow
from integrations.sync.tables import table_for


def open_reader(connection: Connection) -> Reader:
    """Return how the bodies of a connection are read; asks the database for the account's currency."""
    streams = _streams(connection.platform_key)
    account = _account(connection)

    def read(name: str, body: bytes) -> Reading:
        if name not in streams:
            raise BodyUnreadable(f"nothing reads {name} any more")
        stream = streams[name]
        try:
            row = stream.map(body, account)
        except UnreadableRow as error:
            raise BodyUnreadable(error.reason) from error
        parts = {table: [_columns(table, part) for part in rows] for table, rows in row.children.items()}
        return Reading(stream.table, _columns(stream.table, row), parts)

    return read


def _streams(platform_key: str) -> dict[str, Stream]:
    """Return every stream of a connector by its name, those that only some accounts have too."""
    connector = catalogue().get(platform_key)
    declared = connector.streams if connector else ()
    return {stream.name: stream for one in declared for stream in (one, one.otherwise) if stream}


def _account(connection: Connection) -> Account:
    """Return the account as the connection and its site's Record state it."""
    site = Site.objects.filter(connection=connection).first()
    return Account(
        id=connection.account_id,
        name=connection.account_name,
        host=connection.account_host,
        is_test=connection.is_test,
        currency=site.currency if site else "",
    )


def _columns(table: str, row: Row) -> Columns:
    read: dict[str, Any] = {
        name: msgspec.json.decode(row.values[name]) if name in _json_columns(table) else row.values[name]
        for name in table_for(table).typed
    }
    times = {"source_created_at": row.source_created_at, "source_updated_at": row.source_updated_at}
    return {**read, **times, "source_id": row.source_id}


@cache
def _json_columns(table: str) -> frozenset[str]:
    """Return the columns whose values are given as JSON texts."""
    fields = table_for(table).model._meta.concrete_fields
    return frozenset(field.attname for field in fields if isinstance(field, JSONField))
