"""Credit notes: what is given back, and the invoices that it meets."""

from __future__ import annotations

from msgspec.structs import replace

from . import journal
from .invoicing import credit_note, enter
from .money import CENT
from .records import Application, CreditNote, Entry, Invoice, Subscription
from .times import day_of
from .world import World


def apply(world: World, subscription: Subscription, invoice: Invoice, at: int) -> None:
    """Let open credit notes meet an invoice."""
    for number in list(subscription.credit_note_ids):
        note = world.store.require(CreditNote, number)
        if met := min(note.total - note.applied, invoice.due):
            meet(world, subscription, note, invoice, met, at)


def meet(
    world: World, subscription: Subscription, note: CreditNote, invoice: Invoice, met: int, at: int
) -> None:
    """Apply a part of a credit note, in cents, to an invoice."""
    entry = Entry("credit", at, met, world.transaction(), note.memo, note_id=note.id, original=note.total)
    note.applications = (*note.applications, Application(at, invoice.id, met))
    touch_note(world, subscription, note, at)
    subscription.balance -= met
    enter(world, invoice, entry, at)
    journal.invoice_event(world, "apply_credit_note", subscription, invoice, at, entry=entry, note=note)


def touch_note(world: World, subscription: Subscription, note: CreditNote, at: int) -> None:
    """Keep a credit note; once nothing is left it is applied and no longer waits for an invoice."""
    note.updated_at = at
    if note.applied == note.total:
        note.applied_on = day_of(at, world.zone)
    if note.applied == note.total and note.id in subscription.credit_note_ids:
        subscription.credit_note_ids.remove(note.id)
    elif note.applied < note.total and note.id not in subscription.credit_note_ids:
        subscription.credit_note_ids.append(note.id)
    world.store.put(note)


def refund(world: World, subscription: Subscription, at: int) -> None:
    """Give back all or half of the latest payment."""
    invoice = world.store.get(Invoice, subscription.paid_invoice_id)
    left = invoice.paid - invoice.sum("refund") if invoice and invoice.level == "none" else 0
    if invoice is None or left <= 0:
        return
    rng = world.dice(subscription.id, at, "refund")
    back = left if rng.random() < 0.5 else max(1, left // 2)
    payment = next(entry for entry in reversed(invoice.entries) if entry.kind == "payment")
    note = note_over(world, subscription, invoice, back, "Refund on request", at)
    entry = Entry("refund", at, back, world.transaction(), note.memo, note.id, payment.number, payment.amount)
    note.refunds = (entry,)
    touch_note(world, subscription, note, at)
    subscription.revenue -= back
    enter(world, invoice, entry, at)
    journal.invoice_event(world, "refund_invoice", subscription, invoice, at, entry=entry, note=note)
    _refund_event(world, subscription, at, entry)


def goodwill(world: World, subscription: Subscription, at: int) -> None:
    """Say sorry with a credit note that the next invoice uses up."""
    invoice = world.store.get(Invoice, subscription.paid_invoice_id)
    if invoice is None or invoice.level != "none" or invoice.total < 20:
        return
    rng = world.dice(subscription.id, at, "goodwill")
    note = note_over(
        world, subscription, invoice, invoice.total * rng.randrange(5, 25) // 100, "Goodwill", at
    )
    touch_note(world, subscription, note, at)
    credit_changed(world, subscription, note.total, at)


def credit_changed(world: World, subscription: Subscription, change: int, at: int) -> None:
    """Note that a subscription's service credit changed by some cents."""
    data = {
        "reason": "Service credit",
        "service_credit_account_balance_in_cents": change,
        "service_credit_balance_change_in_cents": change,
        "currency_code": subscription.currency,
        "at_time": world.stamp(at),
    }
    key = "subscription_service_credit_account_balance_changed"
    journal.event(world, key, subscription, at, "Service credit changed", data)


def note_over(
    world: World, subscription: Subscription, invoice: Invoice, cents: int, memo: str, at: int
) -> CreditNote:
    """Make a credit note whose total is exactly these cents: the invoice's own lines for the whole of it, else one."""
    if cents == invoice.total:
        return credit_note(world, subscription, invoice, list(invoice.lines), memo, at)
    one = replace(
        invoice.lines[0],
        title=memo,
        quantity=10**8,
        price=cents * CENT,
        subtotal=cents * CENT,
        discount=0,
        tax=0,
    )
    return credit_note(world, subscription, invoice, [one], memo, at)


def _refund_event(world: World, subscription: Subscription, at: int, entry: Entry) -> None:
    data = {
        "refund_id": entry.number,
        "gateway_transaction_id": entry.number + 1,
        "product_id": subscription.product_id or 0,
    }
    journal.event(world, "refund_success", subscription, at, f"Refund of {entry.amount / 100:.2f}", data)
