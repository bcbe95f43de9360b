"""The giant page: a list that ignores `per_page` and sends every row at once."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import msgspec
from msgspec.structs import replace

from .messages import Query, Response

LARGEST = "200"  # rows that a page holds at most (facts §3)
PAST_THE_END = "1000000"


def giant_page(read: Callable[[Query], Response], query: Query) -> Response:
    """Return all rows as page 1, and nothing on later pages; what is no list is returned as it is."""
    if query.get("page", "1") != "1":
        return read({**query, "page": PAST_THE_END})
    first = read({**query, "page": "1", "per_page": LARGEST})
    body = msgspec.json.decode(first.body) if first.status == 200 else None
    rows = _rows(body)
    if rows is None:
        return first
    rows += _later_rows(read, query, list(rows))
    return replace(first, body=msgspec.json.encode(body))


def _later_rows(read: Callable[[Query], Response], query: Query, last: list[Any]) -> list[Any]:
    found: list[Any] = []
    for number in count(2):
        answer = read({**query, "page": str(number), "per_page": LARGEST})
        rows = _rows(msgspec.json.decode(answer.body)) or []
        if not rows or rows == last:  # a list without pages repeats itself
            break
        found += rows
        last = rows
    return found


def _rows(body: Any) -> list[Any] | None:
    """Return the rows of a list, which is bare or the only array of an object (facts §3)."""
    if isinstance(body, list):
        return body
    arrays = [value for value in body.values() if isinstance(value, list)] if isinstance(body, dict) else []
    return arrays[0] if len(arrays) == 1 else None
