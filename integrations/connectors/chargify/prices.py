"""Chargify's components, price points and coupons in standard form."""

from __future__ import annotations

from typing import Any

from integrations.connectors.base import Account, Row
from integrations.connectors.chargify.bodies import decoded
from integrations.connectors.chargify.fields import Fields
from integrations.connectors.chargify.rows import exact, listed, record_row

# Raise it whenever this module reads a body differently, so that rows already stored are written again.
MAPPER_VERSION = 1


def component_row(body: bytes, account: Account) -> Row:
    """Return a component; its prices are those of its default price point, in the site's currency."""
    raw = decoded("components", body)
    fields = Fields(raw)
    values = {
        "name": fields.text("name", 300),
        "handle": fields.text("handle", 300),
        "description": fields.text("description"),
        "kind": fields.text("kind", 40),
        "unit_name": fields.text("unit_name", 300),
        "product_family_source_id": fields.link("product_family_id"),
        "default_price_point_source_id": fields.link("default_price_point_id"),
        "pricing_scheme": fields.text("pricing_scheme", 40),
        "currency": account.currency,
        "unit_price": fields.decimal("unit_price", digits=16),
        "tiers": listed(fields, "prices", _tier),
        "recurring": fields.flag("recurring"),
        "taxable": fields.flag("taxable"),
        "archived_at": fields.time("archived_at"),
    }
    return record_row("components", body, fields, values, raw, version=MAPPER_VERSION)


def price_point_row(body: bytes, account: Account) -> Row:
    """Return a product's price point."""
    raw = decoded("product_price_points", body)
    fields = Fields(raw)
    values = _point(fields, account) | {
        "product_source_id": fields.link("product_id"),
        "price_minor": fields.cents("price_in_cents"),
        "initial_charge_minor": fields.cents("initial_charge_in_cents"),
        "trial_price_minor": fields.cents("trial_price_in_cents"),
        "trial_interval": fields.count("trial_interval"),
        "trial_interval_unit": fields.text("trial_interval_unit", 10),
        "expiration_interval": fields.count("expiration_interval"),
        "expiration_interval_unit": fields.text("expiration_interval_unit", 10),
    }
    return record_row("product_price_points", body, fields, values, raw, version=MAPPER_VERSION)


def component_price_point_row(body: bytes, account: Account) -> Row:
    """Return a component's price point."""
    raw = decoded("component_price_points", body)
    fields = Fields(raw)
    values = _point(fields, account) | {
        "component_source_id": fields.link("component_id"),
        "pricing_scheme": fields.text("pricing_scheme", 40),
        "tiers": listed(fields, "prices", _tier),
    }
    return record_row("component_price_points", body, fields, values, raw, version=MAPPER_VERSION)


def coupon_row(body: bytes, account: Account) -> Row:
    """Return a coupon; its percentage was a number in 2015 and is a text now (facts §7)."""
    raw = decoded("coupons", body)
    fields = Fields(raw)
    values = _reduction(fields, account) | {
        "code": fields.text("code", 300),
        "name": fields.text("name", 300),
        "description": fields.text("description"),
        "product_family_source_id": fields.link("product_family_id"),
        "recurring_scheme": fields.text("recurring_scheme", 40),
        "duration_periods": fields.count("duration_period_count"),
        "conversion_limit": fields.text("conversion_limit", 40),
        "stackable": fields.flag("stackable"),
        "starts_at": fields.time("start_date"),
        "ends_at": fields.time("end_date"),
        "archived_at": fields.time("archived_at"),
    }
    return record_row("coupons", body, fields, values, raw, version=MAPPER_VERSION)


def _point(fields: Fields, account: Account) -> dict[str, Any]:
    return {
        "name": fields.text("name", 300),
        "handle": fields.text("handle", 300),
        "kind": fields.text("type", 40),
        "subscription_source_id": fields.link("subscription_id"),
        "currency": account.currency,
        "interval": fields.count("interval"),
        "interval_unit": fields.text("interval_unit", 10),
        "tax_included": fields.flag("tax_included"),
        "use_site_exchange_rate": fields.flag("use_site_exchange_rate"),
        "currency_prices": listed(fields, "currency_prices", _currency_price),
        "archived_at": fields.time("archived_at"),
    }


def _reduction(fields: Fields, account: Account) -> dict[str, Any]:
    cents = fields.cents("amount_in_cents")
    return {
        "discount_type": fields.text("discount_type", 40),
        "currency": account.currency,
        "amount_minor": fields.amount("amount", account.currency) if cents is None else cents,
        "percentage": fields.decimal("percentage", digits=8),
        "currency_prices": listed(fields, "currency_prices", _currency_price),
    }


def _tier(part: Fields) -> dict[str, str | None]:
    return {
        "id": part.link("id"),
        "startingQuantity": exact(part, "starting_quantity"),
        "endingQuantity": exact(part, "ending_quantity"),
        "unitPrice": exact(part, "unit_price"),
    }


def _currency_price(part: Fields) -> dict[str, str | None]:
    """Return what something costs in another currency, in its main unit; `priceId` names the tier."""
    return {
        "currency": part.currency("currency", ""),
        "role": part.text("role", 40),
        "priceId": part.link("price_id"),
        "price": exact(part, "price"),
    }
