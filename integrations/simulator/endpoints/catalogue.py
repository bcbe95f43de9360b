"""What is sold: families, products, components and their price points."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from ..bodies import catalogue as bodies
from ..business.records import Component, ComponentPricePoint, PricePoint, Product, ProductFamily, Record
from . import finding
from .answers import invalid
from .lists import (
    BASIC_TIMES,
    Condition,
    Filter,
    Listing,
    Query,
    among,
    moment,
    page_number,
    page_size,
)

if TYPE_CHECKING:
    from ..site import Site

ON_SALE = "archived_at IS NULL"
BAD_FIELD = "date_field must be one of: created_at, updated_at"


def _archived(value: str, now: int) -> Condition | None:
    """`filter[archived_at]=not_null` asks for archived ones; without it all are listed [I]."""
    return {"not_null": ("archived_at IS NOT NULL", ()), "null": (ON_SALE, ())}.get(value)


IDS: dict[str, Filter] = {"filter[ids]": among("id")}
KINDS: dict[str, Filter] = {"filter[type]": among("kind")}
FAMILIES = Listing(kind=ProductFamily, times=BASIC_TIMES)
# The order of these is not documented; ascending by id [I].
PRODUCTS = Listing(kind=Product, times=BASIC_TIMES, filters=IDS)
COMPONENTS = Listing(kind=Component, times=BASIC_TIMES, filters=IDS)


def _site_wide(kind: type[Record]) -> Listing:
    filters = {**IDS, **KINDS, "filter[archived_at]": _archived}
    return Listing(kind=kind, times=BASIC_TIMES, filters=filters, deep=True)


PRICE_POINTS = _site_wide(PricePoint)
COMPONENT_PRICE_POINTS = _site_wide(ComponentPricePoint)
# Ten a page and newest first since 2020-01-27 (facts §3).
OF_PRODUCT = Listing(kind=PricePoint, size=10, sort="created_at", direction="desc", filters=KINDS)
OF_COMPONENT = Listing(kind=ComponentPricePoint, filters=KINDS, where=ON_SALE)


def families(site: Site, query: Query) -> Any:
    """Return all families, whatever `page` says: none is documented here (facts §3)."""
    rows = site.store.many(ProductFamily, site.keys(FAMILIES, query))
    return [{"product_family": bodies.family(site, row)} for row in rows]


def family(site: Site, query: Query, key: str) -> Any:
    """Return one family."""
    found = finding.named(site, ProductFamily, key)
    return found and {"product_family": bodies.family(site, found)}


def products(site: Site, query: Query, family: str | None = None) -> Any:
    """Return a page of products, of the whole site or of one family."""
    limits = _limits(site, query, family)
    if limits is None:
        return None
    return [{"product": row} for row in bodies.products(site, site.rows(PRODUCTS, query, *limits))]


def components(site: Site, query: Query, family: str | None = None) -> Any:
    """Return a page of components, of the whole site or of one family."""
    limits = _limits(site, query, family)
    return limits and [
        {"component": bodies.component(site, row)} for row in site.rows(COMPONENTS, query, *limits)
    ]


def _limits(site: Site, query: Query, family: str | None) -> Condition | None:
    """Return the condition of a family and of `include_archived`; nothing if there is no such family."""
    parts = [] if query.get("include_archived") == "true" else [ON_SALE]
    if family is None:
        return " AND ".join(parts), ()
    owner = finding.named(site, ProductFamily, family)
    return (" AND ".join([*parts, "family_id = ?"]), (owner.id,)) if owner else None


def product(site: Site, query: Query, number: str) -> Any:
    """Return one product, archived or not."""
    found = site.store.get(Product, int(number))
    return found and {"product": bodies.products(site, [found])[0]}


def product_by_handle(site: Site, query: Query, handle: str) -> Any:
    """Return the product of a handle; handles are case-sensitive (facts §1)."""
    found = finding.named(site, Product, f"{finding.MARK}{handle}")
    return found and {"product": bodies.products(site, [found])[0]}


def component(site: Site, query: Query, family: str, key: str) -> Any:
    """Return one component of a family."""
    owner = finding.named(site, ProductFamily, family)
    found = owner and finding.named(site, Component, key, family_id=owner.id)
    return found and {"component": bodies.component(site, found)}


def component_lookup(site: Site, query: Query) -> Any:
    """Return the component of a handle."""
    found = finding.named(site, Component, f"{finding.MARK}{query.get('handle', '')}")
    return found and {"component": bodies.component(site, found)}


def price_points(site: Site, query: Query) -> Any:
    """Return a page of the price points of all products."""
    _check(site, query)
    rows, currencies = site.rows(PRICE_POINTS, query), "currency_prices" in finding.included(query)
    return {"price_points": [bodies.price_point(site, row, currencies=currencies) for row in rows]}


def component_price_points(site: Site, query: Query) -> Any:
    """Return a page of the price points of all components."""
    _check(site, query)
    rows, currencies = site.rows(COMPONENT_PRICE_POINTS, query), "currency_prices" in finding.included(query)
    return {"price_points": [bodies.component_price_point(site, row, currencies=currencies) for row in rows]}


def _check(site: Site, query: Query) -> None:
    """Refuse an unknown date field and a malformed date, as these two lists do (openapi.yaml, 422 of both)."""
    errors = [] if query.get("filter[date_field]", "created_at") in BASIC_TIMES else [BAD_FIELD]
    wrong = [name for name in ("start_date", "end_date") if not _is_date(query.get(f"filter[{name}]"))]
    for name in ("start_datetime", "end_datetime"):
        value = query.get(f"filter[{name}]")
        wrong += [name] if value and moment(value, site.zone) is None else []
    errors += [f"{name} supplied value is invalid, expected ISO 8601 format" for name in wrong]
    if errors:
        raise invalid(*errors)


def _is_date(text: str | None) -> bool:
    try:
        return not text or bool(date.fromisoformat(text))
    except ValueError:
        return False


def of_product(site: Site, query: Query, key: str) -> Any:
    """Return a page of a product's price points, archived ones only if asked for."""
    owner = finding.named(site, Product, key)
    if owner is None:
        return None
    where = "product_id = ?" if query.get("archived") == "true" else f"product_id = ? AND {ON_SALE}"
    rows, currencies = site.rows(OF_PRODUCT, query, where, (owner.id,)), _with_currencies(query)
    return {"price_points": [bodies.price_point(site, row, currencies=currencies) for row in rows]}


