"""The books of a site from before Relationship Invoicing: transactions, statements and old-style invoices.

Every event of an invoice is booked. A charge raises the balance, payments and adjustments lower it, refunds leave it
(openapi.legacy.yaml, types of transactions). There is one statement for each invoice and it has the invoice's id, and
so has the old-style invoice that remittance customers get.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .money import CENT, cents
from .records import Entry, Invoice, LegacyInvoice, Line, Record, Statement, Subscription, Transaction
from .store import Store

Number = Callable[[type[Record]], int]
# The end of what is owed. Nothing is recorded of how a legacy site gives a bill up: by an adjustment [I].
GIVEN_UP = ("voided", "canceled")


def book(
    store: Store,
    number: Number,
    subscription: Subscription,
    invoice: Invoice,
    kind: str,
    entry: Entry | None,
    at: int,
) -> None:
    """Book an event of an invoice; the subscription's balance is already what it is afterwards."""
    if kind == "issue_invoice":
        _open(store, number, subscription, invoice, at)
    statement = store.require(Statement, invoice.id)
    made = _made(store, number, subscription, invoice, statement, kind, entry, at)
    _run(store, statement, made, subscription.balance)
    _link(store, statement, made, kind)
    _settle(store, statement, invoice, at)
    if subscription.collection_method == "remittance":
        _bill(store, number, invoice, at)


def _made(
    store: Store, number: Number, subscription: Subscription, invoice: Invoice, statement: Statement, kind: str,
    entry: Entry | None, at: int,
) -> list[Transaction]:  # fmt: skip
    """Return the transactions of an event, without their balances."""
    common: dict[str, Any] = {
        "created_at": at, "updated_at": at, "subscription_id": subscription.id, "customer_id": invoice.customer_id,
        "product_id": invoice.lines[0].product_id if invoice.lines else None, "statement_id": statement.id,
        "starting_balance": 0, "ending_balance": 0,
    }  # fmt: skip
    if kind == "issue_invoice":
        made = [Transaction(id=number(Transaction), **common | charge) for charge in _charges(invoice)]
        return _taxed(made)
    if entry and kind in MOVES:
        found = MOVES[kind](store, subscription, entry) | {"memo": entry.memo}
        return [Transaction(id=entry.number, **common | found)]
    if kind == "change_invoice_status" and invoice.status in GIVEN_UP and invoice.due:
        given_up: dict[str, Any] = {
            "type": "Adjustment",
            "kind": None,
            "amount": -invoice.due,
            "memo": "Canceled",
        }
        return [Transaction(id=number(Transaction), **common | given_up)]
    return []


def _taxed(made: list[Transaction]) -> list[Transaction]:
    """Let each charge know the charge over its tax: the last one."""
    for charge in made:
        if charge.tax:
            charge.tax_charge_id = made[-1].id
    return made


def _charges(invoice: Invoice) -> list[dict[str, Any]]:
    """Return a charge for each line, and the coupon's adjustment and the tax of the whole."""
    found = [_charge(line) for line in invoice.lines]
    if invoice.discount:
        memo = f"Coupon: {invoice.coupon_code}"
        found.append({"type": "Adjustment", "kind": "coupon", "amount": -invoice.discount, "memo": memo})
    if invoice.tax:
        memo = f"{invoice.tax_title} ({invoice.tax_rate / 100:g}%)"
        found.append({"type": "Charge", "kind": "tax", "amount": invoice.tax, "memo": memo})
    return found


def _charge(line: Line) -> dict[str, Any]:
    return {
        "type": "Charge", "kind": line.kind, "amount": line.subtotal // CENT, "tax": cents(line.tax),
        "memo": line.title, "product_id": line.product_id, "component_id": line.component_id,
        "period_start": line.starts_on, "period_end": line.ends_on,
    }  # fmt: skip


def _payment(store: Store, subscription: Subscription, entry: Entry) -> dict[str, Any]:
    """Return a payment; one that pays a bill is made by hand (vendor's example of an old-style invoice)."""
    by_hand = subscription.collection_method == "remittance"
    return {"type": "Payment", "kind": "one_time" if by_hand else None, "amount": entry.amount}


