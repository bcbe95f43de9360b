"""The body of a webhook and its two signatures (facts §6)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

EASTERN = ZoneInfo("America/New_York")  # for every site, wherever it is
UNRESERVED = "!~*'()"  # what the recorded bodies leave unescaped
TIMES = ("_at", "_date")


def encode(fields: dict[str, Any]) -> str:
    """Return a form body with Rails brackets; every value is a string and null an empty one."""
    pairs = (pair for name, value in fields.items() for pair in _pairs(_escaped(name), value))
    return "&".join(f"{name}={text}" for name, text in pairs)


def _pairs(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _pairs(f"{name}[{_escaped(key)}]", item)
    elif isinstance(value, list):
        for place, item in enumerate(value):
            # A record's place in the brackets is recorded; none for plain values is Rails' way [I].
            yield from _pairs(f"{name}[{place if isinstance(item, dict) else ''}]", item)
    else:
        yield name, _escaped(_text(name, value))


def _text(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return eastern(value) if isinstance(value, str) and name.rstrip("]").endswith(TIMES) else str(value)


def eastern(text: str) -> str:
    """Write an ISO-8601 moment as `2012-09-09 11:38:33 -0400`; what is none stays as it is."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return moment.astimezone(EASTERN).strftime("%Y-%m-%d %H:%M:%S %z") if moment.tzinfo else text


def _escaped(text: str) -> str:
    return quote(text, safe=UNRESERVED)


def hmac_signature(shared_key: str, body: str) -> str:
    """Return the hexadecimal HMAC-SHA-256 of a body under the site's shared key."""
    return hmac.new(shared_key.encode(), body.encode(), hashlib.sha256).hexdigest()


def legacy_signature(shared_key: str, body: str) -> str:
    """Return the older signature: the MD5 of the shared key and the body."""
    return hashlib.md5((shared_key + body).encode(), usedforsecurity=False).hexdigest()
