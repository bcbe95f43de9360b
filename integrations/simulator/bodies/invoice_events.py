"""The invoices' feed: what happened, and the invoice as it was then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec.structs import replace

from ..business.money import amount
from ..business.records import CreditNote, Entry, Invoice, InvoiceEvent
from ..business.times import utc
from . import Body
from .credit_notes import credit_note
from .details import METHODS, application_uid, payment_method
from .invoices import invoice
from .lookup import Lookup

Data = Callable[[InvoiceEvent, Invoice, Lookup], Body]
# Older events carry no invoice (facts §3).
SNAPSHOTS_SINCE = int(datetime(2018, 9, 5, tzinfo=UTC).timestamp())
FAILED_METHODS = {"card": "credit_card", "bank": "ach", None: "check"}


def invoice_event(event: InvoiceEvent, lookup: Lookup) -> Body:
    """Return an event with its data and the snapshot of its invoice."""
    then = as_it_was(lookup.invoice(event.invoice_id), event)
    body = {
        "id": event.id,
        "event_type": event.kind,
        "event_data": DATA[event.kind](event, then, lookup),
        "timestamp": utc(event.created_at),
    }
    if event.created_at >= SNAPSHOTS_SINCE:
        body["invoice"] = _snapshot(then, lookup)
    return body


def as_it_was(now: Invoice, event: InvoiceEvent) -> Invoice:
    """Return the invoice as the event left it."""
    return replace(
        now,
        entries=now.entries[: event.entries],
        status=event.status,
        paid_on=event.paid_on,
        updated_at=event.created_at,
    )


def _snapshot(then: Invoice, lookup: Lookup) -> msgspec.Raw:
    """Write the invoice with everything and, other than in lists, with its numeric id (vendor's examples)."""
    return msgspec.Raw(f'{{"id":{then.id},{invoice(then, lookup)[1:]}')


def _issued(event: InvoiceEvent, then: Invoice, lookup: Lookup) -> Body:
    return {
        "consolidation_level": then.level,
        "from_status": "draft",
        "to_status": event.status,
        "due_amount": amount(then.due),
        "total_amount": amount(then.total),
    }


def _status_changed(event: InvoiceEvent, then: Invoice, lookup: Lookup) -> Body:
    return {
        "from_status": event.from_status,
        "to_status": event.status,
        "consolidation_level": then.level,
    }


def _paid(event: InvoiceEvent, then: Invoice, lookup: Lookup) -> Body:
    entry = _own(then)
    return {
        "consolidation_level": then.level,
        "memo": entry.memo,
        "original_amount": amount(entry.original),
        "applied_amount": amount(entry.amount),
        "transaction_time": utc(entry.at),
        "payment_method": msgspec.Raw(METHODS[None]) if entry.of else _method(then),
        "transaction_id": entry.number,
        "prepayment": entry.of is not None,
        "external": then.payment_kind is None or entry.of is not None,
    }


def _method(then: Invoice) -> Any:
    """Return how it was paid; other than the invoice itself, an event names the account (openapi.yaml)."""
    if then.payment_kind == "bank":
        masked = f"XXXXX{then.subscription_id % 10_000:04d}"
        return {"type": "bank_account", "masked_account_number": masked, "masked_routing_number": "XXXXX0021"}
    if then.payment_kind == "hosted":
        return {"type": "paypal_account", "email": then.payer.email}
    return msgspec.Raw(payment_method(then))


def _failed(event: InvoiceEvent, then: Invoice, lookup: Lookup) -> Body:
    entry = _own(then)
    return {
        "amount_in_cents": entry.amount,
        "applied_amount": entry.amount // 100,  # an integer of whole units, says openapi.yaml [I]
        "memo": entry.memo,
        "payment_method": FAILED_METHODS.get(then.payment_kind, "other"),
        "transaction_id": entry.number,
    }


def _credited(event: InvoiceEvent, then: Invoice, lookup: Lookup) -> Body:
    entry, note = _own(then), lookup.note(event.note_id)
    return {
        "uid": application_uid(note.uid, then.id),
        "credit_note_number": str(note.id),
        "credit_note_uid": note.uid,
        "original_amount": amount(entry.original),
        "applied_amount": amount(entry.amount),
        "transaction_time": utc(entry.at),
        "memo": entry.memo,
        "role": "general",
        "consolidated_invoice": then.level == "parent",
        "applied_credit_notes": [],
    }


def _note_made(event: InvoiceEvent, then: Invoice, lookup: Lookup) -> Body:
    """Return the credit note as it was when it was made: nothing of it used."""
    fresh: CreditNote = replace(lookup.note(event.note_id), applications=(), refunds=(), applied_on=None)
    return credit_note(fresh, lookup)


def _refunded(event: InvoiceEvent, then: Invoice, lookup: Lookup) -> Body:
    entry = _own(then)
    return {
        "apply_credit": False,
        "consolidation_level": then.level,
        "credit_note_attributes": credit_note(lookup.note(event.note_id), lookup),
        "memo": entry.memo,
        "original_amount": amount(entry.amount),
        "payment_id": entry.of,
        "refund_amount": amount(entry.amount),
        "refund_id": entry.number,
        "transaction_time": utc(entry.at),
    }


def _voided(event: InvoiceEvent, then: Invoice, lookup: Lookup) -> Body:
    entry = _own(then)
    return {
        "credit_note_attributes": credit_note(lookup.note(event.note_id), lookup),
        "memo": entry.memo,
        "applied_amount": amount(entry.amount),
        "transaction_time": utc(entry.at),
        "is_advance_invoice": False,
        "reason": "Void invoice",
    }


def _own(then: Invoice) -> Entry:
    """Return the entry that the event made: the last one by then."""
    return then.entries[-1]


DATA: dict[str, Data] = {
    "issue_invoice": _issued,
    "change_invoice_status": _status_changed,
    "apply_payment": _paid,
    "failed_payment": _failed,
    "apply_credit_note": _credited,
    "create_credit_note": _note_made,
    "refund_invoice": _refunded,
    "void_invoice": _voided,
}
