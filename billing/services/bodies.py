"""Deleting raw bodies that nothing points to any more.

Safe while others write: a writer points to no chunk but its own, and moves pointers in the transaction that takes them
away elsewhere. So one statement, which sees the tables at one moment, finds every pointer at one place or the other.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from django.apps import apps
from django.db.models import Exists, Model, OuterRef, QuerySet

from billing.models import BodyChunk
from billing.reading import BodyUnreadable, Reader, reader_of
from companies.models import Connection

_CHUNKS = 500


class Step(NamedTuple):
    """How far a step came (None: to the end), and how many chunks it deleted."""

    last: int | None
    deleted: int


def bodies_collect(*, after: int) -> Step:
    """Delete of the current operator's next chunks, behind an id, those that nothing needs."""
    keys = list(BodyChunk.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:_CHUNKS])
    chunks = BodyChunk.objects.filter(pk__in=keys)
    deleted, _ = _unreferenced(chunks).exclude(stream__startswith=BodyChunk.UNREADABLE).delete()
    deleted += _collect_read_since(chunks.filter(stream__startswith=BodyChunk.UNREADABLE))
    return Step(keys[-1] if len(keys) == _CHUNKS else None, deleted)


def _unreferenced(chunks: QuerySet[BodyChunk]) -> QuerySet[BodyChunk]:
    for model in _pointing():
        chunks = chunks.filter(~Exists(model._default_manager.filter(body_chunk=OuterRef("pk"))))
    return chunks


@cache
def _pointing() -> tuple[type[Model], ...]:
    """Return every table whose rows point to chunks."""
    fields = BodyChunk._meta.get_fields(include_hidden=True)
    return tuple(field.related_model for field in fields if field.one_to_many)  # type: ignore[misc]


def _collect_read_since(unreadable: QuerySet[BodyChunk]) -> int:
    """Delete chunks of bodies that were unreadable once, where each has become a record or is kept again."""
    deleted = 0
    for chunk in unreadable.select_related("connection"):
        if _is_kept_again(chunk) or _are_records(chunk, reader_of(chunk.connection)):
            deleted += chunk.delete()[0]
    return deleted


def _is_kept_again(chunk: BodyChunk) -> bool:
    """Say whether a later read kept the very same bodies."""
    same = {"connection": chunk.connection_id, "stream": chunk.stream, "compressed": chunk.compressed}
    return BodyChunk.objects.filter(pk__gt=chunk.pk, **same).exists()


def _are_records(chunk: BodyChunk, read: Reader) -> bool:
    stream = chunk.stream.removeprefix(BodyChunk.UNREADABLE)
    bodies = chunk.bodies(range(chunk.count)).values()
    return all(_is_record(chunk.connection, stream, body, read) for body in bodies)


def _is_record(connection: Connection, stream: str, body: bytes, read: Reader) -> bool:
    try:
        reading = read(stream, body)
    except BodyUnreadable:
        return False
    model: Any = apps.get_model("billing", reading.table)
    stored: bool = model.objects.filter(
        connection=connection, source_id=reading.columns["source_id"]
    ).exists()
    return stored
