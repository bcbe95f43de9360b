"""Chargebee's customers and subscriptions in standard form."""

from __future__ import annotations

from decimal import Decimal
from hashlib import blake2b
from typing import Any

import msgspec

from integrations.connectors.base import Account, Row, UnreadableRow
from integrations.connectors.chargebee.fields import Fields

# Raise it whenever this module reads a body differently, so that rows already stored are written again.
# 2: customers were kept with the tokens of how they pay.
MAPPER_VERSION = 2
_DECODER = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal)
_ENCODER = msgspec.json.Encoder(order="sorted")
_LONGEST_ID = 120
# Our words are those that the first connector's subscriptions brought.
_STATES = {
    "future": "awaiting_signup",
    "in_trial": "trialing",
    "active": "active",
    "non_renewing": "active",
    "paused": "on_hold",
    "cancelled": "canceled",
    "transferred": "transferred",
}
_COLLECTION = {"on": "automatic", "off": "remittance"}
_TAX_EXEMPT = {"exempt": True, "taxable": False}


def customer_row(body: bytes, account: Account) -> Row:
    """Return a customer."""
    fields = _decoded("customers", body)
    values = {
        "name": " ".join(f"{fields.text('first_name', 199)} {fields.text('last_name', 200)}".split()),
        "organization": fields.text("company", 400),
        "email": fields.text("email", 320),
        "phone": fields.text("phone", 100),
        "reference": "",
        "tax_exempt": _TAX_EXEMPT.get(fields.text("taxability", 40)),
        "parent_source_id": fields.nested("relationship").link("parent_id"),
    }
    return _row("customers", body, fields, values | _address(fields.nested("billing_address")))


def subscription_row(body: bytes, account: Account) -> Row:
    """Return a subscription of either product catalogue (facts §11)."""
    fields = _decoded("subscriptions", body)
    values = _terms(fields) | _plan(fields) | _standing(fields) | _dates(fields)
    return _row("subscriptions", body, fields, values)


def _address(address: Fields) -> dict[str, Any]:
    lines = (address.text("line2", 200), address.text("line3", 199))
    return {
        "address_line1": address.text("line1", 400),
        "address_line2": " ".join(line for line in lines if line),
        "city": address.text("city", 200),
        "region": address.text("state", 200) or address.text("state_code", 200),
        "postal_code": address.text("zip", 50),
        "country": address.text("country", 100),
    }


def _terms(fields: Fields) -> dict[str, Any]:
    coupons = [coupon.link("coupon_id") for coupon in fields.items("coupons")]
    return {
        "reference": "",
        "customer_source_id": fields.link("customer_id"),
        "product_name": "",
        "interval": fields.count("billing_period"),
        "interval_unit": fields.text("billing_period_unit", 10),
        "currency": fields.currency("currency_code"),
        "coupon_codes": ", ".join(filter(None, coupons))[:500],
        # Absent where the customer's own setting counts.
        "collection_method": fields.word("auto_collection", _COLLECTION, 40),
        "payment_type": "",
    }


def _plan(fields: Fields) -> dict[str, Any]:
    """Return what is subscribed to: Product Catalog 1.0 names a plan, 2.0 an item's price among others."""
    # inferred: minor units also where the currency has none or three places; and at most one item is a plan.
    items = [item for item in fields.items("subscription_items") if item.raw.get("item_type") == "plan"]
    if items:
        price_point, price = items[0].link("item_price_id"), items[0].minor("unit_price")
    else:
        price_point, price = "", fields.minor("plan_unit_price")
    return {
        "product_source_id": fields.link("plan_id"),
        "product_price_point_source_id": price_point,
        "price_minor": price,
    }


def _standing(fields: Fields) -> dict[str, Any]:
    return {
        "state": fields.word("status", _STATES, 40),
        "previous_state": "",
        "balance_minor": fields.minor("total_dues"),
        "total_revenue_minor": None,
        "cancel_at_end_of_period": _ends(fields) if "status" in fields.raw else None,
        "cancellation_method": "",
        "cancellation_message": fields.text("cancel_reason_code", 200) or fields.text("cancel_reason", 200),
    }


def _dates(fields: Fields) -> dict[str, Any]:
    # inferred: of a subscription that only runs out, `cancelled_at` lies ahead.
    canceled_at = fields.time("cancelled_at")
    return {
        "activated_at": fields.time("activated_at"),
        "trial_started_at": fields.time("trial_start"),
        "trial_ended_at": fields.time("trial_end"),
        "current_period_started_at": fields.time("current_term_start"),
        "current_period_ends_at": fields.time("current_term_end"),
        "next_assessment_at": fields.time("next_billing_at"),
        "canceled_at": None if _ends(fields) else canceled_at,
        "delayed_cancel_at": canceled_at if _ends(fields) else None,
        "on_hold_at": fields.time("pause_date"),
        "expires_at": None,
    }


def _ends(fields: Fields) -> bool:
    return fields.raw.get("status") == "non_renewing"


def _decoded(stream: str, body: bytes) -> Fields:
    try:
        return Fields(_DECODER.decode(body))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UnreadableRow(stream, f"the body can't be read: {error}") from error


def _id(stream: str, fields: Fields) -> str:
    found = fields.raw.get("id")
    text = found.replace("\0", "\ufffd").strip() if isinstance(found, str) else ""
    if not text or len(text) > _LONGEST_ID:
        raise UnreadableRow(stream, f"no id of 1 to {_LONGEST_ID} characters")
    return text


def _row(stream: str, body: bytes, fields: Fields, values: dict[str, Any]) -> Row:
    return Row(
        source_id=_id(stream, fields),
        values=values,
        body=body,
        content_hash=blake2b(_ENCODER.encode((MAPPER_VERSION, fields.raw)), digest_size=16).digest(),
        source_created_at=fields.time("created_at"),
        source_updated_at=fields.time("updated_at"),
        warnings=tuple(fields.warnings),
        is_deleted=fields.raw.get("deleted") is True,
    )
