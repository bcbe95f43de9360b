"""What goes wrong with a good answer: its body, its content type, or the line it is sent on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from msgspec.structs import replace

from .messages import HTML, JSON, Response
from .refusals import IN_FRONT

IDENTITIES = {"id", "uid", "number"}
ENUMS = {
    "state", "status", "type", "kind", "role", "key", "interval_unit", "pricing_scheme", "card_type",
    "collection_method", "payment_collection_method", "payment_type", "cancellation_method",
}  # fmt: skip
BREAKAGES = ("cut", "reset", "stalled_head", "stalled_body")


def _truncated(response: Response) -> Response:
    """Cut a body in half and send it with a Content-Length that agrees with the cut."""
    return replace(response, body=response.body[: len(response.body) // 2], chunked=False)


def _json_as_html(response: Response) -> Response:
    return replace(response, content_type=HTML)


def _html_as_json(response: Response) -> Response:
    return replace(IN_FRONT["html"], content_type=JSON)


def _records(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[Response], Response]:
    """Return the damage that changes every record of a body, on every level of it."""

    def walk(value: Any) -> Any:
        if isinstance(value, list):
            return [walk(item) for item in value]
        if not isinstance(value, dict):
            return value
        inner = {key: walk(item) for key, item in value.items()}
        return change(inner) if IDENTITIES & inner.keys() else inner

    def damage(response: Response) -> Response:
        return replace(response, body=msgspec.json.encode(walk(msgspec.json.decode(response.body))))

    return damage


def _more(record: dict[str, Any]) -> dict[str, Any]:
    return {**record, "unheard_of": {"kind": "new", "values": [1, None, "2"]}, "unheard_of_at": None}


def _renamed(record: dict[str, Any]) -> dict[str, Any]:
    return {
        key: "unheard_of" if key in ENUMS and isinstance(value, str) else value
        for key, value in record.items()
    }


def _fewer(record: dict[str, Any]) -> dict[str, Any]:
    """Keep what identifies a record, what nests others, and every second field of the rest."""
    return {
        key: value
        for place, (key, value) in enumerate(record.items())
        if key in IDENTITIES or isinstance(value, dict | list) or place % 2
    }


# In the order they are done when several strike one answer.
DAMAGE: dict[str, Callable[[Response], Response]] = {
    "unknown_fields": _records(_more),
    "unknown_values": _records(_renamed),
    "missing_fields": _records(_fewer),
    "json_as_html": _json_as_html,
    "html_as_json": _html_as_json,
    "truncated": _truncated,
}
