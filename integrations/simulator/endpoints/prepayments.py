"""What subscriptions and groups paid ahead (facts §3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..bodies import balances as bodies
from ..business.records import Group, Prepayment
from . import finding
from .lists import Listing, Query

if TYPE_CHECKING:
    from ..site import Site

# Their order is not known: ascending by id [I]. `application_at`, too, is no date that is kept here.
PREPAYMENTS = Listing(kind=Prepayment, times={"created_at": "created_at"}, deep=True)


def of_subscription(site: Site, query: Query, number: str) -> Any:
    """Return a page of what a subscription paid ahead; what its group did stands with the group."""
    found = finding.subscription(site, number)
    if found is None:
        return None
    rows = site.rows(PREPAYMENTS, query, "subscription_id = ? AND group_id IS NULL", (found.id,))
    return {"prepayments": [bodies.prepayment(site, row) for row in rows]}


def of_group(site: Site, query: Query, uid: str) -> Any:
    """Return a page of what a group paid ahead, each in a wrapper (openapi.yaml)."""
    group = site.store.one(Group, uid=uid)
    if group is None:
        return None
    rows = site.rows(PREPAYMENTS, query, "group_id = ?", (group.id,))
    return {"prepayments": [{"prepayment": bodies.group_prepayment(site, row, uid)} for row in rows]}


ROUTES: dict[str, Callable[..., Any]] = {
    "/subscriptions/{id}/prepayments.json": of_subscription,
    "/subscription_groups/{uid}/prepayments.json": of_group,
}
