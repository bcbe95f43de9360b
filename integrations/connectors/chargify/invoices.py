"""Chargify's invoices in standard form."""

from __future__ import annotations

from typing import Any

from integrations.connectors.base import Account, Row
from integrations.connectors.chargify.bodies import decoded, fingerprint, required_id
from integrations.connectors.chargify.fields import Fields
from integrations.connectors.chargify.invoice_parts import invoice_parts
from integrations.connectors.chargify.rows import Parent

# Raise it whenever an invoice or a part of one is read differently, so that stored rows are written again.
MAPPER_VERSION = 1
# Signed, and new with every answer.
VOLATILE = {"public_url": None, "public_url_expires_on": None}


def invoice_row(body: bytes, account: Account) -> Row:
    """Return an invoice, known by its uid (facts §7), with its parts."""
    raw = decoded("invoices", body)
    uid = required_id("invoices", raw, "uid")
    fields = Fields(raw)
    currency = fields.currency("currency", account.currency)
    values = _head(fields) | _amounts(fields, currency)
    created, updated = fields.time("created_at"), fields.time("updated_at")
    parent = Parent(
        source_id=uid, column="invoice_source_id", currency=currency, updated=updated, version=MAPPER_VERSION
    )
    children = invoice_parts(parent, fields)
    content_hash = fingerprint(MAPPER_VERSION, raw | VOLATILE)
    return Row(uid, values, body, content_hash, created, updated, children, tuple(fields.warnings))


def _head(fields: Fields) -> dict[str, Any]:
    return {
        "number": fields.text("number", 60),
        "status": fields.text("status", 30),
        "role": fields.text("role", 60),
        "customer_source_id": fields.link("customer_id"),
        "subscription_source_id": fields.link("subscription_id"),
        "product_name": fields.text("product_name", 300),
        "issue_date": fields.day("issue_date"),
        "due_date": fields.day("due_date"),
        "paid_date": fields.day("paid_date"),
        "collection_method": fields.text("collection_method", 40),
        "consolidation_level": fields.text("consolidation_level", 20),
        "parent_source_id": fields.link("parent_invoice_uid"),
    }


def _amounts(fields: Fields, currency: str) -> dict[str, Any]:
    return {
        "currency": currency,
        "subtotal_minor": fields.amount("subtotal_amount", currency),
        "discount_minor": fields.amount("discount_amount", currency),
        "tax_minor": fields.amount("tax_amount", currency),
        "total_minor": fields.amount("total_amount", currency),
        "credit_minor": fields.amount("credit_amount", currency),
        "paid_minor": fields.amount("paid_amount", currency),
        "refund_minor": fields.amount("refund_amount", currency),
        "due_minor": fields.amount("due_amount", currency),
    }
