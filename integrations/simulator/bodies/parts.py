"""Bodies of what hangs on a subscription: components, allocations, usages, notes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from ..business.records import (
    Allocation,
    Component,
    ComponentPricePoint,
    Note,
    ProductFamily,
    Subscription,
    SubscriptionComponent,
    Usage,
)
from ..business.times import step, utc
from . import Body

if TYPE_CHECKING:
    from ..site import Site

MOST_PERIODS = 10


def held(site: Site, rows: Sequence[SubscriptionComponent], include: Iterable[str] = ()) -> list[Body]:
    """Return components of subscriptions; `include` may ask for subscription and historic_usages."""
    store = site.store
    components = {found.id: found for found in store.find(Component)}
    families = {found.id: found for found in store.find(ProductFamily)}
    points = {
        found.id: found
        for found in store.many(ComponentPricePoint, list({row.price_point_id for row in rows}))
    }
    owners = {
        found.id: found for found in store.many(Subscription, list({row.subscription_id for row in rows}))
    }
    bodies = []
    for row in rows:
        component, owner = components[row.component_id], owners[row.subscription_id]
        body = _held(site, row, component, points[row.price_point_id], families[component.family_id])
        body["currency"] = owner.currency
        if "subscription" in include:
            body["subscription"] = {"state": owner.state, "updated_at": site.stamp(owner.updated_at)}
        if "historic_usages" in include:
            body["historic_usages"] = _historic(site, owner, row) if component.kind == "metered" else []
        bodies.append(body)
    return bodies


def _held(
    site: Site,
    row: SubscriptionComponent,
    component: Component,
    point: ComponentPricePoint,
    family: ProductFamily,
) -> Body:
    return {
        "id": row.id,
        "name": component.name,
        "kind": f"{component.kind}_component",
        "unit_name": component.unit_name,
        "enabled": row.quantity > 0,
        "unit_balance": row.balance,
        "allocated_quantity": row.quantity,
        "pricing_scheme": point.scheme,
        "component_id": component.id,
        "component_handle": component.handle,
        "subscription_id": row.subscription_id,
        "recurring": component.kind != "metered",
        "upgrade_charge": None,
        "downgrade_credit": None,
        "archived_at": site.stamp(component.archived_at),
        "price_point_id": point.id,
        "price_point_handle": point.handle,
        "price_point_type": point.kind,
        "price_point_name": point.name,
        "product_family_id": family.id,
        "product_family_handle": family.handle,
        "created_at": site.stamp(row.created_at),
        "updated_at": site.stamp(row.updated_at),
        "use_site_exchange_rate": True,
        "description": component.description,
        "allow_fractional_quantities": False,
        "display_on_hosted_page": False,
    }


def _historic(site: Site, owner: Subscription, row: SubscriptionComponent) -> list[Body]:
    """Return the use of earlier periods, newest first; how many are shown is not documented: ten [I]."""
    if owner.period_started_at is None:
        return []
    count, unit = owner.terms
    starts = [step(owner.period_started_at, -count * nth, unit, site.zone) for nth in range(MOST_PERIODS + 1)]
    uses = site.store.find(Usage, subscription_id=owner.id, component_id=row.component_id)
    return [
        {
            "total_usage_quantity": sum(use.quantity for use in uses if first <= use.created_at < last),
            "billing_period_starts_at": site.stamp(first),
            "billing_period_ends_at": site.stamp(last),
        }
        for last, first in pairwise(starts)
        if last > owner.created_at
    ]


def allocation(site: Site, row: Allocation) -> Body:
    """Return a change of an allocated quantity; `timestamp` is UTC, unlike `created_at` (facts §7)."""
    component = site.store.require(Component, row.component_id)
    point = site.store.require(ComponentPricePoint, row.price_point_id)
    body: Body = {
        "allocation_id": row.id,
        "component_id": component.id,
        "component_handle": component.handle,
        "subscription_id": row.subscription_id,
        "quantity": row.quantity,
        "previous_quantity": row.previous,
        "memo": row.memo,
        "timestamp": utc(row.created_at),
        "created_at": site.stamp(row.created_at),
        "proration_upgrade_scheme": "prorate-attempt-capture",
        "proration_downgrade_scheme": "no-prorate",
        "price_point_id": point.id,
        "price_point_name": point.name,
        "price_point_handle": point.handle,
        "previous_price_point_id": point.id,
        "accrue_charge": False,
        "initiate_dunning": False,
        "upgrade_charge": "prorated",
        "downgrade_credit": "none",
        "payment": None,
    }
    if row.invoice_id:
        body["charge_id"] = row.id * 10
    return body


def usage(site: Site, row: Usage) -> Body:
    """Return an entry of metered use; a correction is negative."""
    return {
        "id": row.id,
        "memo": row.memo,
        "created_at": site.stamp(row.created_at),
        "price_point_id": row.price_point_id,
        "quantity": row.quantity,
        "component_id": row.component_id,
        "component_handle": site.store.require(Component, row.component_id).handle,
        "subscription_id": row.subscription_id,
    }


def note(site: Site, row: Note) -> Body:
    """Return a remark on a subscription."""
    return {
        "id": row.id,
        "body": row.body,
        "subscription_id": row.subscription_id,
        "created_at": site.stamp(row.created_at),
        "updated_at": site.stamp(row.updated_at),
        "sticky": row.sticky,
    }
