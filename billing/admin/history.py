"""A record's history on its page: what changed when, in words and place by place."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpRequest

from billing.differences import Difference
from billing.history import Version, history_of
from billing.models import Record

_VERSIONS, _CHANGES, _LONGEST = 10, 10, 100
_PARAMETER = "before"
_LARGEST_DIGITS = 18
_ENCODER = msgspec.json.Encoder(decimal_format="number")


def history_section(request: HttpRequest, record: Record) -> dict[str, Any] | None:
    """Return a page of a record's history, or None where it has none of its own."""
    if record.parent_column:
        return None
    asked = request.GET.get(_PARAMETER, "")
    is_number = asked.isascii() and asked.isdigit() and len(asked) <= _LARGEST_DIGITS
    before = int(asked) if is_number else None
    versions, has_more = history_of(record, before=before, limit=_VERSIONS)
    return {
        "versions": [_shown(version) for version in versions],
        "older": f"?{_PARAMETER}={versions[-1].number}#history" if has_more else "",
        "newest": "?#history" if is_number else "",
    }


def _shown(version: Version) -> dict[str, Any]:
    return {
        "number": version.number,
        "known_from": version.known_from,
        "what": version.what,
        "changes": [_words(difference) for difference in version.differences[:_CHANGES]],
        "left_out": max(0, len(version.differences) - _CHANGES),
    }


def _words(difference: Difference) -> tuple[str, str]:
    """Return a place, and what happened there."""
    before, after = _text(difference.before), _text(difference.after)
    words = {"added": f"new: {after}", "removed": f"gone; was {before}", "changed": f"{before} → {after}"}
    return difference.path, words[difference.kind]


def _text(value: Any) -> str:
    text = value if isinstance(value, str) and value else _ENCODER.encode(value).decode()
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
