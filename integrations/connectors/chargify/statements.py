"""Statements and transactions of a Chargify site from before Relationship Invoicing, in standard form (facts §3)."""

from __future__ import annotations

from typing import Any

from integrations.connectors.base import Account, Row
from integrations.connectors.chargify.bodies import decoded, only_id
from integrations.connectors.chargify.fields import Fields
from integrations.connectors.chargify.rows import record_row

# Raise it whenever this module reads a body differently, so that rows already stored are written again.
MAPPER_VERSION = 1
# A statement as a page: drawn anew from the rest, with links to pictures that change.
_VIEWS = ("basic_html_view", "html_view", "text_view")


def statement_row(body: bytes, account: Account) -> Row:
    """Return a statement; the transactions and events that its body repeats have rows of their own."""
    raw = decoded("statements", body)
    fields = Fields(raw)
    name = f"{fields.text('customer_first_name', 199)} {fields.text('customer_last_name', 200)}"
    values = {
        "subscription_source_id": fields.link("subscription_id"),
        "customer_name": " ".join(name.split()),
        "customer_organization": fields.text("customer_organization", 400),
        "opened_at": fields.time("opened_at"),
        "closed_at": fields.time("closed_at"),
        "settled_at": fields.time("settled_at"),
        "memo": fields.text("memo"),
        "currency": account.currency,
        "starting_balance_minor": fields.cents("starting_balance_in_cents"),
        "ending_balance_minor": fields.cents("ending_balance_in_cents"),
        "total_minor": fields.cents("total_in_cents"),
    }
    copies = {key: _ids(raw.get(key)) for key in ("transactions", "events")}
    own = raw | copies | dict.fromkeys(_VIEWS)
    return record_row("statements", body, fields, values, own, version=MAPPER_VERSION)


def transaction_row(body: bytes, account: Account) -> Row:
    """Return a transaction: a charge raises the balance, a payment lowers it if it succeeded (openapi.legacy.yaml)."""
    raw = decoded("transactions", body)
    fields = Fields(raw)
    currency = fields.currency("currency", account.currency)
    values = _what(fields) | _whose(fields) | _how_paid(fields) | _amounts(fields, currency)
    return record_row("transactions", body, fields, values, raw, version=MAPPER_VERSION)


def _what(fields: Fields) -> dict[str, Any]:
    return {
        "type": fields.text("type", 40),
        "kind": fields.text("kind", 60),
        "success": fields.flag("success"),
        "memo": fields.text("memo"),
        "item_name": fields.text("item_name"),
        "period_start": fields.day("period_range_start"),
        "period_end": fields.day("period_range_end"),
    }


def _whose(fields: Fields) -> dict[str, Any]:
    return {
        "customer_source_id": fields.link("customer_id"),
        "subscription_source_id": fields.link("subscription_id"),
        "statement_source_id": fields.link("statement_id"),
        "product_source_id": fields.link("product_id"),
        "component_source_id": fields.link("component_id"),
        "payment_source_id": fields.link("payment_id"),
    }


def _how_paid(fields: Fields) -> dict[str, Any]:
    return {
        "gateway": fields.text("gateway_used", 200),
        "gateway_transaction_id": fields.text("gateway_transaction_id", 200),
        "masked_number": fields.text("card_number", 60),
        "card_type": fields.text("card_type", 60),
    }


def _amounts(fields: Fields, currency: str) -> dict[str, Any]:
    return {
        "currency": currency,
        "amount_minor": fields.cents("amount_in_cents"),
        "starting_balance_minor": fields.cents("starting_balance_in_cents"),
        "ending_balance_minor": fields.cents("ending_balance_in_cents"),
    }


def _ids(copies: Any) -> Any:
    """Return the ids of copies of other records, each with or without a wrapper."""
    if not isinstance(copies, list):
        return copies
    return [
        only_id(next(iter(one.values())) if isinstance(one, dict) and len(one) == 1 else one)
        for one in copies
    ]
