"""MRR as the vendor counts it, in the site's own currency: deprecated, optional (facts §3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..bodies import revenue as bodies
from ..business.ledger import each
from ..business.records import Movement, Subscription
from .answers import Refused
from .lists import NOT_DELETED, Condition, Listing, Query, equals, moment, page_number, page_size

if TYPE_CHECKING:
    from ..site import Site

MOVEMENTS = Listing(
    Movement,
    size=10,
    largest=50,
    sorts={"created_at": "created_at"},
    sort="created_at",
    direction="desc",  # not documented [I]
    filters={"subscription_id": equals("subscription_id")},
)


def _chosen(value: str, now: int) -> Condition:
    wanted = tuple(int(text) for text in value.split(",") if text.isdecimal())
    return f"id IN ({', '.join('?' * len(wanted))})", wanted


SUBSCRIPTIONS = Listing(Subscription, where=NOT_DELETED, filters={"filter[subscription_ids]": _chosen})


def mrr(site: Site, query: Query) -> Any:
    """Add up all movements until a time."""
    at = _at(site, query)
    values: tuple[Any, ...] = at, site.spec.currency
    where = "created_at <= ? AND currency = ?"
    if number := query.get("subscription_id"):
        condition, wanted = equals("subscription_id")(number, at) or ("", ())
        where, values = f"{where} AND {condition}", (*values, *wanted)
    cents = sum(found.amount for found in each(site.store, Movement, where, values))
    return {"mrr": bodies.mrr(site, cents, at)}


def movements(site: Site, query: Query) -> Any:
    """List the movements, at most 50 a page."""
    where, values = "currency = ?", (site.spec.currency,)
    total, size = site.total(MOVEMENTS, query, where, values), page_size(query, MOVEMENTS)
    return {
        "mrr": {
            "page": page_number(query, MOVEMENTS),
            "per_page": size,
            "total_pages": -(-total // size),
            "total_entries": total,
            "currency": site.spec.currency,
            "currency_symbol": bodies.SYMBOLS.get(site.spec.currency, site.spec.currency),
            "movements": [bodies.movement(site, row) for row in site.rows(MOVEMENTS, query, where, values)],
        }
    }


def per_subscription(site: Site, query: Query) -> Any:
    """List what each subscription counts with; whatever its currency [I]."""
    at = _at(site, query)
    return {"subscriptions_mrr": [_subscription(site, row, at) for row in site.rows(SUBSCRIPTIONS, query)]}


def _subscription(site: Site, row: Subscription, at: int) -> dict[str, Any]:
    found = site.store.find(Movement, subscription_id=row.id)
    cents = sum(movement.amount for movement in found if movement.created_at <= at)
    return {
        "subscription_id": row.id,
        "mrr_amount_in_cents": cents,
        "breakouts": {"plan_amount_in_cents": cents, "usage_amount_in_cents": 0},
    }


def _at(site: Site, query: Query) -> int:
    """Read `at_time`; raise the vendor's own 400 for what is no time (facts §5)."""
    text = query.get("at_time")
    if not text:
        return site.now()
    if (found := moment(text, site.zone)) is None:
        raise Refused(400, {"errors": {"attribute": ["supplied value is invalid, expected ISO 8601 format"]}})
    return found


ROUTES = {
    "/mrr.json": mrr,
    "/mrr_movements.json": movements,
    "/subscriptions_mrr.json": per_subscription,
}