def _with_currencies(query: Query) -> bool:
    return query.get("currency_prices") == "true"


def one_of_product(site: Site, query: Query, key: str, point: str) -> Any:
    """Return one of a product's price points."""
    owner = finding.named(site, Product, key)
    found = owner and finding.named(site, PricePoint, point, product_id=owner.id)
    return found and {"price_point": bodies.price_point(site, found, currencies=_with_currencies(query))}


def of_component(site: Site, query: Query, key: str) -> Any:
    """Return a page of a component's current price points, with how many there are (facts §3)."""
    owner = finding.named(site, Component, key)
    if owner is None:
        return None
    limits = "component_id = ?", (owner.id,)
    rows, currencies = site.rows(OF_COMPONENT, query, *limits), _with_currencies(query)
    total, size = site.total(OF_COMPONENT, query, *limits), page_size(query, OF_COMPONENT)
    return {
        "price_points": [bodies.component_price_point(site, row, currencies=currencies) for row in rows],
        "meta": {
            "total_count": total,
            "current_page": page_number(query, OF_COMPONENT),
            "total_pages": -(-total // size),
            "per_page": size,
        },
    }


def one_of_component(site: Site, query: Query, key: str, point: str) -> Any:
    """Return one of a component's price points."""
    owner = finding.named(site, Component, key)
    found = owner and finding.named(site, ComponentPricePoint, point, component_id=owner.id)
    currencies = _with_currencies(query)
    return found and {"price_point": bodies.component_price_point(site, found, currencies=currencies)}


FAMILY = "/product_families/{any}"
ROUTES: dict[str, Callable[..., Any]] = {
    "/product_families.json": families,
    f"{FAMILY}.json": family,
    "/products.json": products,
    f"{FAMILY}/products.json": products,
    "/products/{id}.json": product,
    "/products/handle/{any}.json": product_by_handle,
    "/products_price_points.json": price_points,
    "/products/{any}/price_points.json": of_product,
    "/products/{any}/price_points/{any}.json": one_of_product,
    "/components.json": components,
    f"{FAMILY}/components.json": components,
    f"{FAMILY}/components/{{any}}.json": component,
    "/components/lookup.json": component_lookup,
    "/components_price_points.json": component_price_points,
    "/components/{any}/price_points.json": of_component,
    "/components/{any}/price_points/{any}.json": one_of_component,
}
