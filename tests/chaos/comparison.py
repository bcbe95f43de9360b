"""The verdict: what a disturbed reader has, beside what an undisturbed one has of the same account."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db.models import Max

from billing.models import BodyChunk, Record, RecordVersion, SiteMrr
from companies.models import Connection
from integrations.catalogue import connector_for
from integrations.models import Credential, StreamCursor, StreamProof, Sync
from integrations.models.proofs import Verdict

COMPARED = ("content_hash", "source_created_at", "source_updated_at")
# A child has its parent's time of change as of when it was written: an invoice that is paid leaves its lines alone. MRR
# has the time at which it was asked for.
WITHOUT_TIME = ("content_hash", "source_created_at")
NOT_COMPARED = {"id", "operator_id", "connection_id", *(field.attname for field in Record._meta.fields)}
Rows = dict[str, tuple[Any, ...]]


def record_tables() -> list[type[Record]]:
    """Return every record table, children included."""
    return [model for model in apps.get_app_config("billing").get_models() if issubclass(model, Record)]


def differences(read: Connection, expected: Connection, *, gone: set[tuple[str, str]]) -> Iterator[str]:
    """Yield a line for whatever the disturbed reader has otherwise than it must be.

    `gone` are the rows that the vendor deleted, by table and id; these alone may still stand.
    """
    for model in record_tables():
        name = model._meta.model_name or ""
        ours, theirs = rows_of(model, read), rows_of(model, expected)
        for source_id in sorted(theirs.keys() - ours.keys()):
            yield f"{name} {source_id} is lost"
        for source_id in sorted(ours.keys() - theirs.keys()):
            if not ours[source_id][0] and (name, source_id) not in gone:
                yield f"{name} {source_id} stands, though the vendor has no such row"
        for source_id in sorted(ours.keys() & theirs.keys()):
            if ours[source_id] != theirs[source_id]:
                yield f"{name} {source_id} differs: {_unlike(model, ours[source_id], theirs[source_id])}"
        yield from _history(model, read)
    yield from _cursors(read, expected)
    yield from _proofs(read, expected)
    yield from _bodies(read)


def rows_of(model: type[Record], connection: Connection) -> Rows:
    """Return what counts of each row: whether it is deleted, its hash and times, every column of its own."""
    found = model.objects.filter(connection=connection).values_list(
        "source_id", "deleted_at", *_columns(model)
    )
    return {
        source_id: (deleted_at is not None, *map(_comparable, rest)) for source_id, deleted_at, *rest in found
    }


def _columns(model: type[Record]) -> list[str]:
    own = [field.attname for field in model._meta.concrete_fields if field.attname not in NOT_COMPARED]
    has_no_time = model.parent_column or model is SiteMrr
    return [*(WITHOUT_TIME if has_no_time else COMPARED), *own]


def _comparable(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def _unlike(model: type[Record], ours: tuple[Any, ...], theirs: tuple[Any, ...]) -> str:
    names = ("deleted", *_columns(model))
    pairs = zip(names, ours, theirs, strict=True)
    return ", ".join(f"{name}: {our!r}, not {their!r}" for name, our, their in pairs if our != their)


def _history(model: type[Record], connection: Connection) -> Iterator[str]:
    """A version is written once, and none is newer than the connection's counter."""
    name = model._meta.model_name
    former = RecordVersion.objects.filter(connection=connection, table=name)
    twice = Counter(former.values_list("source_id", "version"))
    twice.update(model.objects.filter(connection=connection).values_list("source_id", "version"))
    for (source_id, version), times in twice.items():
        if times > 1:
            yield f"{name} {source_id} has version {version} {times} times"
    newest = model.objects.filter(connection=connection).aggregate(newest=Max("version"))["newest"] or 0
    connection.refresh_from_db()
    if newest > connection.data_version:
        yield f"{name} has version {newest}, the connection {connection.data_version}"


def _cursors(connection: Connection, expected: Connection) -> Iterator[str]:
    """The same streams have been read, each to its end, and no sync is left over."""
    cursors = {cursor.stream: cursor for cursor in StreamCursor.objects.filter(connection=connection)}
    theirs = set(StreamCursor.objects.filter(connection=expected).values_list("stream", flat=True))
    for name in sorted(theirs ^ cursors.keys()):
        yield f"only one of the two has a cursor of {name}"
    for name, cursor in cursors.items():
        # One that the vendor doesn't have was never read.
        if cursor.progress is not None or (cursor.completed_at is None) != (cursor.since is None):
            yield f"the cursor of {name} is in the middle of a read"
    left = Sync.objects.filter(connection=connection, status__in=("waiting", "queued", "running"))
    yield from (f"{sync} is {sync.status}" for sync in left)


def _proofs(read: Connection, expected: Connection) -> Iterator[str]:
    """What a read says of its own completeness is never worse than a gap that an undisturbed one states too."""
    lacking = StreamProof.objects.filter(verdict=Verdict.GAPS)
    stated = set(lacking.filter(connection=expected).values_list("stream", flat=True))
    for proof in lacking.filter(connection=read).exclude(stream__in=stated):
        yield f"{proof.stream} is said to have gaps: {proof.findings}"


def _bodies(connection: Connection) -> Iterator[str]:
    """Every row points to the very body that it was read from."""
    connector = connector_for(connection.platform_key)
    credential = Credential.objects.get(connection=connection, state=Credential.State.IN_USE)
    session = connector.open(credential.account, credential.secret)
    account = session.account
    streams = [offered for stream in connector.streams if (offered := session.offered(stream))]
    session.close()
    chunks = BodyChunk.objects.filter(connection=connection).in_bulk()
    for stream in streams:
        model = apps.get_model("billing", stream.table)
        found = model.objects.filter(connection=connection)
        for record in found.only("source_id", "content_hash", "body_chunk_id", "body_index"):
            row = stream.map(chunks[record.body_chunk_id].body(record.body_index), account)
            if (row.source_id, row.content_hash) != (record.source_id, bytes(record.content_hash)):
                yield f"{stream.table} {record.source_id} points to another body: {row.source_id}"
