"""What the mappings share: a record's row, the rows of what its body lists, exact lists for a JSON column."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

import msgspec

from integrations.connectors.base import Row
from integrations.connectors.chargify.bodies import fingerprint, required_id
from integrations.connectors.chargify.fields import Fields

_LONGEST_ID = 120


def record_row(
    stream: str,
    body: bytes,
    fields: Fields,
    values: dict[str, Any],
    own: Mapping[str, Any],
    *,
    version: int,
    source_id: str = "",
) -> Row:
    """Return a record's row; it is known by its `id` unless another is given, and a change is one of `own`."""
    return Row(
        source_id=source_id or required_id(stream, fields.raw, "id"),
        values=values,
        body=body,
        content_hash=fingerprint(version, own),
        source_created_at=fields.time("created_at"),
        source_updated_at=fields.time("updated_at"),
        warnings=tuple(fields.warnings),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    """The record whose body lists others: its id, the column in which they name it, and what they take from it."""

    source_id: str
    column: str
    currency: str
    updated: datetime | None
    version: int


def part_rows(
    parent: Parent, parts: list[Fields], read: Callable[[Fields, str], dict[str, Any]]
) -> list[Row]:
    """Return the rows of a list within a body."""
    ids = _distinct_ids(parent.source_id, parts)
    return [_part_row(parent, source_id, part, read) for source_id, part in zip(ids, parts, strict=True)]


def _part_row(
    parent: Parent, source_id: str, part: Fields, read: Callable[[Fields, str], dict[str, Any]]
) -> Row:
    values = {parent.column: parent.source_id, "currency": parent.currency, **read(part, parent.currency)}
    return Row(
        source_id=source_id,
        values=values,
        body=b"",
        content_hash=fingerprint(parent.version, parent.currency, part.raw),
        source_created_at=part.time("transaction_time"),
        source_updated_at=parent.updated,
        warnings=tuple(part.warnings),
    )


def _distinct_ids(parent: str, parts: list[Fields]) -> list[str]:
    """Return an id for each part, unique within the parent."""
    ids: dict[str, None] = {}
    for index, part in enumerate(parts):
        source_id = _bounded(f"{parent}:{_own_id(part, index)}")
        while source_id in ids:
            source_id += f"-{index}"
        ids[source_id] = None
    return list(ids)


def _own_id(part: Fields, index: int) -> str:
    raw = part.raw
    known = raw.get("uid") or raw.get("transaction_id")
    if known:
        return str(known)
    return f"{raw['code']}-{index}" if raw.get("code") else str(index)


def _bounded(source_id: str) -> str:
    """Return an id that fits its column, also after an index was added."""
    if len(source_id) <= _LONGEST_ID - 20 and "\0" not in source_id:
        return source_id
    return blake2b(source_id.encode(), digest_size=16).hexdigest()


def listed(fields: Fields, key: str, read: Callable[[Fields], dict[str, str | None]]) -> str:
    """Return a list of objects as the JSON text of a column; an absent list is an empty one."""
    parts = fields.items(key) or []
    entries = [read(part) for part in parts]
    for part in parts:
        fields.warnings += part.warnings
    return msgspec.json.encode(entries).decode()


def exact(fields: Fields, key: str) -> str | None:
    """Return a number as an exact text."""
    number = fields.decimal(key, digits=16)
    return None if number is None else f"{number:f}"
