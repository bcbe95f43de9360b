"""A Record's history: its versions, when each was the one we knew, and what changed from one to the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec

from billing.bodies import Place, bodies_at
from billing.differences import Difference, differences
from billing.models import Record, RecordVersion

_DECODER = msgspec.json.Decoder(float_hook=Decimal)
_NAMED = 4


class _Kept(NamedTuple):
    """A version as it is kept."""

    number: int
    known_from: datetime
    known_until: datetime | None
    deleted_at: datetime | None
    place: Place


@dataclass(frozen=True, slots=True)
class Version:
    """A version with what it changed, in words and place by place; it is the present one without `known_until`."""

    number: int
    known_from: datetime
    known_until: datetime | None
    deleted_at: datetime | None
    what: str
    differences: Sequence[Difference]


def history_of(record: Record, *, before: int | None = None, limit: int) -> tuple[list[Version], bool]:
    """Return the newest versions of a Record (older than `before`), and whether there are more."""
    # One more, to tell what the last one changed.
    kept = _kept(record, before, limit + 1)
    values = {place: _value(body.raw) for place, body in bodies_at(version.place for version in kept)}
    older = [*kept[1:], None]
    versions = [_version(one, other, values) for one, other in zip(kept, older, strict=True)]
    return versions[:limit], len(kept) > limit


def _kept(record: Record, before: int | None, limit: int) -> list[_Kept]:
    is_asked = before is None or record.version < before
    present = [_present(record)] if is_asked else []
    versions = RecordVersion.objects.filter(
        connection_id=record.connection_id, table=record._meta.model_name, source_id=record.source_id
    )
    former = versions if before is None else versions.filter(version__lt=before)
    return present + [_former(version) for version in former.order_by("-version")[: limit - len(present)]]


def _present(record: Record) -> _Kept:
    place = Place(record.body_chunk_id, record.body_index)
    return _Kept(record.version, record.changed_at, None, record.deleted_at, place)


def _former(version: RecordVersion) -> _Kept:
    place = Place(version.body_chunk_id, version.body_index)
    return _Kept(version.version, version.known_from, version.known_until, version.deleted_at, place)


def _value(raw: bytes) -> Any:
    try:
        return _DECODER.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return raw.decode(errors="replace")


def _version(one: _Kept, older: _Kept | None, values: Mapping[Place, Any]) -> Version:
    found: list[Difference] = []
    if older is None:
        what = "First seen"
    elif one.place not in values or older.place not in values:
        what = "Changed; a body that would say how is no longer kept"
    else:
        found = list(differences(values[older.place], values[one.place]))
        what = _what(one, older, found)
    return Version(one.number, one.known_from, one.known_until, one.deleted_at, what, found)


def _what(one: _Kept, older: _Kept, found: Sequence[Difference]) -> str:
    """Return what a version changed, in words."""
    if one.deleted_at and not older.deleted_at:
        return "Deleted at the vendor"
    if older.deleted_at and not one.deleted_at:
        return "Seen again"
    if not found:
        return "Read anew: the vendor's body is the same"
    names = list(dict.fromkeys(difference.name for difference in found))
    others = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"Changed: {', '.join(names[:_NAMED])}{others}"
