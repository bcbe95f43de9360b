"""Records as they were known to us at a moment.

A Record that hasn't changed since is as it stands. Of another one the version that was known then is read again from
its body, with all that stands on it (`billing/reading.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from billing.bodies import Body, Place, bodies_at
from billing.models import Record, RecordVersion
from billing.reading import BodyUnreadable, Columns, Reader, Reading, reader_of
from companies.models import Connection


@dataclass(frozen=True, slots=True)
class Known:
    """A Record at a moment: its columns then and, of a former version, what stood on it."""

    row: Columns
    parts: Mapping[str, Sequence[Columns]] | None = None
    # Why nothing but its id, version and times is known; "" where all is.
    unavailable: str = ""


def known_at(
    moment: datetime, rows: Sequence[Columns], *, model: type[Record], connection: Connection
) -> list[Known]:
    """Return what Records were at a moment, deleted ones too, in their order; what was not seen yet is left out.

    `rows` are the Records as they stand now.
    """
    seen = {row["source_id"]: row for row in rows if row["first_seen_at"] <= moment}
    since = {source_id: row for source_id, row in seen.items() if row["changed_at"] > moment}
    former = dict(_former(moment, since, model=model, connection=connection)) if since else {}
    return [former.get(source_id) or Known(row) for source_id, row in seen.items()]


def _former(
    moment: datetime, rows: Mapping[str, Columns], *, model: type[Record], connection: Connection
) -> Iterator[tuple[str, Known]]:
    versions = {version.source_id: version for version in _versions(moment, rows, model, connection)}
    places = {Place(version.body_chunk_id, version.body_index) for version in versions.values()}
    read = reader_of(connection)
    readings = {place: _read(read, body) for place, body in bodies_at(places)}
    for source_id, row in rows.items():
        version = versions.get(source_id)
        if version is None:
            yield source_id, Known(row, unavailable="No version of it is kept from then.")
        else:
            place = Place(version.body_chunk_id, version.body_index)
            yield source_id, _known(row, version, readings.get(place, "Its body is no longer kept."))


def _versions(
    moment: datetime, rows: Mapping[str, Any], model: type[Record], connection: Connection
) -> QuerySet[RecordVersion]:
    return RecordVersion.objects.filter(
        connection=connection,
        table=model._meta.model_name,
        source_id__in=list(rows),
        known_from__lte=moment,
        known_until__gt=moment,
    )


def _read(read: Reader, body: Body) -> Reading | str:
    try:
        return read(body.stream, body.raw)
    except BodyUnreadable as error:
        return f"Its body can't be read any more: {error}."


def _known(row: Columns, version: RecordVersion, reading: Reading | str) -> Known:
    what = {
        "source_id": version.source_id,
        "version": version.version,
        "first_seen_at": row["first_seen_at"],
        "changed_at": version.known_from,
        "deleted_at": version.deleted_at,
    }
    if isinstance(reading, str):
        return Known(what, unavailable=reading)
    # What stood on it came with its body; no part has a history of its own.
    parts = {
        table: [{**part, **what, "source_id": part["source_id"]} for part in listed]
        for table, listed in reading.parts.items()
    }
    return Known({**reading.columns, **what}, parts)
