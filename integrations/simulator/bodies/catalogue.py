"""Bodies of what is sold: families, products, components and their price points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..business.money import decimal
from ..business.records import Component, ComponentPricePoint, PricePoint, Product, ProductFamily, Tier
from . import Body
from .amounts import cents_text, money
from .site import address

if TYPE_CHECKING:
    from ..site import Site


def family(site: Site, record: ProductFamily) -> Body:
    """Return a product family as its own endpoints send it."""
    return _family(record) | {
        "surcharging": False,
        "created_at": site.stamp(record.created_at),
        "updated_at": site.stamp(record.updated_at),
        "archived_at": None,
    }


def _family(record: ProductFamily) -> Body:
    """Return the smaller body that products embed: without dates (recorded 2020)."""
    return {
        "id": record.id,
        "name": record.name,
        "description": record.description,
        "handle": record.handle,
        "accounting_code": None,
    }


def products(site: Site, rows: Sequence[Product]) -> list[Body]:
    """Return products, each with its family and the name of its default price point."""
    families = {family.id: family for family in site.store.find(ProductFamily)}
    points = {point.id: point for point in site.store.many(PricePoint, [row.price_point_id for row in rows])}
    return [_product(site, row, families[row.family_id], points[row.price_point_id]) for row in rows]


def _product(site: Site, record: Product, family: ProductFamily, point: PricePoint) -> Body:
    return {
        "id": record.id,
        "name": record.name,
        "handle": record.handle,
        "description": record.description,
        "accounting_code": None,
        "request_credit_card": True,
        "expiration_interval": record.expires_after,
        "expiration_interval_unit": "month" if record.expires_after else "never",
        "created_at": site.stamp(record.created_at),
        "updated_at": site.stamp(record.updated_at),
        "price_in_cents": record.price,
        "interval": record.interval,
        "interval_unit": record.interval_unit,
        "initial_charge_in_cents": record.setup_fee or None,
        "trial_price_in_cents": 0 if record.trial_days else None,
        "trial_interval": record.trial_days or None,
        "trial_interval_unit": "day" if record.trial_days else None,
        "archived_at": site.stamp(record.archived_at),
        "require_credit_card": not record.trial_days,
        "return_params": None,
        "require_shipping_address": False,
        "request_billing_address": False,
        "require_billing_address": False,
        "taxable": True,
        "update_return_url": None,
        "tax_code": None,
        "initial_charge_after_trial": False,
        "version_number": record.version,
        "update_return_params": None,
        "default_product_price_point_id": point.id,
        "product_price_point_id": point.id,
        "product_price_point_name": point.name,
        "product_price_point_handle": point.handle,
        "use_site_exchange_rate": True,
        "item_category": None,
        "product_family": _family(family),
        "public_signup_pages": [
            {
                "id": record.id + 100_000,
                "return_url": None,
                "return_params": None,
                "url": address(site, f"/subscribe/{record.id}/{record.handle}"),
            }
        ],
    }


def price_point(site: Site, record: PricePoint, *, currencies: bool = False) -> Body:
    """Return a product's price point; `currencies` adds what it costs in the site's other currencies."""
    body = {
        "id": record.id,
        "name": record.name,
        "handle": record.handle,
        "price_in_cents": record.price,
        "interval": record.interval,
        "interval_unit": record.interval_unit,
        "trial_price_in_cents": 0 if record.trial_days else None,
        "trial_interval": record.trial_days or None,
        "trial_interval_unit": "day" if record.trial_days else None,
        "trial_type": "no_obligation" if record.trial_days else "payment_expected",
        "introductory_offer": False,
        "initial_charge_in_cents": record.setup_fee or None,
        "initial_charge_after_trial": False,
        "expiration_interval": record.expires_after,
        "expiration_interval_unit": "month" if record.expires_after else None,
        "product_id": record.product_id,
        "archived_at": site.stamp(record.archived_at),
        "created_at": site.stamp(record.created_at),
        "updated_at": site.stamp(record.updated_at),
        "use_site_exchange_rate": True,
        "type": record.kind,
        "tax_included": False,
        "subscription_id": None,
    }
    return body | {"currency_prices": _product_currencies(site, record)} if currencies else body


def _product_currencies(site: Site, record: PricePoint) -> list[Body]:
    """One to one: the business asks the same number in every currency."""
    roles = {"baseline": record.price}
    if record.trial_days:
        roles["trial"] = 0
    if record.setup_fee:
        roles["initial"] = record.setup_fee
    return [
        {
            "id": record.id * 100 + nth * 10 + index,
            "currency": currency,
            "price": cents / 100,
            "formatted_price": cents_text(currency, cents),
            "price_id": record.id * 10 + index,
            "price_point_id": record.id,
            "product_price_point_id": record.id,
            "role": role,
        }
        for nth, currency in enumerate(site.spec.non_primary_currencies)
        for index, (role, cents) in enumerate(roles.items())
    ]


def component(site: Site, record: Component) -> Body:
    """Return a component with the prices of its default price point."""
    point = site.store.require(ComponentPricePoint, record.price_point_id)
    owner = site.store.require(ProductFamily, record.family_id)
    return {
        "id": record.id,
        "name": record.name,
        "handle": record.handle,
        "pricing_scheme": point.scheme,
        "unit_name": record.unit_name,
        # A single price; tiers have none (openapi.yaml, Component).
        "unit_price": decimal(point.tiers[0].price) if point.scheme in (None, "per_unit") else None,
        "product_family_id": owner.id,
        "product_family_name": owner.name,
        "product_family_handle": owner.handle,
        "price_per_unit_in_cents": None,
        "kind": f"{record.kind}_component",
        "archived": record.archived_at is not None,
        "taxable": True,
        "description": record.description,
        "default_price_point_id": point.id,
        "default_price_point_name": point.name,
        "prices": [price(site, point, tier) for tier in point.tiers],
        "price_point_count": site.store.count(ComponentPricePoint, "component_id = ?", (record.id,)),
        "price_points_url": address(site, f"/components/{record.id}/price_points"),
        "tax_code": None,
        "recurring": record.kind != "metered",
        "upgrade_charge": None,
        "downgrade_credit": None,
        "created_at": site.stamp(record.created_at),
        "updated_at": site.stamp(record.updated_at),
        "archived_at": site.stamp(record.archived_at),
        "hide_date_range_on_invoice": False,
        "allow_fractional_quantities": False,
        "item_category": None,
        "use_site_exchange_rate": True,
        "accounting_code": None,
    }


def price(site: Site, point: ComponentPricePoint, tier: Tier) -> Body:
    """Return one step of a component's price."""
    return {
        "id": tier.id,
        "component_id": point.component_id,
        "starting_quantity": tier.start,
        "ending_quantity": tier.end,
        "unit_price": decimal(tier.price),
        "price_point_id": point.id,
        "formatted_unit_price": money(site.spec.currency, tier.price),
        "segment_id": None,
    }


def component_price_point(site: Site, record: ComponentPricePoint, *, currencies: bool = False) -> Body:
    """Return a component's price point."""
    body: Body = {
        "id": record.id,
        "type": record.kind,
        "default": record.kind == "default",
        "name": record.name,
        "component_id": record.component_id,
        "handle": record.handle,
        "archived_at": site.stamp(record.archived_at),
        "created_at": site.stamp(record.created_at),
        "updated_at": site.stamp(record.updated_at),
        "prices": [price(site, record, tier) for tier in record.tiers],
        "use_site_exchange_rate": True,
        "tax_included": False,
    }
    if record.scheme:  # on/off has none, and the schema knows no null here
        body["pricing_scheme"] = record.scheme
    return body | {"currency_prices": _component_currencies(site, record)} if currencies else body


def _component_currencies(site: Site, record: ComponentPricePoint) -> list[Body]:
    return [
        {
            "id": tier.id * 10 + nth,
            "currency": currency,
            "price": decimal(tier.price),
            "formatted_price": money(currency, tier.price),
            "price_id": tier.id,
            "price_point_id": record.id,
        }
        for nth, currency in enumerate(site.spec.non_primary_currencies)
        for tier in record.tiers
    ]
