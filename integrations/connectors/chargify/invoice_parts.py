"""What stands on a Chargify invoice: lines, discounts, taxes, payments, refunds, applied credits.

A part's body is its invoice's. Lines, discounts, taxes and credits have a uid; refunds have none and payments
got theirs after 2024, so these are known by their transaction (vendor OpenAPI).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from integrations.connectors.base import Row
from integrations.connectors.chargify.fields import Fields
from integrations.connectors.chargify.rows import Parent, part_rows


def invoice_parts(invoice: Parent, fields: Fields) -> dict[str, list[Row]]:
    """Return the rows of every list that the invoice's body has; an absent list says nothing."""
    rows: dict[str, list[Row]] = {}
    for key, table, read in _PARTS:
        parts = fields.items(key)
        if parts is not None:
            rows[table] = part_rows(invoice, parts, read) if parts else []
    return rows


def line_values(part: Fields, currency: str) -> dict[str, Any]:
    """Return the columns of a line; credit notes have the same (vendor OpenAPI)."""
    return {
        "title": part.text("title"),
        "description": part.text("description"),
        "quantity": part.decimal("quantity", digits=16),
        "unit_price": part.decimal("unit_price", digits=16),
        "subtotal_minor": part.amount("subtotal_amount", currency),
        "discount_minor": part.amount("discount_amount", currency),
        "tax_minor": part.amount("tax_amount", currency),
        "total_minor": part.amount("total_amount", currency),
        "period_start": part.day("period_range_start"),
        "period_end": part.day("period_range_end"),
        "product_source_id": part.link("product_id"),
        "component_source_id": part.link("component_id"),
    }


def _discount(part: Fields, currency: str) -> dict[str, Any]:
    return {
        "title": part.text("title"),
        "code": part.text("code", 200),
        "source_type": part.text("source_type", 60),
        "percentage": part.decimal("percentage", digits=8),
        "amount_minor": part.amount("discount_amount", currency),
    }


def _tax(part: Fields, currency: str) -> dict[str, Any]:
    return {
        "title": part.text("title"),
        "percentage": part.decimal("percentage", digits=8),
        "taxable_minor": part.amount("taxable_amount", currency),
        "amount_minor": part.amount("tax_amount", currency),
    }


def _payment(part: Fields, currency: str) -> dict[str, Any]:
    return {
        "transaction_source_id": part.link("transaction_id"),
        "amount_minor": part.amount("applied_amount", currency),
        "original_minor": part.amount("original_amount", currency),
        "method": part.nested("payment_method").text("type", 60),
        "gateway": part.text("gateway_used", 200),
        "memo": part.text("memo"),
        "is_prepayment": part.flag("prepayment"),
        "paid_at": part.time("transaction_time"),
    }


def _refund(part: Fields, currency: str) -> dict[str, Any]:
    return {
        "transaction_source_id": part.link("transaction_id"),
        "payment_source_id": part.link("payment_id"),
        "amount_minor": part.amount("applied_amount", currency),
        "original_minor": part.amount("original_amount", currency),
        "memo": part.text("memo"),
    }


def _credit(part: Fields, currency: str) -> dict[str, Any]:
    return {
        "credit_note_source_id": part.link("credit_note_uid"),
        "credit_note_number": part.text("credit_note_number", 60),
        "transaction_source_id": part.link("transaction_id"),
        "amount_minor": part.amount("applied_amount", currency),
        "original_minor": part.amount("original_amount", currency),
        "memo": part.text("memo"),
        "applied_at": part.time("transaction_time"),
    }


# List in the body, table, and how one of them is read.
_PARTS: tuple[tuple[str, str, Callable[[Fields, str], dict[str, Any]]], ...] = (
    ("line_items", "invoiceline", line_values),
    ("discounts", "discount", _discount),
    ("taxes", "tax", _tax),
    ("payments", "payment", _payment),
    ("refunds", "refund", _refund),
    ("credits", "appliedcredit", _credit),
)
