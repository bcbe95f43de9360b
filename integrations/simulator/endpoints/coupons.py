"""Coupons: lists, searches, codes and usage."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..bodies import coupons as bodies
from ..business.records import Coupon, Product, ProductFamily
from . import finding
from .answers import Refused
from .lists import BASIC_TIMES, Condition, Listing, Query, among, cut

if TYPE_CHECKING:
    from ..site import Site

COUPONS = Listing(kind=Coupon, size=30, times=BASIC_TIMES, filters={"filter[ids]": among("id")}, deep=True)
CODES = Listing(kind=Coupon)
UNKNOWN = "Coupon code could not be found."  # recorded 2024 (facts §5)


def coupons(site: Site, query: Query, family: str | None = None) -> Any:
    """Return a page of coupons, of the whole site or of one family."""
    parts = [] if query.get("filter[include_archived]") == "true" else ["archived_at IS NULL"]
    values: tuple[Any, ...] = ()
    if family is not None:
        owner = finding.named(site, ProductFamily, family)
        if owner is None:
            return None
        parts, values = [*parts, "family_id = ?"], (owner.id,)
    limits = _codes_asked(site, query, " AND ".join(parts), values)
    currencies = query.get("currency_prices") == "true"
    return [
        {"coupon": bodies.coupon(site, row, currencies=currencies)}
        for row in site.rows(COUPONS, query, *limits)
    ]


def _codes_asked(site: Site, query: Query, where: str, values: tuple[Any, ...]) -> Condition:
    """Add the condition of `filter[codes]`."""
    if not query.get("filter[codes]"):
        return where, values
    codes = query["filter[codes]"].split(",")
    ids = ",".join(str(row.id) for row in site.store.find(Coupon) if row.code in codes)
    return " AND ".join(part for part in (where, f"id IN ({ids})") if part), values


def coupon(site: Site, query: Query, family: str, number: str) -> Any:
    """Return one coupon of a family."""
    found = _of_family(site, family, number)
    return found and {"coupon": bodies.coupon(site, found, currencies=query.get("currency_prices") == "true")}


def _of_family(site: Site, family: str, number: str) -> Coupon | None:
    owner = finding.named(site, ProductFamily, family)
    found = site.store.get(Coupon, int(number))
    return found if owner and found and found.family_id == owner.id else None


def find(site: Site, query: Query) -> Any:
    """Return the coupon of a code; an empty 404 if there is none."""
    found = _by_code(site, query)
    return found and {"coupon": bodies.coupon(site, found, currencies=query.get("currency_prices") == "true")}


def validate(site: Site, query: Query) -> Any:
    """Return the coupon if a customer may use the code now, else a 404 that says why not.

    Only the text for an unknown code is recorded; the others are made up [I: openapi.yaml names the reasons].
    """
    found, now = _by_code(site, query), site.now()
    if found is None:
        raise Refused(404, {"errors": UNKNOWN})
    if found.archived_at is not None or found.starts_at > now:
        raise Refused(404, {"errors": "Coupon code is invalid."})
    if found.ends_at is not None and found.ends_at < now:
        raise Refused(404, {"errors": "Coupon code has expired."})
    return {"coupon": bodies.coupon(site, found)}


def _by_code(site: Site, query: Query) -> Coupon | None:
    """Look in the family that is named, or else in the first one (openapi.yaml, findCoupon)."""
    first = site.store.find(ProductFamily)[0]
    family = finding.named(site, ProductFamily, query.get("product_family_id") or str(first.id))
    rows = site.store.find(Coupon, family_id=family.id) if family else []
    code = query.get("code", "")
    return next((row for row in rows if code in (row.code, *row.subcodes)), None)


def codes(site: Site, query: Query, number: str) -> Any:
    """Return a page of a coupon's further codes."""
    found = site.store.get(Coupon, int(number))
    return found and {"codes": cut(found.subcodes, query, CODES)}


def usage(site: Site, query: Query, family: str, number: str) -> Any:
    """Return what a coupon did, product by product."""
    found = _of_family(site, family, number)
    if found is None:
        return None
    return [
        bodies.usage(site, found, product) for product in site.store.find(Product, family_id=found.family_id)
    ]


FAMILY = "/product_families/{any}"
ROUTES: dict[str, Callable[..., Any]] = {
    "/coupons.json": coupons,
    f"{FAMILY}/coupons.json": coupons,
    f"{FAMILY}/coupons/{{id}}.json": coupon,
    f"{FAMILY}/coupons/{{id}}/usage.json": usage,
    "/coupons/find.json": find,
    "/coupons/validate.json": validate,
    "/coupons/{id}/codes.json": codes,
}