def _failure(store: Store, subscription: Subscription, entry: Entry) -> dict[str, Any]:
    return {"type": "Payment", "kind": None, "amount": entry.amount, "success": False}


def _adjustment(store: Store, subscription: Subscription, entry: Entry) -> dict[str, Any]:
    return {"type": "Adjustment", "kind": None, "amount": -entry.amount}


def _refund(store: Store, subscription: Subscription, entry: Entry) -> dict[str, Any]:
    """Return a refund, and note on its payment how much of it is gone."""
    payment = store.require(Transaction, entry.of)
    payment.refunded += entry.amount
    store.put(payment)
    return {"type": "Refund", "kind": None, "amount": entry.amount, "payment_id": payment.id}


MOVES: dict[str, Callable[[Store, Subscription, Entry], dict[str, Any]]] = {
    "apply_payment": _payment,
    "failed_payment": _failure,
    "refund_invoice": _refund,
    "apply_credit_note": _adjustment,
    "void_invoice": _adjustment,
}


def effect(transaction: Transaction) -> int:
    """Return by how many cents a transaction changes the balance due."""
    if transaction.type == "Payment":
        return -transaction.amount if transaction.success else 0
    return 0 if transaction.type == "Refund" else transaction.amount


def _run(store: Store, statement: Statement, made: list[Transaction], balance: int) -> None:
    """Let the balance run through the transactions, so that it ends where the subscription's stands."""
    change = sum(map(effect, made))
    running = balance - change
    for transaction in made:
        transaction.starting_balance = running
        running = transaction.ending_balance = running + effect(transaction)
        store.put(transaction)
    statement.ending_balance += change


def _open(store: Store, number: Number, subscription: Subscription, invoice: Invoice, at: int) -> None:
    """Make the statement of an invoice: it holds what happened since the one before, and the bill closes it."""
    since = store.get(Statement, subscription.statement_id)
    before = subscription.balance - invoice.total
    store.put(
        Statement(
            id=invoice.id, created_at=at, updated_at=at, subscription_id=subscription.id,
            customer_id=invoice.customer_id, invoice_id=invoice.id, closed_at=at, settled_at=None,
            opened_at=min(at, (since.closed_at or at) + 1) if since else subscription.created_at,
            starting_balance=before, ending_balance=before,
        )
    )  # fmt: skip
    subscription.statement_id = invoice.id


def _link(store: Store, statement: Statement, made: list[Transaction], kind: str) -> None:
    """Let the charges of a bill know the first payment for it, as the vendor's examples do."""
    if kind == "issue_invoice":
        statement.charges = tuple(transaction.id for transaction in made)
    elif kind == "apply_payment" and statement.charges:
        for number in statement.charges:
            charge = store.require(Transaction, number)
            charge.payment_id = made[0].id
            store.put(charge)
        statement.charges = ()


def _settle(store: Store, statement: Statement, invoice: Invoice, at: int) -> None:
    """Keep the statement; it is settled once nothing is owed any more."""
    if statement.settled_at is None and (invoice.due == 0 or invoice.status in GIVEN_UP):
        statement.settled_at = at
    statement.updated_at = at
    store.put(statement)


def _bill(store: Store, number: Number, invoice: Invoice, at: int) -> None:
    """Keep the old-style invoice; what was given up is archived [I: the state is named, not explained]."""
    bill = store.get(LegacyInvoice, invoice.id) or LegacyInvoice(
        id=invoice.id, created_at=at, updated_at=at, number=number(LegacyInvoice),
        subscription_id=invoice.subscription_id, customer_id=invoice.customer_id, statement_id=invoice.id,
        state="unpaid", amount=invoice.total, due=invoice.total,
    )  # fmt: skip
    given_up = invoice.status in GIVEN_UP
    bill.due, bill.updated_at = 0 if given_up else invoice.due, at
    bill.state = "archived" if given_up else _state(bill)
    bill.paid_at = at if bill.state == "paid" and bill.paid_at is None else bill.paid_at
    store.put(bill)


def _state(bill: LegacyInvoice) -> str:
    if bill.due == 0:
        return "paid"
    return "partial" if bill.due < bill.amount else "unpaid"
