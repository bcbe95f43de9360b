"""The vendor's read endpoints: a path and a query become a body."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec

from . import listing
from .details import DETAILS
from .listing import Listing, Query, page
from .site import Site
from .stats import stats
from .weather import NOT_FOUND, Response

Answer = Callable[..., Any]


def answer(site: Site, path: str, query: Query) -> Response:
    """Return the answer to an authorised GET; what does not exist is an empty 404."""
    for pattern, respond in ROUTES:
        if match := pattern.fullmatch(path):
            body = respond(site, query, *match.groups())
            return NOT_FOUND if body is None else Response(200, msgspec.json.encode(body), chunked=True)
    return NOT_FOUND


def _paged(site: Site, resource: str, query: Query, rules: Listing) -> list[Any]:
    return page(site.select(resource, query, rules), query, rules.size)


def _site(site: Site, query: Query) -> Any:
    return {"site": site.renderer.site()}


def _customers(site: Site, query: Query) -> Any:
    rows = _paged(site, "customers", query, listing.CUSTOMERS)
    return [{"customer": site.renderer.customer(row)} for row in rows]


def _customer(site: Site, query: Query, number: str) -> Any:
    row = site.business.customers.get(int(number))
    return row and {"customer": site.renderer.customer(row)}


def _customer_subscriptions(site: Site, query: Query, number: str) -> Any:
    """All of them at once: this list has no pages (facts §3)."""
    if int(number) not in site.business.customers:
        return None
    rows = site.select("subscriptions", {"customer_id": number}, listing.SUBSCRIPTIONS)
    return [{"subscription": site.renderer.subscription(row)} for row in rows]


def _families(site: Site, query: Query) -> Any:
    """All of them, whatever `page` says: none is documented here (facts §3)."""
    rows = site.select("families", query, listing.FAMILIES)
    return [{"product_family": site.renderer.family(row)} for row in rows]


def _products(site: Site, query: Query) -> Any:
    rows = site.select("products", query, listing.PRODUCTS)
    if query.get("include_archived") != "true":
        rows = [row for row in rows if row.archived_at is None]
    return [{"product": site.renderer.product(row)} for row in page(rows, query, listing.PRODUCTS.size)]


def _product(site: Site, query: Query, number: str) -> Any:
    row = site.business.products.get(int(number))
    return row and {"product": site.renderer.product(row)}


def _subscriptions(site: Site, query: Query) -> Any:
    rows = _paged(site, "subscriptions", query, listing.SUBSCRIPTIONS)
    return [{"subscription": site.renderer.subscription(row)} for row in rows]


def _subscription(site: Site, query: Query, number: str) -> Any:
    row = site.business.subscriptions.get(int(number))
    return row and {"subscription": site.renderer.subscription(row)}


def _invoices(site: Site, query: Query) -> Any:
    """Details are absent, not empty, unless each is asked for (facts §3)."""
    details = tuple(name for name in DETAILS if query.get(name) == "true")
    criteria = {name: value for name, value in query.items() if name not in DETAILS}
    rows = _paged(site, "invoices", criteria, listing.INVOICES)
    now = site.now()
    return {"invoices": [site.invoices.invoice(row, now, details) for row in rows]}


def _invoice(site: Site, query: Query, uid: str) -> Any:
    """A bare object with every detail (facts §3)."""
    row = site.business.invoices.get(uid)
    return row and site.invoices.invoice(row, site.now())


def _stats(site: Site, query: Query) -> Any:
    return stats(site)


ROUTES: list[tuple[re.Pattern[str], Answer]] = [
    (re.compile(pattern), respond)
    for pattern, respond in (
        (r"/site\.json", _site),
        (r"/stats\.json", _stats),
        (r"/customers\.json", _customers),
        (r"/customers/(\d+)\.json", _customer),
        (r"/customers/(\d+)/subscriptions\.json", _customer_subscriptions),
        (r"/product_families\.json", _families),
        (r"/products\.json", _products),
        (r"/products/(\d+)\.json", _product),
        (r"/subscriptions\.json", _subscriptions),
        (r"/subscriptions/(\d+)\.json", _subscription),
        (r"/invoices\.json", _invoices),
        (r"/invoices/(inv_\w+)\.json", _invoice),
    )
]
