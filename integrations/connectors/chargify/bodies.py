"""Raw bodies as plain values, and the fingerprint by which a change is known."""

from __future__ import annotations

from decimal import Decimal
from hashlib import blake2b
from typing import Any

import msgspec

from integrations.connectors.base import UnreadableRow

# What msgspec raises for bytes that are no JSON, or JSON nested deeper than anybody means.
NO_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_DECODER = msgspec.json.Decoder(float_hook=Decimal)
_ENCODER = msgspec.json.Encoder(order="sorted")
_LONGEST_ID = 120


def decoded(stream: str, body: bytes) -> dict[str, Any]:
    """Return a body as plain values, numbers exact; raise UnreadableRow."""
    try:
        value = _DECODER.decode(body)
    except NO_JSON as error:
        raise UnreadableRow(stream, f"the body can't be read: {error}") from error
    if not isinstance(value, dict):
        raise UnreadableRow(stream, "the body is no object")
    return value


def required_id(stream: str, value: dict[str, Any], key: str) -> str:
    """Return what a record is known by; ids may change type or length (Maxio API docs, "versioning")."""
    found = value.get(key)
    if isinstance(found, bool) or not isinstance(found, int | str | Decimal):
        raise UnreadableRow(stream, f"no {key}")
    text = str(found).replace("\0", "\ufffd").strip()
    if not text or len(text) > _LONGEST_ID:
        raise UnreadableRow(stream, f"the {key} is empty or longer than {_LONGEST_ID} characters")
    return text


def fingerprint(mapper_version: int, *parts: Any) -> bytes:
    """Return a hash of plain values that doesn't depend on the order of keys."""
    return blake2b(_ENCODER.encode((mapper_version, *parts)), digest_size=16).digest()


def only_id(value: Any) -> Any:
    """Return the id of an embedded copy of another record, which has a row of its own."""
    return value.get("id") if isinstance(value, dict) else value
