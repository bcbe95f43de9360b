"""Writing a page of rows: in bulk, only what changed, never older over newer (design: Sync 4 and 5).

What is stored is compared by hash first, so that an unchanged page writes nothing at all. What differs is copied into
a temporary table; its former versions go to history; one statement merges it. All within the caller's transaction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import accumulate
from typing import Any, NamedTuple
from uuid import UUID

import zstandard
from django.db import connection as database

from billing.models import BodyChunk
from companies.models import Connection
from config.tenancy import current_operator_id
from integrations.connectors.base import Row
from integrations.sync.tables import Table, table_for


class Written(NamedTuple):
    """What a page came to."""

    read: int
    changed: int


@dataclass(frozen=True, slots=True)
class _Batch:
    """What all rows of one write share."""

    operator_id: UUID
    connection_id: UUID
    version: int
    now: datetime


def write_rows(
    *, connection_id: UUID, stream: str, table: str, rows: Sequence[Row], now: datetime
) -> Written:
    """Write the rows that differ from what is stored, with their children; return how many did."""
    target, newest = table_for(table), _newest_by_id(rows)
    known = _known(target, connection_id, list(newest))
    changed = [row for row in newest.values() if _differs(row, known.get(row.source_id))]
    if not changed:
        return Written(read=len(rows), changed=0)
    batch = _Batch(current_operator_id(), connection_id, _next_version(connection_id), now)
    chunk = _store_chunk(connection_id, stream, [row.body for row in changed])
    again = [row.source_id for row in changed if row.source_id in known]
    _remember(target, batch, again)
    count = _merge(target, batch, chunk, enumerate(changed))
    _write_children(batch, changed, chunk, again=set(again))
    _delete_what_they_say(batch, changed)
    return Written(read=len(rows), changed=count)


def _newest_by_id(rows: Iterable[Row]) -> dict[str, Row]:
    """Keep one row per id, the newest: two in one statement would abort the merge."""
    newest: dict[str, Row] = {}
    for row in rows:
        other = newest.get(row.source_id)
        if other is None or not _is_older(row.source_updated_at, other.source_updated_at):
            newest[row.source_id] = row
    return newest


def _is_older(time: datetime | None, than: datetime | None) -> bool:
    return time is not None and than is not None and time < than


def _known(table: Table, connection_id: UUID, source_ids: list[str]) -> dict[str, Sequence[Any]]:
    """Return hash, time and whether deleted of what is stored."""
    with database.cursor() as cursor:
        cursor.execute(table.known, [current_operator_id(), connection_id, source_ids])
        return {source_id: rest for source_id, *rest in cursor.fetchall()}


def _differs(row: Row, known: Sequence[Any] | None) -> bool:
    if known is None:
        return True
    content_hash, updated_at, is_deleted = known
    same = bytes(content_hash) == row.content_hash and is_deleted == row.is_deleted
    return not same and not _is_older(row.source_updated_at, updated_at)


def _next_version(connection_id: UUID) -> int:
    """Advance the connection's counter; its row lock keeps versions in the order of their commits."""
    with database.cursor() as cursor:
        cursor.execute(
            f"UPDATE {Connection._meta.db_table} SET data_version = data_version + 1"
            " WHERE id = %s RETURNING data_version",
            [connection_id],
        )
        version: int = cursor.fetchone()[0]
    return version


def delete_rows(*, connection_id: UUID, table: str, source_ids: Sequence[str], now: datetime) -> int:
    """Mark records deleted, with what stands on them; return how many were not so before."""
    target = table_for(table)
    known = _known(target, connection_id, list(source_ids))
    live = [source_id for source_id, (*_, is_deleted) in known.items() if not is_deleted]
    if live:
        batch = _Batch(current_operator_id(), connection_id, _next_version(connection_id), now)
        _remember(target, batch, live)
        _mark_deleted(target, batch, live)
        for part in target.parts:
            _drop_absent(part, batch, live, [])
    return len(live)


def _mark_deleted(table: Table, batch: _Batch, source_ids: list[str]) -> None:
    with database.cursor() as cursor:
        cursor.execute(
            table.mark_deleted,
            [batch.now, batch.now, batch.version, batch.operator_id, batch.connection_id, source_ids],
        )


def _delete_what_they_say(batch: _Batch, rows: Sequence[Row]) -> None:
    gone: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        for table, source_id in row.deletes:
            gone[table].append(source_id)
    for table, source_ids in gone.items():
        delete_rows(connection_id=batch.connection_id, table=table, source_ids=source_ids, now=batch.now)


def keep_unreadable(*, connection_id: UUID, stream: str, bodies: Sequence[bytes]) -> None:
    """Keep bodies that no row can be made of, for a mended mapper to read."""
    _store_chunk(connection_id, f"{BodyChunk.UNREADABLE}{stream}"[:40], bodies)


def _store_chunk(connection_id: UUID, stream: str, bodies: Sequence[bytes]) -> int:
    ends = list(accumulate(len(body) for body in bodies))
    chunk = BodyChunk.objects.create(
        connection_id=connection_id,
        stream=stream,
        count=len(bodies),
        raw_bytes=ends[-1],
        ends=ends,
        compressed=zstandard.compress(b"".join(bodies), 3),
    )
    return chunk.pk


def _remember(table: Table, batch: _Batch, source_ids: list[str]) -> None:
    """Copy what is about to change to history."""
    if source_ids:
        name = table.model._meta.model_name
        with database.cursor() as cursor:
            cursor.execute(
                table.remember, [name, batch.now, batch.operator_id, batch.connection_id, source_ids]
            )


def _merge(table: Table, batch: _Batch, chunk: int, rows: Iterable[tuple[int, Row]]) -> int:
    """Write rows, each with the index of its body in the chunk, and return how many the database changed."""
    with database.cursor() as cursor:
        cursor.execute(table.empty_stage)
        with cursor.copy(table.copy) as copy:
            for index, row in rows:
                copy.write_row(_line(table, row, index))
        cursor.execute(table.merge, asdict(batch) | {"chunk": chunk})
        changed: int = cursor.rowcount
    return changed


def _line(table: Table, row: Row, index: int) -> tuple[Any, ...]:
    values = row.values
    return (
        row.is_deleted,
        row.source_id,
        index,
        row.content_hash,
        row.source_created_at,
        row.source_updated_at,
        *[values[column] for column in table.typed],
    )


def _write_children(batch: _Batch, parents: Sequence[Row], chunk: int, *, again: set[str]) -> None:
    """Write the lists that the bodies hold; a list that is absent says nothing (design: Sync 4).

    Only parents that were stored before (`again`) can have children that are listed no more.
    """
    for name in sorted({name for parent in parents for name in parent.children}):
        listed = [(index, parent) for index, parent in enumerate(parents) if name in parent.children]
        rows = {child.source_id: (i, child) for i, parent in listed for child in parent.children[name]}
        table = table_for(name)
        if rows:
            _merge(table, batch, chunk, rows.values())
        known = [parent.source_id for _, parent in listed if parent.source_id in again]
        if known:
            _drop_absent(table, batch, known, list(rows))


def _drop_absent(table: Table, batch: _Batch, parents: list[str], present: list[str]) -> None:
    with database.cursor() as cursor:
        cursor.execute(
            table.drop_absent,
            [batch.now, batch.now, batch.version, batch.operator_id, batch.connection_id, parents, present],
        )
