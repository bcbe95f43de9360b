"""What a list endpoint does with its query: filters, order and pages (facts §3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, tzinfo
from typing import Any, NamedTuple

from .records import Subscription
from .render import card_year, period_end, period_start
from .times import DAY, midnight

Query = dict[str, str]
Key = Callable[[Any], Any]
Test = Callable[[Any], bool]
MAX_SIZE = 200


class Listing(NamedTuple):
    """The rules of one list; `days` are its date fields without a time of day."""

    size: int
    times: dict[str, Key]
    sorts: dict[str, Key]
    sort: str
    direction: str
    days: dict[str, Key] = {}
    date_field: str = ""
    filters: dict[str, Callable[[str, int], Test | None]] = {}


def select(records: Iterable[Any], query: Query, listing: Listing, zone: tzinfo, now: int) -> list[Any]:
    """Return every matching record in order; pages are cut from this."""
    for test in _tests(query, listing, zone, now):
        records = filter(test, records)
    direction = query.get("direction", listing.direction)
    key = listing.sorts.get(query.get("sort", ""), listing.sorts[listing.sort])
    # Records come oldest first and sorting is stable, so ties stay in the order of creation.
    return sorted(records, key=key, reverse=direction == "desc")


def page(records: list[Any], query: Query, size: int) -> list[Any]:
    """Cut out one page: `per_page` is clamped, past the end is empty, neither is an error."""
    # page=0 answers 422 on a few resources only (facts §3); for these it is unverified, so: page 1.
    number = max(1, _integer(query.get("page"), 1))
    size = min(MAX_SIZE, _integer(query.get("per_page"), size)) or size
    return records[(number - 1) * size : number * size] if size > 0 else []


def _integer(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() else default


def _tests(query: Query, listing: Listing, zone: tzinfo, now: int) -> list[Test]:
    made = [make(query[name], now) for name, make in listing.filters.items() if query.get(name)]
    tests = [test for test in made if test is not None]
    field = query.get("date_field") or listing.date_field
    if field in listing.times:
        tests += _between(listing.times[field], *_moments(query, zone))
    elif field in listing.days:
        # Date-times are allowed with created_at and updated_at only (facts §3); ignored here [I].
        tests += _between(listing.days[field], *_ordinals(query))
    return tests  # any other date_field is silently ignored (facts §3)


def _between(key: Key, start: int | None, end: int | None) -> list[Test]:
    tests: list[Test] = []
    if start is not None:
        tests.append(lambda record: (value := key(record)) is not None and value >= start)
    if end is not None:
        tests.append(lambda record: (value := key(record)) is not None and value <= end)
    return tests


def _ordinals(query: Query) -> tuple[int | None, int | None]:
    return _ordinal(query.get("start_date")), _ordinal(query.get("end_date"))


def _moments(query: Query, zone: tzinfo) -> tuple[int | None, int | None]:
    """Date-times override dates; both are inclusive, a date ends at 23:59:59 (facts §3)."""
    first, last = _ordinals(query)
    start, end = _moment(query.get("start_datetime"), zone), _moment(query.get("end_datetime"), zone)
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


def _moment(text: str | None, zone: tzinfo) -> int | None:
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


def _state_filter(value: str, now: int) -> Test | None:
    """The filter's words are not the states: some name a condition (facts §3, §7 enums)."""
    if value == "pending_cancellation":
        return lambda subscription: subscription.cancel_at_end
    if value == "expired_cards":
        year = 1970 + now // (365 * DAY)
        return lambda subscription: subscription.payment == "card" and card_year(subscription) < year
    if value in STATE_FILTER:
        return lambda subscription: subscription.state == value
    return None  # unknown words are ignored [I]


STATE_FILTER = {
    "active", "canceled", "expired", "on_hold", "past_due", "suspended", "trial_ended", "trialing", "unpaid",
}  # fmt: skip


def _equals(key: Key) -> Callable[[str, int], Test]:
    return lambda value, now: lambda record: str(key(record)) == value


def _among(key: Key) -> Callable[[str, int], Test]:
    """An array, sent as CSV or as repeated `x[]` (facts §3); the server joins the latter."""

    def make(value: str, now: int) -> Test:
        wanted = set(value.split(","))
        return lambda record: str(key(record)) in wanted

    return make


def _created(record: Any) -> Any:
    return record.created_at


def _updated(record: Any) -> Any:
    return record.updated_at


def _number(record: Any) -> Any:
    return record.id


def _or_zero(key: Callable[[Subscription], int | None]) -> Key:
    return lambda subscription: key(subscription) or 0


BASIC_TIMES: dict[str, Key] = {"created_at": _created, "updated_at": _updated}

CUSTOMERS = Listing(50, BASIC_TIMES, {"created_at": _created}, "created_at", "asc")
FAMILIES = Listing(MAX_SIZE, BASIC_TIMES, {"id": _number}, "id", "asc")
# The order of products is not documented; ascending by id [I].
PRODUCTS = Listing(20, BASIC_TIMES, {"id": _number}, "id", "asc")
SUBSCRIPTIONS = Listing(
    size=20,
    times={
        **BASIC_TIMES,
        "current_period_ends_at": period_end,
        "current_period_starts_at": period_start,
        "activated_at": lambda s: s.activated_at,
        "canceled_at": lambda s: s.canceled_at,
        "expires_at": lambda s: s.expires_at,
        "trial_started_at": lambda s: s.trial_started_at,
        "trial_ended_at": lambda s: s.trial_ended_at,
    },
    sorts={
        "signup_date": _created,
        "created_at": _created,
        "updated_at": _updated,
        "id": _number,
        "period_start": _or_zero(period_start),
        "period_end": _or_zero(period_end),
        "next_assessment": _or_zero(period_end),
        "expires_at": _or_zero(lambda s: s.expires_at),
        "total_payments": lambda s: s.revenue,
        "open_balance": lambda s: s.balance,
    },
    sort="signup_date",
    direction="desc",  # newest first (facts §3)
    filters={
        "state": _state_filter,
        "customer_id": _equals(lambda s: s.customer.id),
        "product": _equals(lambda s: s.product.id if s.has_product else None),
    },
)
INVOICES = Listing(
    size=20,
    times=BASIC_TIMES,
    days={
        "due_date": lambda invoice: invoice.due_on,
        "issue_date": lambda invoice: invoice.issued_on,
        "paid_date": lambda invoice: invoice.paid_on,
    },
    date_field="due_date",  # the default that makes others miss late payments (facts §3, §10)
    sorts={
        "number": lambda invoice: invoice.number,
        "created_at": _created,
        "updated_at": _updated,
        "issue_date": lambda invoice: invoice.issued_on,
        "due_date": lambda invoice: invoice.due_on,
        "total_amount": lambda invoice: invoice.total,
        "due_amount": lambda invoice: invoice.due,
        "status": lambda invoice: invoice.status,
    },
    sort="number",
    direction="desc",
    filters={
        "status": _equals(lambda invoice: invoice.status),
        "subscription_id": _equals(lambda invoice: invoice.subscription.id),
        "customer_ids": _among(lambda invoice: invoice.subscription.customer.id),
        "number": _among(lambda invoice: invoice.number),
    },
)
