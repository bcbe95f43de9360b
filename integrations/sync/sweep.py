"""Comparing all that a vendor listed with all that is stored: what is missing, what was deleted (design: Sync 10).

A read without a filter lists everything there is. Its ids are kept page by page; at its end, what is stored and wasn't
listed was deleted at the vendor. Where that is more than `MOST`, something else is more likely wrong, and nothing is
marked until a person says so.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection as database
from django.utils import timezone

from config.tenancy import current_operator_id
from integrations.connectors.base import Row
from integrations.models import ListedIds, StreamProof
from integrations.sync.tables import table_for
from integrations.sync.writer import delete_rows

# Filtered streams are read whole this often, because filters show no deletions (the vendor's advice: at most monthly).
SWEEP_EVERY = timedelta(days=30)
# Of what is stored; with a few rows a share says nothing.
MOST, FEW = 0.05, 10

_LISTED = """
    SELECT unnest(ids) FROM integrations_listedids
    WHERE operator_id = %(operator)s AND connection_id = %(connection)s AND stream = %(stream)s
"""
_STORED = "FROM {table} t WHERE operator_id = %(operator)s AND connection_id = %(connection)s"


class Swept(NamedTuple):
    """What a comparison came to: rows listed that are not stored, and stored rows that were not listed."""

    missing: int
    deleted: int
    held: int


def begin_listing(*, connection_id: UUID, stream: str) -> None:
    """Forget what an earlier read listed, and with it the deletions that it left to a person."""
    _forget_listed(connection_id, stream)
    StreamProof.objects.filter(connection_id=connection_id, stream=stream).update(held_version=None)


def _forget_listed(connection_id: UUID, stream: str) -> None:
    ListedIds.objects.filter(connection_id=connection_id, stream=stream).delete()


def keep_listed(*, connection_id: UUID, stream: str, rows: list[Row]) -> None:
    """Keep which rows a page listed."""
    ids = [row.source_id for row in rows]
    ListedIds.objects.create(connection_id=connection_id, stream=stream, ids=ids)


def sweep(*, connection_id: UUID, stream: str, table: str, can_delete: bool) -> Swept:
    """Mark deleted what was not listed, unless it is too much; `can_delete` is off for what vendors never delete."""
    missing = _count_missing(connection_id, stream, table)
    unlisted = _unlisted(connection_id, stream, table) if can_delete else []
    if len(unlisted) > max(FEW, MOST * _live(connection_id, stream, table)):
        return Swept(missing, deleted=0, held=len(unlisted))
    deleted = delete_rows(connection_id=connection_id, table=table, source_ids=unlisted, now=timezone.now())
    _forget_listed(connection_id, stream)
    return Swept(missing, deleted, held=0)


def delete_held(*, connection_id: UUID, stream: str, table: str, version: int) -> int:
    """Mark deleted what was not listed and has not been written since a version; return how many."""
    unlisted = _unlisted(connection_id, stream, table, until_version=version)
    deleted = delete_rows(connection_id=connection_id, table=table, source_ids=unlisted, now=timezone.now())
    _forget_listed(connection_id, stream)
    return deleted


def _count_missing(connection_id: UUID, stream: str, table: str) -> int:
    query = f"""
        SELECT count(*) FROM ({_LISTED} EXCEPT SELECT source_id {_STORED}) AS lacking
    """
    return int(_rows(query, connection_id, stream, table)[0][0])


def _unlisted(connection_id: UUID, stream: str, table: str, *, until_version: int | None = None) -> list[str]:
    query = f"SELECT source_id {_STORED} AND deleted_at IS NULL"
    if until_version is not None:
        query += f" AND version <= {until_version:d}"
    return [source_id for (source_id,) in _rows(f"{query} EXCEPT {_LISTED}", connection_id, stream, table)]


def _live(connection_id: UUID, stream: str, table: str) -> int:
    query = f"SELECT count(*) {_STORED} AND deleted_at IS NULL"
    return int(_rows(query, connection_id, stream, table)[0][0])


def _rows(query: str, connection_id: UUID, stream: str, table: str) -> list[tuple[str, ...]]:
    values: dict[str, Any] = {
        "operator": current_operator_id(),
        "connection": connection_id,
        "stream": stream,
    }
    with database.cursor() as cursor:
        cursor.execute(query.format(table=table_for(table).name), values)
        rows: list[tuple[str, ...]] = cursor.fetchall()
    return rows
