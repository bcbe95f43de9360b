"""Reason codes, custom fields, offers, and the sellers' resources that a site's key does not open."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from ..bodies import extras as bodies
from ..business.extras import BUNDLES, METAFIELDS, REASONS
from ..business.records import Metadatum, Record
from . import finding
from .answers import Refused
from .lists import BASIC_TIMES, NOT_DELETED, Listing, Query, among, cut, page_number, page_size

if TYPE_CHECKING:
    from ..site import Site

SMALL = Listing(kind=Record, strict=True)  # what is set up once and does not change
METADATA = Listing(
    kind=Metadatum, times=BASIC_TIMES, filters={"resource_ids": among("resource_id")}, strict=True
)  # by id, ascending since 2023-01-10 (facts §3)
FINDERS: dict[str, Callable[[Site, str], Record | None]] = {
    "customers": finding.customer,
    "subscriptions": finding.subscription,
}


def reason_codes(site: Site, query: Query) -> Any:
    """Return a page of reason codes."""
    rows = [bodies.reason(site, row, position) for position, row in enumerate(REASONS, start=1)]
    return [{"reason_code": row} for row in cut(rows, query, SMALL)]


def reason_code(site: Site, query: Query, number: str) -> Any:
    """Return one reason code."""
    rows = enumerate(REASONS, start=1)
    found = next((bodies.reason(site, row, nth) for nth, row in rows if row.id == int(number)), None)
    return found and {"reason_code": found}


def offers(site: Site, query: Query) -> Any:
    """Return a page of offers."""
    rows = [row for row in BUNDLES if not row.archived or query.get("include_archived") == "true"]
    return {"offers": [bodies.offer(site, row) for row in cut(rows, query, SMALL)]}


def offer(site: Site, query: Query, number: str) -> Any:
    """Return one offer."""
    found = next((row for row in BUNDLES if row.id == int(number)), None)
    return found and {"offer": bodies.offer(site, found)}


def metafields(resource: str, site: Site, query: Query) -> Any:
    """Return a page of the definitions of a resource's custom fields; `name` picks one."""
    name = query.get("name")
    rows = [row for row in METAFIELDS if row.resource == resource and name in (None, "", row.name)]
    if query.get("direction") == "desc":
        rows.reverse()
    shown = [bodies.metafield(site, row) for row in cut(rows, query, SMALL)]
    return _counted(len(rows), query, SMALL) | {"metafields": shown}


def _counted(total: int, query: Query, listing: Listing) -> dict[str, Any]:
    size = page_size(query, listing)
    return {
        "total_count": total,
        "current_page": page_number(query, listing),
        "total_pages": -(-total // size),
        "per_page": size,
    }


def metadata(resource: str, site: Site, query: Query) -> Any:
    """Return a page of the values of custom fields, deleted ones only if asked for."""
    where = "resource = ?" if query.get("with_deleted") == "true" else f"resource = ? AND {NOT_DELETED}"
    return _values(site, query, where, (resource,))


def metadata_of(resource: str, site: Site, query: Query, number: str) -> Any:
    """Return a page of the values of one customer's or subscription's custom fields."""
    if FINDERS[resource](site, number) is None:
        return None
    where = f"resource = ? AND resource_id = ? AND {NOT_DELETED}"
    return _values(site, query, where, (resource, int(number)))


def _values(site: Site, query: Query, where: str, values: tuple[Any, ...]) -> Any:
    rows = site.rows(METADATA, query, where, values)
    total = site.total(METADATA, query, where, values)
    shown = [bodies.metadatum(site, row) for row in rows]
    return _counted(total, query, METADATA) | {"metadata": shown}


def for_sellers(site: Site, query: Query, *numbers: str) -> Any:
    """Refuse: a site's key does not open what belongs to the seller (facts §1); how is not recorded [I]."""
    raise Refused(401, msgspec.Raw(b"HTTP Basic: Access denied.\n"))


SELLERS = "/sellers/{id}"
ROUTES: dict[str, Callable[..., Any]] = {
    "/reason_codes.json": reason_codes,
    "/reason_codes/{id}.json": reason_code,
    "/offers.json": offers,
    "/offers/{id}.json": offer,
    f"{SELLERS}/sales_reps.json": for_sellers,
    f"{SELLERS}/sales_reps/{{id}}.json": for_sellers,
    f"{SELLERS}/sales_commission_settings.json": for_sellers,
}
for _resource in FINDERS:
    ROUTES[f"/{_resource}/metafields.json"] = partial(metafields, _resource)
    ROUTES[f"/{_resource}/metadata.json"] = partial(metadata, _resource)
    ROUTES[f"/{_resource}/{{id}}/metadata.json"] = partial(metadata_of, _resource)
