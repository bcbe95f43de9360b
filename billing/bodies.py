"""Many raw bodies at once, each chunk of them taken apart once and alone in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from billing.models import BodyChunk

_CHUNKS_AT_ONCE = 10


class Place(NamedTuple):
    """Where a body is kept; in no chunk where none is."""

    chunk_id: int | None
    position: int


class Body(NamedTuple):
    """A body as the vendor sent it, and the Stream that it came in."""

    stream: str
    raw: bytes


def bodies_at(places: Iterable[Place]) -> Iterator[tuple[Place, Body]]:
    """Yield what is kept at some places, in any order; nothing where nothing is."""
    indexes: dict[int, set[int]] = defaultdict(set)
    for place in places:
        if place.chunk_id is not None:
            indexes[place.chunk_id].add(place.position)
    chunks = BodyChunk.objects.filter(pk__in=indexes).order_by("pk")
    for chunk in chunks.iterator(chunk_size=_CHUNKS_AT_ONCE):
        for index, raw in chunk.bodies(indexes[chunk.pk]).items():
            yield Place(chunk.pk, index), Body(chunk.stream, raw)
