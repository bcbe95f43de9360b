"""Money: collecting what is due, failing to, trying again, giving up, giving back."""

from __future__ import annotations

from random import Random
from typing import Any

from msgspec.structs import replace

from . import agenda, journal
from .invoicing import NET_TERMS, credit_note
from .money import CENT
from .records import Application, CreditNote, Entry, Invoice, Subscription
from .times import DAY, day_of
from .world import World

FAILS = 0.06
RECOVERS = 0.4
ATTEMPTS = 4
PAYS_TRANSFER = 0.93
PAYS_PART = 0.05
WRITTEN_OFF_AFTER = 60 * DAY


def collect(world: World, subscription: Subscription, invoice: Invoice, at: int, rng: Random) -> bool:
    """Use up credit, then charge the card or wait for the transfer; return False when the card is declined."""
    apply_credit(world, subscription, invoice, at)
    if invoice.due == 0:
        settle(world, subscription, invoice, at)
    elif subscription.collection_method == "remittance":
        agenda.add(subscription, at + rng.randrange(DAY, (NET_TERMS + 15) * DAY), "transfer")
    elif rng.random() < _fails(subscription):
        decline(world, subscription, invoice, at, rng)
        return False
    else:
        pay(world, subscription, invoice, invoice.due, at)
    return True


def _fails(subscription: Subscription) -> float:
    """Return how likely a card is declined; one customer in twenty has little luck with it."""
    return FAILS * (6 if subscription.id % 20 == 0 else 1)


def apply_credit(world: World, subscription: Subscription, invoice: Invoice, at: int) -> None:
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
    _enter(world, invoice, entry, at)
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


def pay(world: World, subscription: Subscription, invoice: Invoice, cents: int, at: int) -> None:
    """Take money for an invoice; once nothing is due it is paid."""
    memo = f"{invoice.product_name or 'Subscription'}: payment"
    entry = Entry("payment", at, cents, world.transaction(), memo, original=cents)
    subscription.revenue += cents
    subscription.balance -= cents
    if subscription.periods <= 1:
        subscription.signup_revenue += cents
    _enter(world, invoice, entry, at)
    subscription.paid_invoice_id = invoice.id
    if invoice.due == 0:
        settle(world, subscription, invoice, at, entry)
    else:
        journal.invoice_event(world, "apply_payment", subscription, invoice, at, entry=entry)
    _payment_event(world, "payment_success", subscription, at, entry)


def settle(
    world: World, subscription: Subscription, invoice: Invoice, at: int, entry: Entry | None = None
) -> None:
    """Mark an invoice paid, and the children of a consolidated one with it."""
    before, invoice.status, invoice.paid_on = invoice.status, "paid", day_of(at, world.zone)
    invoice.updated_at = at
    world.store.put(invoice)
    if invoice.id in subscription.open_invoice_ids:
        subscription.open_invoice_ids.remove(invoice.id)
    if entry:
        journal.invoice_event(world, "apply_payment", subscription, invoice, at, entry=entry)
    journal.invoice_event(world, "change_invoice_status", subscription, invoice, at, from_status=before)
    if invoice.level == "parent":
        _settle_children(world, subscription, invoice, at)


def _settle_children(world: World, subscription: Subscription, parent: Invoice, at: int) -> None:
    """The payment of a parent is shown on its children too (facts §7: count parents or children, never both)."""
    for child in world.store.find(Invoice, parent_id=parent.id):
        if child.due:
            entry = Entry(
                "payment", at, child.due, world.transaction(), "Paid with the group", original=parent.paid
            )
            _enter(world, child, entry, at)
        child.status, child.paid_on, child.updated_at = "paid", parent.paid_on, at
        world.store.put(child)


def decline(world: World, subscription: Subscription, invoice: Invoice, at: int, rng: Random) -> None:
    """The card is declined: the subscription is past due and the card is tried again some days later."""
    entry = Entry(
        "failed_payment", at, invoice.due, world.transaction(), "Card declined", original=invoice.due
    )
    _enter(world, invoice, entry, at)
    journal.invoice_event(world, "failed_payment", subscription, invoice, at, entry=entry)
    _payment_event(world, "payment_failure", subscription, at, entry)
    subscription.attempts += 1
    soft = subscription.attempts == 1 and rng.random() < 0.2
    journal.turned(world, subscription, "soft_failure" if soft else "past_due", at)
    agenda.add(subscription, at + _pause(subscription), "retry")


def _pause(subscription: Subscription) -> int:
    """Return how long dunning waits: it must end before a short period does."""
    count, unit = subscription.terms
    return DAY if unit == "day" and count < 15 else (2 + 2 * subscription.attempts) * DAY


def retry(world: World, subscription: Subscription, at: int) -> bool:
    """Charge every open invoice once more; return False when it was the last attempt and failed."""
    due = [world.store.require(Invoice, number) for number in list(subscription.open_invoice_ids)]
    if not due or not subscription.attempts:
        return True
    rng = world.dice(subscription.id, at, "retry")
    data = {
        "dunner": {"state": "active", "attempts": subscription.attempts},
        "current_step": None,
        "next_step": None,
    }
    journal.event(world, "dunning_step_reached", subscription, at, "Dunning step reached", data)
    if rng.random() < RECOVERS:
        for invoice in due:
            pay(world, subscription, invoice, invoice.due, at)
        subscription.attempts = 0
        journal.turned(world, subscription, "active", at)
    elif subscription.attempts >= ATTEMPTS:
        return False
    else:
        decline(world, subscription, due[-1], at, rng)
    return True


