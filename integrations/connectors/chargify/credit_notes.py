"""Chargify's credit notes in standard form."""

from __future__ import annotations

from typing import Any

from integrations.connectors.base import Account, Row
from integrations.connectors.chargify.bodies import decoded, fingerprint, required_id
from integrations.connectors.chargify.fields import Fields
from integrations.connectors.chargify.invoice_parts import line_values
from integrations.connectors.chargify.rows import Parent, part_rows

# Raise it whenever a credit note or a line of one is read differently, so that stored rows are written again.
MAPPER_VERSION = 1


def credit_note_row(body: bytes, account: Account) -> Row:
    """Return a credit note, known by its uid, with its lines; the vendor gives it no times (facts §3)."""
    raw = decoded("credit_notes", body)
    uid = required_id("credit_notes", raw, "uid")
    fields = Fields(raw)
    currency = fields.currency("currency", account.currency)
    values = _head(fields) | _amounts(fields, currency)
    parent = Parent(
        source_id=uid, column="credit_note_source_id", currency=currency, updated=None, version=MAPPER_VERSION
    )
    lines = fields.items("line_items")
    return Row(
        source_id=uid,
        values=values,
        body=body,
        content_hash=fingerprint(MAPPER_VERSION, raw),
        children={} if lines is None else {"creditnoteline": part_rows(parent, lines, line_values)},
        warnings=tuple(fields.warnings),
    )


def _head(fields: Fields) -> dict[str, Any]:
    origins = fields.items("origin_invoices") or []
    return {
        "number": fields.text("number", 60),
        "status": fields.text("status", 30),
        "customer_source_id": fields.link("customer_id"),
        "subscription_source_id": fields.link("subscription_id"),
        "origin_invoice_ids": [uid for origin in origins if (uid := origin.link("uid"))],
        "issue_date": fields.day("issue_date"),
        "applied_date": fields.day("applied_date"),
        "memo": fields.text("memo"),
    }


def _amounts(fields: Fields, currency: str) -> dict[str, Any]:
    return {
        "currency": currency,
        "subtotal_minor": fields.amount("subtotal_amount", currency),
        "discount_minor": fields.amount("discount_amount", currency),
        "tax_minor": fields.amount("tax_amount", currency),
        "total_minor": fields.amount("total_amount", currency),
        "applied_minor": fields.amount("applied_amount", currency),
        "remaining_minor": fields.amount("remaining_amount", currency),
    }
