"""What hangs on a subscription: components, allocations, usages, notes, balances."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from ..bodies import balances
from ..bodies import parts as bodies
from ..business.records import (
    Allocation,
    Component,
    CreditNote,
    Note,
    SubscriptionComponent,
    Usage,
)
from ..business.store import index
from ..business.times import midnight
from . import finding
from .lists import Condition, Listing, Query, among, cut, max_id, since_id

if TYPE_CHECKING:
    from ..site import Site


def _families(value: str, now: int) -> Condition:
    condition, values = among("family_id")(value, now) or ("", ())
    return f"component_id IN (SELECT id FROM {index(Component)} WHERE {condition})", values


HELD = Listing(
    kind=SubscriptionComponent,
    times={"updated_at": "updated_at"},
    sorts={"id": "id", "updated_at": "updated_at"},
    filters={"subscription_ids": among("subscription_id"), "product_family_ids": _families},
)
ALLOCATIONS = Listing(kind=Allocation, size=50, direction="desc", strict=True)
# Newest first, as in the vendor's example (openapi.yaml, listUsages) [I].
USAGES = Listing(
    kind=Usage, direction="desc", filters={"since_id": since_id(inclusive=True), "max_id": max_id}
)
CREDITS = Listing(kind=CreditNote)
NOTES = Listing(kind=Note, direction="desc", strict=True)  # newest first, as in the vendor's example [I]


def site_components(site: Site, query: Query) -> Any:
    """Return a page of the components of all subscriptions."""
    rows = site.rows(HELD, query)
    return {"subscriptions_components": bodies.held(site, rows, finding.included(query))}


def components(site: Site, query: Query, number: str) -> Any:
    """Return all components of a subscription, archived ones too; no pages (facts §3)."""
    if finding.subscription(site, number) is None:
        return None
    keys = site.keys(HELD, query, "subscription_id = ?", (int(number),))
    rows = site.store.many(SubscriptionComponent, keys)
    if query.get("in_use") == "true":
        rows = [row for row in rows if row.quantity or row.balance]
    return [{"component": body} for body in bodies.held(site, rows, finding.included(query))]


def component(site: Site, query: Query, number: str, key: str) -> Any:
    """Return one component of a subscription."""
    found = _held(site, number, key)
    return found and {"component": bodies.held(site, [found])[0]}


def _held(site: Site, number: str, key: str) -> SubscriptionComponent | None:
    owner, component = finding.subscription(site, number), finding.named(site, Component, key)
    if owner is None or component is None:
        return None
    return site.store.one(SubscriptionComponent, subscription_id=owner.id, component_id=component.id)


def allocations(site: Site, query: Query, number: str, key: str) -> Any:
    """Return fifty changes of an allocated quantity, whatever `per_page` says (facts §3)."""
    found = _held(site, number, key)
    if found is None:
        return None
    rows = site.rows(ALLOCATIONS, {"page": query.get("page", "")}, *_within(found))
    return [{"allocation": bodies.allocation(site, row)} for row in rows]


def _within(held: SubscriptionComponent) -> Condition:
    return "subscription_id = ? AND component_id = ?", (held.subscription_id, held.component_id)


def usages(site: Site, query: Query, number: str, key: str) -> Any:
    """Return a page of metered use; both dates mean their midnight (facts §3)."""
    found = _held(site, number, key)
    if found is None:
        return None
    where, values = _within(found)
    for name, sign in (("since_date", ">="), ("until_date", "<=")):
        if (at := _midnight(site, query.get(name, ""))) is not None:
            where, values = f"{where} AND created_at {sign} ?", (*values, at)
    return [{"usage": bodies.usage(site, row)} for row in site.rows(USAGES, query, where, values)]


def _midnight(site: Site, text: str) -> int | None:
    try:
        return midnight(date.fromisoformat(text).toordinal(), site.zone)
    except ValueError:
        return None  # what the vendor does with a malformed date is unknown; ignored [I]


def notes(site: Site, query: Query, number: str) -> Any:
    """Return a page of remarks."""
    if finding.subscription(site, number) is None:
        return None
    rows = site.rows(NOTES, query, "subscription_id = ?", (int(number),))
    return [{"note": bodies.note(site, row)} for row in rows]


def note(site: Site, query: Query, number: str, key: str) -> Any:
    """Return one remark."""
    found = site.store.get(Note, int(key))
    if found is None or found.subscription_id != int(number) or finding.subscription(site, number) is None:
        return None
    return {"note": bodies.note(site, found)}


def account_balances(site: Site, query: Query, number: str) -> Any:
    """Return what a subscription owes and has to its credit, bare."""
    found = finding.subscription(site, number)
    return found and balances.balances(site, [found])


def service_credits(site: Site, query: Query, number: str) -> Any:
    """Return a page of how service credit came and went, newest first as in the vendor's example [I]."""
    found = finding.subscription(site, number)
    return found and {"service_credits": cut(balances.service_credits(site, found), query, CREDITS)}


def scheduled_renewals(site: Site, query: Query, number: str) -> Any:
    """Return none: no renewal is ever scheduled here."""
    return finding.subscription(site, number) and {"scheduled_renewal_configurations": []}


HOLDING = "/subscriptions/{id}/components/{any}"
ROUTES: dict[str, Callable[..., Any]] = {
    "/subscriptions_components.json": site_components,
    "/subscriptions/{id}/components.json": components,
    f"{HOLDING}.json": component,
    f"{HOLDING}/allocations.json": allocations,
    f"{HOLDING}/usages.json": usages,
    "/subscriptions/{id}/notes.json": notes,
    "/subscriptions/{id}/notes/{id}.json": note,
    "/subscriptions/{id}/account_balances.json": account_balances,
    "/subscriptions/{id}/service_credits/list.json": service_credits,
    "/subscriptions/{id}/scheduled_renewals.json": scheduled_renewals,
}
