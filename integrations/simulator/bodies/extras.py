"""Bodies of reason codes, custom fields and offers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..business.extras import Bundle, Metafield, Reason
from ..business.money import decimal
from ..business.records import (
    Component,
    ComponentPricePoint,
    Coupon,
    Metadatum,
    PricePoint,
    Product,
    ProductFamily,
)
from . import Body
from .site import address

if TYPE_CHECKING:
    from ..site import Site

NOWHERE = dict.fromkeys(("csv", "invoices", "statements", "portal", "public_show", "public_edit"), "0")


def opened(site: Site) -> int:
    """Return when the business set itself up."""
    return min(found.created_at for found in site.store.find(ProductFamily))


def reason(site: Site, record: Reason, position: int) -> Body:
    """Return a reason code."""
    born = site.stamp(opened(site))
    return {
        "id": record.id,
        "site_id": site.id,
        "code": record.code,
        "description": record.description,
        "position": position,
        "created_at": born,
        "updated_at": born,
    }


def metafield(site: Site, record: Metafield) -> Body:
    """Return a custom field's definition; its scope says on which pages it is shown: none."""
    return {
        "id": record.id,
        "name": record.name,
        "scope": NOWHERE,
        "data_count": site.store.count(Metadatum, "field_id = ? AND deleted_at IS NULL", (record.id,)),
        "input_type": "dropdown" if record.choices else "text",
        "enum": list(record.choices) or None,
    }


def metadatum(site: Site, record: Metadatum) -> Body:
    """Return a custom field's value."""
    return {
        "id": record.id,
        "value": record.value,
        "resource_id": record.resource_id,
        "name": record.name,
        "deleted_at": site.stamp(record.deleted_at),
        "metafield_id": record.field_id,
    }


def offer(site: Site, record: Bundle) -> Body:
    """Return an offer with its plan, component and coupon spelled out."""
    product = next(found for found in site.store.find(Product) if found.handle == record.product)
    point = site.store.require(PricePoint, product.price_point_id)
    born = opened(site)
    return {
        "id": record.id,
        "site_id": site.id,
        "product_family_id": product.family_id,
        "product_family_name": site.store.require(ProductFamily, product.family_id).name,
        "product_id": product.id,
        "product_name": product.name,
        "product_price_in_cents": product.price,
        "product_revisable_number": 0,
        "product_price_point_id": point.id,
        "product_price_point_name": point.name,
        "name": record.name,
        "handle": record.handle,
        "description": None,
        "created_at": site.stamp(born),
        "updated_at": site.stamp(born),
        "archived_at": site.stamp(born) if record.archived else None,
        "offer_items": [_item(site, record)],
        "offer_discounts": [_discount(site, record)],
        "offer_signup_pages": [_page(site, record)],
    }


def _item(site: Site, record: Bundle) -> Body:
    component = next(found for found in site.store.find(Component) if found.handle == record.component)
    point = site.store.require(ComponentPricePoint, component.price_point_id)
    return {
        "component_id": component.id,
        "component_name": component.name,
        "component_unit_price": decimal(point.tiers[0].price),
        "price_point_id": point.id,
        "price_point_name": point.name,
        "starting_quantity": "0.0",
        "editable": False,
        "currency_prices": [],
    }


def _discount(site: Site, record: Bundle) -> Body:
    coupon = next(found for found in site.store.find(Coupon) if found.code == record.coupon)
    return {"coupon_id": coupon.id, "coupon_code": coupon.code, "coupon_name": coupon.name}


def _page(site: Site, record: Bundle) -> Body:
    return {
        "id": record.id + 1_000,
        "nickname": record.handle,
        "enabled": True,
        "return_url": "",
        "return_params": "",
        "url": address(site, f"/subscribe/{record.id}"),
    }