def transfer(world: World, subscription: Subscription, at: int) -> None:
    """A remittance customer pays the oldest open invoice: in full, in part, or never."""
    if not subscription.open_invoice_ids:
        return
    rng = world.dice(subscription.id, at, "transfer")
    invoice = world.store.require(Invoice, subscription.open_invoice_ids[0])
    if rng.random() >= PAYS_TRANSFER:
        agenda.add(subscription, at + WRITTEN_OFF_AFTER, "write_off")
    elif rng.random() < PAYS_PART and invoice.due > 2:
        pay(world, subscription, invoice, invoice.due // 3, at)
        agenda.add(subscription, at + rng.randrange(5 * DAY, 25 * DAY), "transfer")
    else:
        pay(world, subscription, invoice, invoice.due, at)


def write_off(world: World, subscription: Subscription, at: int) -> None:
    """Void the oldest open invoice if nobody paid it meanwhile."""
    if subscription.open_invoice_ids:
        void(world, subscription, world.store.require(Invoice, subscription.open_invoice_ids[0]), at)


def void(world: World, subscription: Subscription, invoice: Invoice, at: int) -> None:
    """Void an invoice: a credit note over what is due takes it to zero [I: facts §3 name the state only]."""
    met = invoice.due
    note = _note_over(world, subscription, invoice, met, "Void", at)
    entry = Entry("credit", at, met, world.transaction(), "Void", note_id=note.id, original=met)
    note.applications = (Application(at, invoice.id, met),)
    touch_note(world, subscription, note, at)
    _close(world, subscription, invoice, "voided", entry, at)
    journal.invoice_event(world, "void_invoice", subscription, invoice, at, entry=entry, note=note)


def cancel_open(world: World, subscription: Subscription, at: int) -> None:
    """Cancel what a subscription that ended in dunning still owes."""
    for number in list(subscription.open_invoice_ids):
        invoice = world.store.require(Invoice, number)
        before = invoice.status
        _close(world, subscription, invoice, "canceled", None, at)
        journal.invoice_event(world, "change_invoice_status", subscription, invoice, at, from_status=before)


def _close(
    world: World, subscription: Subscription, invoice: Invoice, status: str, entry: Entry | None, at: int
) -> None:
    subscription.balance -= invoice.due
    invoice.status, invoice.updated_at = status, at
    if entry:
        invoice.entries.append(entry)
    world.store.put(invoice)
    subscription.open_invoice_ids.remove(invoice.id)


def refund(world: World, subscription: Subscription, at: int) -> None:
    """Give back all or half of the latest payment."""
    invoice = world.store.get(Invoice, subscription.paid_invoice_id)
    left = invoice.paid - invoice.sum("refund") if invoice and invoice.level == "none" else 0
    if invoice is None or left <= 0:
        return
    rng = world.dice(subscription.id, at, "refund")
    back = left if rng.random() < 0.5 else max(1, left // 2)
    payment = next(entry for entry in reversed(invoice.entries) if entry.kind == "payment")
    note = _note_over(world, subscription, invoice, back, "Refund on request", at)
    entry = Entry("refund", at, back, world.transaction(), note.memo, note.id, payment.number, payment.amount)
    note.refunds = (entry,)
    touch_note(world, subscription, note, at)
    subscription.revenue -= back
    _enter(world, invoice, entry, at)
    journal.invoice_event(world, "refund_invoice", subscription, invoice, at, entry=entry, note=note)
    _refund_event(world, subscription, at, entry)


def goodwill(world: World, subscription: Subscription, at: int) -> None:
    """Say sorry with a credit note that the next invoice uses up."""
    invoice = world.store.get(Invoice, subscription.paid_invoice_id)
    if invoice is None or invoice.level != "none" or invoice.total < 20:
        return
    rng = world.dice(subscription.id, at, "goodwill")
    note = _note_over(
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


def _note_over(
    world: World, subscription: Subscription, invoice: Invoice, cents: int, memo: str, at: int
) -> CreditNote:
    """Make a credit note whose total is exactly these cents: one line, no discount, no tax."""
    first = invoice.lines[0]
    made = replace(
        first, title=memo, quantity=10**8, price=cents * CENT, subtotal=cents * CENT, discount=0, tax=0
    )
    untaxed = replace(invoice, coupon_id=None, tax_rate=0)
    return credit_note(world, subscription, untaxed, [made], memo, at)


def _enter(world: World, invoice: Invoice, entry: Entry, at: int) -> None:
    invoice.entries.append(entry)
    invoice.updated_at = at
    world.store.put(invoice)


def product_data(subscription: Subscription, transaction: int = 0) -> dict[str, Any]:
    """Return the event_specific_data of everything about payments."""
    return {"product_id": subscription.product_id or 0, "account_transaction_id": transaction}


def _payment_event(world: World, key: str, subscription: Subscription, at: int, entry: Entry) -> None:
    word = "Successful" if key == "payment_success" else "Failed"
    message = f"{word} payment of {entry.amount / 100:.2f}"
    journal.event(world, key, subscription, at, message, product_data(subscription, entry.number))


def _refund_event(world: World, subscription: Subscription, at: int, entry: Entry) -> None:
    data = {
        "refund_id": entry.number,
        "gateway_transaction_id": entry.number + 1,
        "product_id": subscription.product_id or 0,
    }
    journal.event(world, "refund_success", subscription, at, f"Refund of {entry.amount / 100:.2f}", data)
