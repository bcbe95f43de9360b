"""Invoices of a Chargify site from before Relationship Invoicing, in standard form (openapi.legacy.yaml).

What stands on one are transactions: charges, and what was paid or taken off since.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from integrations.connectors.base import Account, Row
from integrations.connectors.chargify.bodies import decoded, fingerprint, required_id
from integrations.connectors.chargify.fields import Fields
from integrations.connectors.chargify.rows import Parent, part_rows

# Raise it whenever an invoice or a part of one is read differently, so that stored rows are written again.
MAPPER_VERSION = 1
Parts = Mapping[str, list[Fields]]


def legacy_invoice_row(body: bytes, account: Account) -> Row:
    """Return an invoice, known by its id, with its parts; it names no currency, so it is in the site's."""
    raw = decoded("legacy_invoices", body)
    source_id = required_id("legacy_invoices", raw, "id")
    fields = Fields(raw)
    created, updated = fields.time("created_at"), fields.time("updated_at")
    parts = _parts(fields)
    values = _head(fields, parts) | _amounts(fields, parts, account.currency)
    parent = Parent(
        source_id=source_id,
        column="invoice_source_id",
        currency=account.currency,
        updated=updated,
        version=MAPPER_VERSION,
    )
    children = {table: part_rows(parent, found, _READ[table]) for table, found in parts.items()}
    content_hash = fingerprint(MAPPER_VERSION, raw)
    return Row(source_id, values, body, content_hash, created, updated, children, tuple(fields.warnings))


def _parts(fields: Fields) -> Parts:
    """Return the transactions of each list that the body has, by the table that they belong to."""
    found: dict[str, list[Fields]] = {}
    for key, tables in _TABLES.items():
        transactions = fields.items(key)
        if transactions is not None:
            found |= {table: [] for table in tables}
            for one in transactions:
                if table := _table(key, one):
                    found[table].append(_as_part(one))
    return found


def _table(key: str, transaction: Fields) -> str | None:
    """Return where a transaction belongs; a payment that failed moved nothing, and is a Transaction alone."""
    kind = transaction.raw.get("kind")
    if key == "charges":
        return "tax" if kind == "tax" else "invoiceline"
    match transaction.raw.get("type"):
        case "Payment":
            return "payment" if transaction.raw.get("success") is not False else None
        case "Refund":
            return "refund"
    return "discount" if kind == "coupon" else "appliedcredit"


def _as_part(transaction: Fields) -> Fields:
    """Return a transaction with its id and time where the parts of other invoices have them."""
    own = transaction.raw
    return Fields(own | {"transaction_id": own.get("id"), "transaction_time": own.get("created_at")})


def _head(fields: Fields, parts: Parts) -> dict[str, Any]:
    # The invoice doesn't name its customer; whatever stands on it does.
    customers = [part.link("customer_id") for found in parts.values() for part in found]
    return {
        "number": fields.text("number", 60),
        "status": fields.text("state", 30),
        "role": "",
        "customer_source_id": next(filter(None, customers), ""),
        "subscription_source_id": fields.link("subscription_id"),
        "product_name": "",
        "issue_date": None,
        "due_date": None,
        "paid_date": fields.day("paid_at"),
        "collection_method": "",
        "consolidation_level": "",
        "parent_source_id": "",
    }


def _amounts(fields: Fields, parts: Parts, currency: str) -> dict[str, Any]:
    # inferred: coupons and credits are negative transactions, payments and refunds positive ones.
    return {
        "currency": currency,
        "subtotal_minor": _sum(parts, "invoiceline"),
        "discount_minor": _less(_sum(parts, "discount")),
        "tax_minor": _sum(parts, "tax"),
        "total_minor": fields.cents("total_amount_in_cents"),
        "credit_minor": _less(_sum(parts, "appliedcredit")),
        "paid_minor": _sum(parts, "payment"),
        "refund_minor": _sum(parts, "refund"),
        "due_minor": fields.cents("amount_due_in_cents"),
    }


def _sum(parts: Parts, table: str) -> int | None:
    """Return what transactions come to; None where their list is absent."""
    if table not in parts:
        return None
    # Read beside the row, which warns of what it can't read by itself.
    return sum(Fields(part.raw).cents("amount_in_cents") or 0 for part in parts[table])


def _less(amount: int | None) -> int | None:
    return None if amount is None else -amount


def _line(part: Fields, currency: str) -> dict[str, Any]:
    amount = part.cents("amount_in_cents")
    return {
        "title": part.text("memo"),
        "description": "",
        "quantity": None,
        "unit_price": None,
        "subtotal_minor": amount,
        "discount_minor": None,
        "tax_minor": None,
        "total_minor": amount,
        "period_start": None,
        "period_end": None,
        "product_source_id": part.link("product_id"),
        "component_source_id": part.link("component_id"),
    }


def _tax(part: Fields, currency: str) -> dict[str, Any]:
    return {
        "title": part.text("memo"),
        "percentage": None,
        "taxable_minor": None,
        "amount_minor": part.cents("amount_in_cents"),
    }


def _discount(part: Fields, currency: str) -> dict[str, Any]:
    return {
        "title": part.text("memo"),
        "code": "",
        "source_type": part.text("kind", 60),
        "percentage": None,
        "amount_minor": _less(part.cents("amount_in_cents")),
    }


def _payment(part: Fields, currency: str) -> dict[str, Any]:
    amount = part.cents("amount_in_cents")
    return {
        "transaction_source_id": part.link("transaction_id"),
        "amount_minor": amount,
        "original_minor": amount,
        "method": "credit_card" if part.raw.get("card_number") else "",
        "gateway": "",
        "memo": part.text("memo"),
        "is_prepayment": None,
        "paid_at": part.time("transaction_time"),
    }


def _refund(part: Fields, currency: str) -> dict[str, Any]:
    amount = part.cents("amount_in_cents")
    return {
        "transaction_source_id": part.link("transaction_id"),
        "payment_source_id": part.link("payment_id"),
        "amount_minor": amount,
        "original_minor": amount,
        "memo": part.text("memo"),
    }


def _credit(part: Fields, currency: str) -> dict[str, Any]:
    amount = _less(part.cents("amount_in_cents"))
    return {
        "credit_note_source_id": "",
        "credit_note_number": "",
        "transaction_source_id": part.link("transaction_id"),
        "amount_minor": amount,
        "original_minor": amount,
        "memo": part.text("memo"),
        "applied_at": part.time("transaction_time"),
    }


# List in the body, and the tables that its transactions belong to.
_TABLES = {
    "charges": ("invoiceline", "tax"),
    "payments_and_credits": ("payment", "refund", "discount", "appliedcredit"),
}
_READ: dict[str, Callable[[Fields, str], dict[str, Any]]] = {
    "invoiceline": _line,
    "tax": _tax,
    "discount": _discount,
    "payment": _payment,
    "refund": _refund,
    "appliedcredit": _credit,
}
