"""What subscriptions owe and have to their credit, and the groups that share both."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from ..business.records import CreditNote, Customer, Group, Invoice, Prepayment, Subscription
from . import Body
from .subscriptions import NOT_ASSESSED, next_bill

if TYPE_CHECKING:
    from ..site import Site


def balances(site: Site, rows: Sequence[Subscription]) -> Body:
    """Return the balances of a subscription, or of a group's together, in cents."""
    return {
        "open_invoices": _split(rows, [_due(site, row, "open") for row in rows]),
        "pending_invoices": _split(rows, [_due(site, row, "pending") for row in rows]),
        "pending_discounts": _split(rows, [0 for _ in rows]),
        "service_credits": _split(rows, [_credit(site, row) for row in rows]),
        "prepayments": _split(rows, [_prepaid(site, row) for row in rows]),
    }


def _split(rows: Sequence[Subscription], amounts: Sequence[int]) -> Body:
    automatic = sum(
        amount for row, amount in zip(rows, amounts, strict=True) if row.collection_method == "automatic"
    )
    return {
        "balance_in_cents": sum(amounts),
        "automatic_balance_in_cents": automatic,
        "remittance_balance_in_cents": sum(amounts) - automatic,
    }


def _due(site: Site, row: Subscription, status: str) -> int:
    """A consolidated invoice counts once, as the primary subscription's (facts §7: parents or children)."""
    where = "subscription_id = ? AND status = ? AND level <> 'child'"
    return site.store.sum(Invoice, "due", where, (row.id, status))


def _credit(site: Site, row: Subscription) -> int:
    return sum(note.total - note.applied for note in site.store.many(CreditNote, row.credit_note_ids))


def _prepaid(site: Site, row: Subscription) -> int:
    return sum(found.left for found in site.store.many(Prepayment, row.prepayment_ids))


def prepayment(site: Site, record: Prepayment) -> Body:
    """Return money paid ahead by a subscription; it came by transfer."""
    return _prepayment(site, record) | {
        "subscription_id": record.subscription_id,
        "refunded_amount_in_cents": 0,
    }


def group_prepayment(site: Site, record: Prepayment, uid: str) -> Body:
    """Return money paid ahead by a group, with the group's uid and nothing of refunds (openapi.yaml)."""
    return _prepayment(site, record) | {"subscription_group_uid": uid}


def _prepayment(site: Site, record: Prepayment) -> Body:
    return {
        "id": record.id,
        "amount_in_cents": record.amount,
        "remaining_amount_in_cents": record.left,
        "external": True,
        "memo": "Paid in advance",
        "details": f"Transfer {record.id}",
        "payment_type": "ach",
        "created_at": site.stamp(record.created_at),
    }


class _Change(NamedTuple):
    at: int
    number: int
    amount: int
    memo: str
    invoice: int | None


def service_credits(site: Site, row: Subscription) -> list[Body]:
    """Return how service credit came and went, newest first: what a credit note left, what invoices took."""
    notes = site.store.find(CreditNote, subscription_id=row.id)
    changes = sorted(change for note in notes for change in _changes(note))
    balances = list(accumulate(change.amount for change in changes))
    rows = [_entry(site, change, balance) for change, balance in zip(changes, balances, strict=True)]
    return rows[::-1]


def _changes(note: CreditNote) -> list[_Change]:
    used: list[tuple[int, int, int | None]] = [
        (part.at, part.amount, part.invoice_id) for part in note.applications
    ]
    used += [(refund.at, refund.amount, None) for refund in note.refunds]
    at_once = sum(amount for at, amount, _ in used if at <= note.created_at)
    if at_once == note.total:
        return []
    later = [part for part in used if part[0] > note.created_at]
    return [
        _Change(note.created_at, note.id * 100, note.total - at_once, note.memo, None),
        *(
            _Change(at, note.id * 100 + nth, -amount, note.memo, invoice)
            for nth, (at, amount, invoice) in enumerate(later, start=1)
        ),
    ]


def _entry(site: Site, change: _Change, balance: int) -> Body:
    invoice = site.store.get(Invoice, change.invoice)
    return {
        "id": change.number,
        "amount_in_cents": abs(change.amount),
        "ending_balance_in_cents": balance,
        "entry_type": "Debit" if change.amount < 0 else "Credit",
        "memo": change.memo,
        "invoice_uid": invoice.uid if invoice else None,
        "remaining_balance_in_cents": balance,
        "created_at": site.stamp(change.at),
    }


def groups(site: Site, rows: Sequence[Group], *, with_balances: bool) -> list[Body]:
    """Return groups as a list shows them: without balances unless asked (facts §3)."""
    return [_group(site, row) | (_balances(site, row) if with_balances else {}) for row in rows]


def group(site: Site, row: Group, *, with_bill: bool) -> Body:
    """Return one group, bare, with its customer and balances."""
    customer = site.store.require(Customer, row.customer_id)
    person = {  # the schema knows no nulls here [I]
        "first_name": customer.first_name,
        "last_name": customer.last_name,
        "organization": customer.organization or "",
        "email": customer.email,
        "reference": customer.reference or "",
    }
    body = _group(site, row) | {"customer": person} | _balances(site, row)
    if with_bill:
        body["current_billing_amount_in_cents"] = sum(
            next_bill(site, member) for member in _members(site, row)
        )
    return body


def _group(site: Site, row: Group) -> Body:
    primary = site.store.require(Subscription, row.subscription_ids[0])
    body = {
        "uid": row.uid,
        "scheme": 1,
        "customer_id": row.customer_id,
        "payment_profile_id": primary.payment_profile_id,
        "subscription_ids": list(row.subscription_ids),
        "primary_subscription_id": primary.id,
        "next_assessment_at": None if primary.state in NOT_ASSESSED else site.stamp(primary.period_ends_at),
        "state": primary.state,
        "cancel_at_end_of_period": primary.delayed_cancel_at is not None,
    }
    return _without_nulls(body)


def _without_nulls(body: Body) -> Body:
    """The schema of groups knows no nulls, so a key without a value is left out [I]."""
    return {key: value for key, value in body.items() if value is not None}


def _balances(site: Site, row: Group) -> Body:
    found = balances(site, _members(site, row))
    del found["pending_invoices"]  # a group shows none (openapi.yaml)
    return {"account_balances": found}


def _members(site: Site, row: Group) -> list[Subscription]:
    return site.store.many(Subscription, row.subscription_ids)
