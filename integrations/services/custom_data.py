"""Custom data types: set, and read out of the raw bodies that are stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import Any

import msgspec

from billing.bodies import Place, bodies_at
from billing.models import Record
from companies.services.audit import audit
from integrations.catalogue import connector_for
from integrations.connectors.base import Stream
from integrations.models import CustomDataType

# Clients write the property of every row as `$[*].name`.
_PREFIXES = ("$[*].", "$.")


def custom_data_type_set(
    *, platform_key: str, identifier: str, actor: str, values: Mapping[str, Any]
) -> CustomDataType:
    """Return a custom data type with new values, in the place of those it had."""
    custom, _ = CustomDataType.objects.update_or_create(
        platform_key=platform_key, identifier=identifier, defaults=values
    )
    audit(actor=actor, action="custom_data_type.set", subject=identifier, platform_key=platform_key)
    return custom


def stream_of(platform_key: str, data_source: str) -> Stream | None:
    """Return the stream that reads a path of the vendor, None where none does."""
    declared = connector_for(platform_key).streams
    by_path = {_plain(stream.path): stream for stream in reversed(declared)}
    return by_path.get(_plain(data_source))


def property_path(text: str) -> tuple[str, ...]:
    """Return the steps to a property; raise ValueError where a text names none."""
    for prefix in _PREFIXES:
        text = text.removeprefix(prefix)
    steps = tuple(text.split("."))
    if not all(step and step.isprintable() and not set(step) & set("$[]*'\"") for step in steps):
        raise ValueError(text)
    return steps


def contents_of(
    custom: CustomDataType, records: Sequence[Record]
) -> Iterable[tuple[Record, str, dict[str, Any]]]:
    """Yield each record with its key and its chosen properties; one whose body is no longer kept has none."""
    places = {Place(record.body_chunk_id, record.body_index) for record in records}
    raw = {place: msgspec.json.decode(body.raw) for place, body in bodies_at(places)}
    wanted = {name: property_path(text) for name, text in custom.required_data.items()}
    keys = [property_path(text) for text in custom.key_by]
    for record in records:
        body = raw.get(Place(record.body_chunk_id, record.body_index), {})
        key = "-".join(str(_at(body, path)) for path in keys) if body else ""
        yield record, key or record.source_id, {name: _at(body, path) for name, path in wanted.items()}


def _at(body: Any, path: tuple[str, ...]) -> Any:
    return reduce(lambda value, step: value.get(step) if isinstance(value, dict) else None, path, body)


def _plain(path: str) -> str:
    return path.strip().strip("/").removesuffix(".json")
