"""Subscriptions and the groups they are billed in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ..bodies import balances
from ..bodies import subscriptions as bodies
from ..business.records import Group, Metadatum, PaymentProfile, PricePoint, Subscription
from ..business.store import index
from . import finding
from .lists import BASIC_TIMES, NOT_DELETED, Condition, Listing, Query, equals, page_number

if TYPE_CHECKING:
    from ..site import Site

STARTS = "COALESCE(period_started_at, trial_started_at)"
ENDS = "COALESCE(period_ends_at, trial_ended_at)"
ASSESSED = f"CASE WHEN state IN {bodies.NOT_ASSESSED} THEN NULL ELSE {ENDS} END"
STATES = {
    "active", "canceled", "expired", "on_hold", "past_due", "suspended", "trial_ended", "trialing", "unpaid",
}  # fmt: skip


def _state(value: str, now: int) -> Condition | None:
    """The filter's words are not the states: some name a condition (facts §3, §7 enums)."""
    if value == "pending_cancellation":
        return "delayed_cancel_at IS NOT NULL", ()
    if value == "expired_cards":
        month = datetime.fromtimestamp(now, UTC)
        cards = f"SELECT id FROM {index(PaymentProfile)} WHERE last_month < ? AND {NOT_DELETED}"
        return f"payment_profile_id IN ({cards})", (month.year * 12 + month.month - 1,)
    # Unknown words are ignored, and so is pending_renewal, which nothing explains [I].
    return ("state = ?", (value,)) if value in STATES else None


def _price_point(value: str, now: int) -> Condition:
    """Every subscription has its product's default price point."""
    condition, values = equals("id")(value, now) or ("", ())
    owners = f"SELECT product_id FROM {index(PricePoint)} WHERE {condition} AND kind = 'default'"
    return f"product_id IN ({owners})", values


SUBSCRIPTIONS = Listing(
    kind=Subscription,
    times={
        **BASIC_TIMES,
        "current_period_starts_at": STARTS,
        "current_period_ends_at": ENDS,
        "activated_at": "activated_at",
        "canceled_at": "canceled_at",
        "expires_at": "expires_at",
        "trial_started_at": "trial_started_at",
        "trial_ended_at": "trial_ended_at",
    },
    sorts={
        "signup_date": "created_at",
        "created_at": "created_at",
        "updated_at": "updated_at",
        "id": "id",
        "period_start": STARTS,
        "period_end": ENDS,
        "next_assessment": ASSESSED,
        "expires_at": "expires_at",
        "total_payments": "revenue",
        "open_balance": "balance",
    },
    sort="signup_date",
    direction="desc",  # newest first (facts §3)
    filters={
        "state": _state,
        "customer_id": equals("customer_id"),
        "product": equals("product_id"),
        "product_price_point_id": _price_point,
        "coupon": equals("coupon_id"),
    },
    where=NOT_DELETED,
)
GROUPS = Listing(kind=Group, where=NOT_DELETED)


def subscriptions(site: Site, query: Query) -> Any:
    """Return a page of subscriptions."""
    rows = site.rows(SUBSCRIPTIONS, query, *_metadata(query))
    return _wrapped(bodies.subscriptions(site, rows, finding.included(query)))


def _metadata(query: Query) -> Condition:
    """Return the condition of every `metadata[field]=value` (facts §3)."""
    fields = {name[9:-1]: value for name, value in query.items() if name.startswith("metadata[")}
    owners = f"SELECT resource_id FROM {index(Metadatum)} WHERE resource = 'subscriptions' AND {NOT_DELETED}"
    condition = f"id IN ({owners} AND name = ? AND value = ?)"
    return " AND ".join(condition for _ in fields), tuple(part for pair in fields.items() for part in pair)


def _wrapped(rows: list[Any]) -> Any:
    return [{"subscription": row} for row in rows]


def subscription(site: Site, query: Query, number: str) -> Any:
    """Return one subscription."""
    found = finding.subscription(site, number)
    return found and {"subscription": bodies.subscription(site, found, finding.included(query))}


def lookup(site: Site, query: Query) -> Any:
    """Return the subscription of a reference."""
    wanted = query.get("reference", "")
    number = wanted.removeprefix(bodies.REFERENCE)
    found = finding.subscription(site, number) if number.isdecimal() else None
    if found is None or bodies.reference(found) != wanted:
        return None
    return {"subscription": bodies.subscription(site, found)}


def of_customer(site: Site, query: Query, number: str) -> Any:
    """Return all of a customer's at once: this list has no pages (facts §3)."""
    if finding.customer(site, number) is None:
        return None
    keys = site.keys(SUBSCRIPTIONS, {"customer_id": number})
    return _wrapped(bodies.subscriptions(site, site.store.many(Subscription, keys)))


def groups(site: Site, query: Query) -> Any:
    """Return a page of groups, with how many there are (facts §3)."""
    rows = site.rows(GROUPS, query)
    return {
        "subscription_groups": balances.groups(
            site, rows, with_balances="account_balances" in finding.included(query)
        ),
        "meta": {"current_page": page_number(query, GROUPS), "total_count": site.total(GROUPS, query)},
    }


def group(site: Site, query: Query, uid: str) -> Any:
    """Return one group, bare."""
    found = site.store.one(Group, uid=uid)
    return _group(site, query, found)


def group_of(site: Site, query: Query) -> Any:
    """Return the group of a subscription."""
    number = query.get("subscription_id", "")
    found = finding.subscription(site, number) if number.isdecimal() else None
    return _group(site, query, site.store.get(Group, found.group_id if found else None))


def _group(site: Site, query: Query, found: Group | None) -> Any:
    if found is None or found.deleted_at is not None:
        return None
    with_bill = "current_billing_amount_in_cents" in finding.included(query)
    return balances.group(site, found, with_bill=with_bill)


ROUTES: dict[str, Callable[..., Any]] = {
    "/subscriptions.json": subscriptions,
    "/subscriptions/lookup.json": lookup,
    "/subscriptions/{id}.json": subscription,
    "/customers/{id}/subscriptions.json": of_customer,
    "/subscription_groups.json": groups,
    "/subscription_groups/lookup.json": group_of,
    "/subscription_groups/{uid}.json": group,
}
