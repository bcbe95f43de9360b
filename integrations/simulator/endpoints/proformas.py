"""Proforma invoices of subscriptions and groups (facts §3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..bodies.lookup import Lookup
from ..bodies.proformas import DETAILS, proforma
from ..business.records import Group, Proforma
from . import finding
from .lists import Listing, Query, equals, page_number, page_size

if TYPE_CHECKING:
    from ..site import Site

# Dates filter on the delivery, whatever `date_field` says (facts §3).
PROFORMAS = Listing(
    kind=Proforma,
    days={"delivery_date": "due_on"},
    direction="desc",
    filters={"status": equals("status")},
)


def of_subscription(site: Site, query: Query, number: str) -> Any:
    """Return a page of a subscription's, with details only when asked for."""
    found = finding.subscription(site, number)
    if found is None:
        return None
    criteria = {name: value for name, value in query.items() if name not in DETAILS}
    criteria["date_field"] = "delivery_date"
    where = "subscription_id = ?", (found.id,)
    total, size = site.total(PROFORMAS, criteria, *where), page_size(query, PROFORMAS)
    return {
        "proforma_invoices": _bodies(site, site.rows(PROFORMAS, criteria, *where), query),
        "meta": _meta(total, page_number(query, PROFORMAS), -(-total // size)),
    }


def of_group(site: Site, query: Query, uid: str) -> Any:
    """Return all consolidated ones of a group: this list has no pages (facts §3)."""
    group = site.store.one(Group, uid=uid)
    if group is None:
        return None
    rows = site.store.find(Proforma, order="id DESC", group_id=group.id)
    return {"proforma_invoices": _bodies(site, rows, query), "meta": _meta(len(rows), 1, int(bool(rows)))}


def read(site: Site, query: Query, uid: str) -> Any:
    """Return a bare object with every detail."""
    found = site.store.one(Proforma, uid=uid)
    return found and proforma(found, Lookup(site), DETAILS)


def _bodies(site: Site, rows: list[Proforma], query: Query) -> list[Any]:
    lookup, wanted = Lookup(site), [name for name in DETAILS if query.get(name) == "true"]
    return [proforma(row, lookup, wanted) for row in rows]


def _meta(total: int, page: int, pages: int) -> dict[str, int]:
    return {"total_count": total, "current_page": page, "total_pages": pages, "status_code": 200}


ROUTES: dict[str, Callable[..., Any]] = {
    "/proforma_invoices/{uid}.json": read,
    "/subscriptions/{id}/proforma_invoices.json": of_subscription,
    "/subscription_groups/{uid}/proforma_invoices.json": of_group,
}
