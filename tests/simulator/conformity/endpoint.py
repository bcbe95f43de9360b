"""One line of the table: an endpoint, how to fill its path, and what to hold its answers against."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any

from .reader import MOST_PAGES, Reader, Unanswered, rows

Query = Mapping[str, str]
Places = dict[str, Any]
Request = tuple[Places, dict[str, Any]]

NO_PAGES: tuple[str, ...] = ()
PAGES_OF_200 = ("page", "per_page")


@dataclass(frozen=True)
class Source:
    """Where the values of places come from: keys of the rows of a list, from at most `most` rows that have them."""

    path: str
    places: Mapping[str, str]
    query: Query
    kinds: tuple[str, ...]
    within: Source | None
    most: int

    def values(self, reader: Reader) -> list[Places]:
        """Return what fills the places, spread over the list; at least one."""
        outer = self.within.values(reader) if self.within else [{}]
        found = [{**places, **values} for places in outer for values in self._values_of(reader, places)]
        if not found:
            raise Unanswered(
                f"{self.path} {dict(self.query)} has no row with {', '.join(self.places.values())}"
            )
        return found[:: -(-len(found) // self.most)]

    def _values_of(self, reader: Reader, places: Places) -> list[Places]:
        rows_read = reader.all_rows(self.path.format_map(places), self.query, PAGES_OF_200)
        chosen = [row for row in rows_read if not self.kinds or row["kind"] in self.kinds]
        read = dict.fromkeys(tuple(pick(row, key) for key in self.places.values()) for row in chosen)
        return [dict(zip(self.places, values, strict=True)) for values in read if None not in values]


def pick(row: Any, key: str) -> Any:
    """Return the value at a dotted key, or nothing where a part of it is missing."""
    for part in key.split("."):
        row = row.get(part) if isinstance(row, dict) else None
    return row


def each(
    path: str,
    *,
    most: int = 12,
    query: Query | None = None,
    kinds: tuple[str, ...] = (),
    within: Source | None = None,
    **places: str,
) -> Source:
    """Fill places from the rows of a list: `each("/customers.json", id="customer.id")`."""
    return Source(path, places, query or {}, kinds, within, most)


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """A path with `{places}`, which may stand in its queries too, and the yardsticks for its answers."""

    path: str
    operation: str
    fill: Source | None = None
    fixed: Query | None = None
    queries: tuple[Query, ...] = ({},)
    paging: tuple[str, ...] = NO_PAGES
    recorded: tuple[str, ...] = ()
    sdk: str = ""
    not_for_sdk: tuple[str, ...] = ()
    legacy: bool = False

    def __str__(self) -> str:
        return f"legacy{self.path}" if self.legacy else self.path

    def requests(self, reader: Reader) -> Iterator[Request]:
        """Yield every request to make: each filling with each query, both as names and values."""
        fillings = self.fill.values(reader) if self.fill else [{}]
        for filling in fillings:
            places = {**(self.fixed or {}), **filling}
            for query in self.queries:
                yield places, {name: value.format_map(places) for name, value in query.items()}

    def bodies(self, reader: Reader, most_pages: int = MOST_PAGES) -> list[Any]:
        """Return the body of every page of every request; at least one of them has rows."""
        found = [
            body
            for places, query in self.requests(reader)
            for body in reader.pages(self.path.format_map(places), query, self.paging, most_pages)
        ]
        if not any(rows(body) for body in found):
            raise Unanswered(f"{self.path} has no rows in {len(found)} answers")
        return found

    def arguments(self, places: Places, query: dict[str, str]) -> dict[str, Any]:
        """Return what the SDK's method takes for a request; it knows `include[]` as `include`."""
        in_path = {name: places[name] for _, name, _, _ in Formatter().parse(self.path) if name}
        given = {name.removesuffix("[]"): value for name, value in query.items()}
        size = {"per_page": 200} if "per_page" in self.paging else {}
        return {**(self.fixed or {}), **in_path, **given, **size}
