"""Chargify's site, catalogue, customers and subscriptions in standard form."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from integrations.connectors.base import Account, Row
from integrations.connectors.chargify.bodies import decoded, only_id
from integrations.connectors.chargify.fields import Fields
from integrations.connectors.chargify.rows import record_row

# Raise it whenever this module reads a body differently, so that rows already stored are written again.
# 2: subscriptions were kept with the tokens of how they are paid.
MAPPER_VERSION = 3


def site_row(body: bytes, account: Account) -> Row:
    """Return the site itself."""
    raw = decoded("site", body)
    fields = Fields(raw)
    values = {
        "name": fields.text("name", 200),
        "subdomain": fields.text("subdomain", 100),
        "currency": fields.currency("currency", ""),
        "other_currencies": _other_currencies(fields),
        "is_test": bool(fields.flag("test")),
        "relationship_invoicing": fields.flag("relationship_invoicing_enabled"),
    }
    return _row("site", body, fields, values, raw)


def product_family_row(body: bytes, account: Account) -> Row:
    """Return a product family."""
    raw = decoded("product_families", body)
    fields = Fields(raw)
    values = {
        "name": fields.text("name", 300),
        "handle": fields.text("handle", 300),
        "description": fields.text("description"),
        "archived_at": fields.time("archived_at"),
    }
    return _row("product_families", body, fields, values, raw)


def product_row(body: bytes, account: Account) -> Row:
    """Return a product; its prices are in the site's currency."""
    raw = decoded("products", body)
    fields = Fields(raw)
    values = {
        "name": fields.text("name", 300),
        "handle": fields.text("handle", 300),
        "description": fields.text("description"),
        "product_family_source_id": fields.nested("product_family").link("id"),
        "currency": account.currency,
        "price_minor": fields.cents("price_in_cents"),
        "interval": fields.count("interval"),
        "interval_unit": fields.text("interval_unit", 10),
        "initial_charge_minor": fields.cents("initial_charge_in_cents"),
        "trial_price_minor": fields.cents("trial_price_in_cents"),
        "trial_interval": fields.count("trial_interval"),
        "trial_interval_unit": fields.text("trial_interval_unit", 10),
        "taxable": fields.flag("taxable"),
        "archived_at": fields.time("archived_at"),
    }
    own = raw | {"product_family": only_id(raw.get("product_family")), "public_signup_pages": None}
    return _row("products", body, fields, values, own)


def customer_row(body: bytes, account: Account) -> Row:
    """Return a customer."""
    raw = decoded("customers", body)
    fields = Fields(raw)
    values = {
        "name": _full_name(fields),
        "organization": fields.text("organization", 400),
        "email": fields.text("email", 320),
        "phone": fields.text("phone", 100),
        "reference": fields.text("reference", 300),
        "address_line1": fields.text("address", 400),
        "address_line2": fields.text("address_2", 400),
        "city": fields.text("city", 200),
        "region": fields.text("state", 200),
        "postal_code": fields.text("zip", 50),
        "country": fields.text("country", 100),
        "tax_exempt": fields.flag("tax_exempt"),
        "parent_source_id": fields.link("parent_id"),
    }
    return _row("customers", body, fields, values, raw)


def subscription_row(body: bytes, account: Account) -> Row:
    """Return a subscription; in the catalogue of 2026 its product may be null (facts §3)."""
    raw = decoded("subscriptions", body)
    fields = Fields(raw)
    values = _terms(fields, account) | _standing(fields) | _dates(fields)
    return _row("subscriptions", body, fields, values, _own_part_of_subscription(raw))


def _terms(fields: Fields, account: Account) -> dict[str, Any]:
    product = fields.nested("product")
    return {
        "reference": fields.text("reference", 300),
        "customer_source_id": fields.nested("customer").link("id"),
        "product_source_id": product.link("id"),
        "product_price_point_source_id": fields.link("product_price_point_id"),
        "product_name": product.text("name", 300),
        "interval": product.count("interval"),
        "interval_unit": product.text("interval_unit", 10),
        "currency": fields.currency("currency", account.currency),
        # inferred: "cents" are the currency's minor units, also where it has none or three places.
        "price_minor": fields.cents("product_price_in_cents"),
        "coupon_codes": fields.joined("coupon_codes" if "coupon_codes" in fields.raw else "coupon_code", 500),
        "collection_method": fields.text("payment_collection_method", 40),
        "payment_type": fields.text("payment_type", 40),
    }


def _standing(fields: Fields) -> dict[str, Any]:
    return {
        "state": fields.text("state", 40),
        "previous_state": fields.text("previous_state", 40),
        "balance_minor": fields.cents("balance_in_cents"),
        "total_revenue_minor": fields.cents("total_revenue_in_cents"),
        "cancel_at_end_of_period": fields.flag("cancel_at_end_of_period"),
        "cancellation_method": fields.text("cancellation_method", 40),
        "cancellation_message": fields.text("cancellation_message"),
    }


_SUBSCRIPTION_TIMES = (
    "activated_at",
    "trial_started_at",
    "trial_ended_at",
    "current_period_started_at",
    "current_period_ends_at",
    "next_assessment_at",
    "canceled_at",
    "delayed_cancel_at",
    "on_hold_at",
    "expires_at",
)


def _dates(fields: Fields) -> dict[str, datetime | None]:
    return {name: fields.time(name) for name in _SUBSCRIPTION_TIMES}


def _own_part_of_subscription(raw: dict[str, Any]) -> dict[str, Any]:
    """Return a subscription without copies of other records, save what its row takes from its product."""
    product = raw.get("product")
    if isinstance(product, dict):
        product = [product.get(key) for key in ("id", "name", "interval", "interval_unit")]
    return raw | {
        "customer": only_id(raw.get("customer")),
        "product": product,
        "product_version_number": None,
        "credit_card": only_id(raw.get("credit_card")),
        "bank_account": only_id(raw.get("bank_account")),
        "self_service_page_token": None,
    }


def _full_name(fields: Fields) -> str:
    parts = f"{fields.text('first_name', 199)} {fields.text('last_name', 200)}"
    return " ".join(parts.split())


def _other_currencies(fields: Fields) -> list[str]:
    found = fields.raw.get("non_primary_currencies")
    codes = [code for code in found if isinstance(code, str)] if isinstance(found, list) else []
    kept = [code for code in codes if len(code) == 3 and code.isalpha()]
    if found and len(kept) != len(found):
        fields.warn("non_primary_currencies", "holds something else than currency codes")
    return kept


def _row(stream: str, body: bytes, fields: Fields, values: dict[str, Any], own: dict[str, Any]) -> Row:
    return record_row(stream, body, fields, values, own, version=MAPPER_VERSION)
