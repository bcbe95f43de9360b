"""What a list endpoint does with its query: filters, order and pages (facts §3)."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, tzinfo
from typing import Any, NamedTuple, TypeVar

from ..business.records import Record
from ..business.times import midnight
from .answers import invalid

T = TypeVar("T")
Query = dict[str, str]
Condition = tuple[str, tuple[Any, ...]]  # SQL on the columns of business/store.py, and its values
Filter = Callable[[str, int], Condition | None]  # what was asked for, and the site's time
MAX_SIZE = 200
NOT_DELETED = "deleted_at IS NULL"
BASIC_TIMES = {"created_at": "created_at", "updated_at": "updated_at"}


class Listing(NamedTuple):
    """The rules of one list; `days` are its date fields without a time of day.

    `deep` lists take their dates as `filter[start_date]`, `strict` ones refuse page 0 (facts §3).
    """

    kind: type[Record]
    size: int = 20
    times: Mapping[str, str] = {}
    sorts: Mapping[str, str] = {}
    sort: str = "id"
    direction: str = "asc"
    days: Mapping[str, str] = {}
    date_field: str = ""
    filters: Mapping[str, Filter] = {}
    where: str = ""
    largest: int = MAX_SIZE
    deep: bool = False
    strict: bool = False


def conditions(query: Query, listing: Listing, zone: tzinfo, now: int, lag: int) -> Condition:
    """Return what the columns of a listed record must satisfy."""
    parts: list[Condition] = [(listing.where, ())] if listing.where else []
    parts += [
        found
        for name, make in listing.filters.items()
        if query.get(name) and (found := make(query[name], now))
    ]
    parts += _dates(query, listing, zone)
    if lag:
        parts.append(_indexed(query, listing, now - lag))
    return " AND ".join(f"({text})" for text, _ in parts), tuple(
        value for _, values in parts for value in values
    )


def order(query: Query, listing: Listing) -> str:
    """Return the order; ties stay in the order of creation, backwards when that is."""
    sort = listing.sorts.get(query.get("sort", ""), listing.sorts.get(listing.sort, listing.sort))
    direction = query.get("direction", listing.direction).upper()
    direction = direction if direction in ("ASC", "DESC") else listing.direction.upper()
    return f"{sort} {direction}, id {direction}"


def page(keys: array[int], query: Query, listing: Listing) -> array[int]:
    """Cut out one page: `per_page` is clamped, past the end is empty, neither is an error."""
    number = page_number(query, listing)
    size = page_size(query, listing)
    return keys[(number - 1) * size : number * size]


def cut(rows: Sequence[T], query: Query, listing: Listing) -> list[T]:
    """Cut one page out of rows that are at hand."""
    return [rows[index] for index in page(array("q", range(len(rows))), query, listing)]


def page_number(query: Query, listing: Listing) -> int:
    """Return which page is asked for; raise the 422 of those lists that refuse 0 (facts §3)."""
    asked = query.get("page", "")
    if listing.strict and asked and _integer(asked, 0) < 1:
        raise invalid(f"invalid page: {asked}")
    # On the other resources page=0 is unverified (facts §3), so: page 1.
    return max(1, _integer(asked, 1))


def page_size(query: Query, listing: Listing) -> int:
    """Return how many rows a page holds."""
    return min(listing.largest, _integer(query.get("per_page"), listing.size)) or listing.size


def _integer(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() else default


def _dates(query: Query, listing: Listing, zone: tzinfo) -> list[Condition]:
    if listing.deep:
        query = {name[7:-1]: value for name, value in query.items() if name.startswith("filter[")}
    field = query.get("date_field") or listing.date_field
    if field in listing.times:
        return _between(listing.times[field], *_moments(query, zone))
    if field in listing.days:
        # Date-times are allowed with created_at and updated_at only (facts §3); ignored here [I].
        return _between(
            listing.days[field], _ordinal(query.get("start_date")), _ordinal(query.get("end_date"))
        )
    return []  # any other date_field is silently ignored (facts §3)


def _indexed(query: Query, listing: Listing, limit: int) -> Condition:
    """Lists lag (facts §3): a new record is missing, a new change is not found by its date."""
    changed = "updated_at" in (query.get("date_field"), query.get("filter[date_field]"))
    return ("updated_at <= ?" if changed and listing.times else "created_at <= ?"), (limit,)


def _between(column: str, start: int | None, end: int | None) -> list[Condition]:
    found: list[Condition] = []
    if start is not None:
        found.append((f"{column} >= ?", (start,)))
    if end is not None:
        found.append((f"{column} <= ?", (end,)))
    return found


def _moments(query: Query, zone: tzinfo) -> tuple[int | None, int | None]:
    """Date-times override dates; both are inclusive, a date ends at 23:59:59 (facts §3)."""
    first, last = _ordinal(query.get("start_date")), _ordinal(query.get("end_date"))
    start, end = moment(query.get("start_datetime"), zone), moment(query.get("end_datetime"), zone)
    if start is None and first is not None:
        start = midnight(first, zone)
    if end is None and last is not None:
        end = midnight(last + 1, zone) - 1
    return start, end


def _ordinal(text: str | None) -> int | None:
    try:
        return date.fromisoformat(text).toordinal() if text else None
    except ValueError:
        return None  # what the vendor does with a malformed date is unknown; ignored [I]


def moment(text: str | None, zone: tzinfo) -> int | None:
    """Read `YYYY-MM-DD HH:MM:SS` or ISO-8601; without a zone the site's own counts (facts §3)."""
    try:
        # An unescaped plus sign arrives as a blank before the offset.
        found = datetime.fromisoformat(_mended_offset(text)) if text else None
    except ValueError:
        return None
    if found is None:
        return None
    return int((found if found.tzinfo else found.replace(tzinfo=zone)).timestamp())


def _mended_offset(text: str) -> str:
    head, _, offset = text.rpartition(" ")
    if len(head) <= 10:
        return text  # the blank stands between day and time
    return head + (offset if offset.startswith(("+", "-")) else f"+{offset}")


def equals(column: str) -> Filter:
    """Return the filter for one value."""
    return lambda value, now: _within(column, [value])


def among(column: str) -> Filter:
    """Return the filter for an array, sent as CSV or as repeated `x[]` (facts §3); the server joins the latter."""

    return lambda value, now: _within(column, value.split(","))


def _within(column: str, texts: list[str]) -> Condition:
    """A column holds numbers or text; both forms are asked for, so that its index is of use."""
    numbers = [int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < 19]
    wanted = (*texts, *numbers)
    return f"{column} IN ({', '.join('?' * len(wanted))})", wanted


def since_id(*, inclusive: bool) -> Filter:
    """Return the filter for rows from an id on: events include it, invoice events do not (facts §3)."""
    sign = ">=" if inclusive else ">"
    return lambda value, now: (f"id {sign} ?", (_integer(value, 0),))


def max_id(value: str, now: int) -> Condition:
    """Return the condition of `max_id`, which is inclusive (facts §3)."""
    return "id <= ?", (_integer(value, 0),)
