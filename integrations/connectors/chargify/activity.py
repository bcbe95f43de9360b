"""Chargify's events in standard form: those of the site, and those of its invoices."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from integrations.connectors.base import Account, Row
from integrations.connectors.chargify.bodies import decoded, fingerprint, required_id
from integrations.connectors.chargify.fields import Fields
from integrations.connectors.chargify.invoices import VOLATILE
from integrations.connectors.chargify.rows import record_row

# Raise it whenever this module reads a body differently, so that rows already stored are written again.
MAPPER_VERSION = 1
_ENDS = {
    "customer_delete": ("customer", "customer_source_id"),
    "subscription_deletion": ("subscription", "subscription_source_id"),
}


def event_row(body: bytes, account: Account) -> Row:
    """Return an event of the site; what is special to its kind stays in the body."""
    raw = decoded("events", body)
    fields = Fields(raw)
    values = {
        "key": fields.text("key", 100),
        "message": fields.text("message"),
        "customer_source_id": fields.link("customer_id"),
        "subscription_source_id": fields.link("subscription_id"),
    }
    row = record_row("events", body, fields, values, raw, version=MAPPER_VERSION)
    return replace(row, deletes=_deleted(values))


def _deleted(values: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return the record of whose end an event tells; a purged subscription may be named or not (facts §3)."""
    ended = _ENDS.get(values["key"])
    if ended is None:
        return ()
    table, column = ended
    return ((table, values[column]),) if values[column] else ()


def invoice_event_row(body: bytes, account: Account) -> Row:
    """Return an event of an invoice; before 2018-09-05 it has no copy of the invoice (facts §3)."""
    raw = decoded("invoice_events", body)
    fields = Fields(raw)
    invoice, data = fields.nested("invoice"), fields.nested("event_data")
    # inferred: an event without a copy of its invoice, which alone names the currency, is in the site's.
    currency = invoice.currency("currency", account.currency)
    values = _what(fields, data) | _amounts(data, currency)
    values |= _whose(invoice) | {"credit_note_source_id": _credit_note(values["event_type"], data)}
    return Row(
        source_id=required_id("invoice_events", raw, "id"),
        values=values,
        body=body,
        content_hash=fingerprint(MAPPER_VERSION, raw | {"invoice": invoice.raw | VOLATILE}),
        source_created_at=fields.time("timestamp"),
        warnings=tuple(fields.warnings),
    )


def _what(fields: Fields, data: Fields) -> dict[str, Any]:
    return {
        "event_type": fields.text("event_type", 60),
        "from_status": data.text("from_status", 30),
        "to_status": data.text("to_status", 30),
        "transaction_source_id": data.link("transaction_id"),
        "memo": data.text("memo"),
    }


def _whose(invoice: Fields) -> dict[str, Any]:
    return {
        "invoice_source_id": invoice.link("uid"),
        "customer_source_id": invoice.link("customer_id"),
        "subscription_source_id": invoice.link("subscription_id"),
    }


def _credit_note(event_type: str, data: Fields) -> str:
    """Return the credit note of an event; the data of its making are the note itself (vendor OpenAPI)."""
    if event_type == "create_credit_note":
        return data.link("uid")
    return data.link("credit_note_uid") or data.nested("credit_note_attributes").link("uid")


def _amounts(data: Fields, currency: str) -> dict[str, Any]:
    # A failed payment's `applied_amount` is rounded to whole units (vendor OpenAPI), its cents are not.
    cents = data.cents("amount_in_cents")
    moved = "refund_amount" if "refund_amount" in data.raw else "applied_amount"
    return {
        "currency": currency,
        "amount_minor": data.amount(moved, currency) if cents is None else cents,
        "total_minor": data.amount("total_amount", currency),
        "due_minor": data.amount("due_amount", currency),
    }
