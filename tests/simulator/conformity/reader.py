"""A client of one simulated site that asks each thing once, since the site's clock stands still."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import requests

MOST_PAGES = 8  # of 200 rows: more bring no new shapes


class Unanswered(AssertionError):
    """An endpoint that does not answer as it should, or has nothing to show."""


class Reader:
    """Reads bodies below a base address, with a key."""

    def __init__(self, base: str, key: str) -> None:
        self.base = base
        self._session = requests.Session()
        self._session.auth = (key, "x")
        self._bodies: dict[str, Any] = {}

    def get(self, path: str, query: Mapping[str, Any]) -> requests.Response:
        """Ask, whatever the answer."""
        return self._session.get(self.base + path, params=dict(query), timeout=30)

    def body(self, path: str, query: Mapping[str, Any]) -> Any:
        """Return the JSON of a 200; anything else fails."""
        key = f"{path} {dict(query)}"
        if key not in self._bodies:
            answer = self.get(path, query)
            if answer.status_code != 200:
                raise Unanswered(
                    f"GET {path} {dict(query)} answered {answer.status_code} {answer.text[:200]!r}"
                )
            self._bodies[key] = answer.json()
        return self._bodies[key]

    def pages(
        self, path: str, query: Mapping[str, Any], paging: tuple[str, ...], most: int = MOST_PAGES
    ) -> Iterator[Any]:
        """Yield the pages of a list until one has fewer rows than the first, or the one body of anything else."""
        size = {"per_page": 200} if "per_page" in paging else {}
        first = self.body(path, {**query, **size})
        yield first
        if "page" not in paging or not rows(first):
            return
        for number in range(2, most + 1):
            body = self.body(path, {**query, **size, "page": number})
            if not rows(body):
                return
            yield body
            if len(rows(body)) < len(rows(first)):
                return

    def all_rows(self, path: str, query: Mapping[str, Any], paging: tuple[str, ...]) -> list[Any]:
        """Return the rows of all pages."""
        return [row for body in self.pages(path, query, paging) for row in rows(body)]

    def close(self) -> None:
        """Give the connection back."""
        self._session.close()


def rows(body: Any) -> list[Any]:
    """Return the rows of a list, bare or in a wrapper (also one within `mrr`); another body is its own only row."""
    if isinstance(body, list):
        return body
    inner = body["mrr"] if isinstance(body.get("mrr"), dict) else body
    lists = [value for key, value in inner.items() if isinstance(value, list)]
    is_page = "uid" not in body and len(lists) == 1
    return lists[0] if is_page else [body]
