"""Money: collecting what is due, failing to, trying again, giving up."""

from __future__ import annotations

from random import Random
from typing import Any

from . import agenda, crediting, journal, prepayments
from .dunning import ATTEMPTS, reached
from .invoicing import NET_TERMS, enter
from .records import Application, Entry, Invoice, PaymentProfile, Subscription
from .times import DAY, day_of, month_of
from .world import World

FAILS = 0.06
RECOVERS = 0.4
PAYS_TRANSFER = 0.93
PAYS_PART = 0.05
WRITTEN_OFF_AFTER = 60 * DAY


def collect(world: World, subscription: Subscription, invoice: Invoice, at: int, rng: Random) -> bool:
    """Use up credit, then charge the card or wait for the transfer; return False when the card is declined."""
    crediting.apply(world, subscription, invoice, at)
    if invoice.due == 0:
        settle(world, subscription, invoice, at)
        return True
    for entry in prepayments.taken(world, subscription, invoice, at):
        receive(world, subscription, invoice, entry, at)
    return invoice.due == 0 or _charge(world, subscription, invoice, at, rng)


def _charge(world: World, subscription: Subscription, invoice: Invoice, at: int, rng: Random) -> bool:
    if subscription.collection_method == "remittance":
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


def pay(world: World, subscription: Subscription, invoice: Invoice, cents: int, at: int) -> None:
    """Take money for an invoice."""
    memo = f"{invoice.product_name or 'Subscription'}: payment"
    entry = Entry("payment", at, cents, world.transaction(), memo, original=cents)
    receive(world, subscription, invoice, entry, at)
    _payment_event(world, "payment_success", subscription, at, entry)


def receive(world: World, subscription: Subscription, invoice: Invoice, entry: Entry, at: int) -> None:
    """Let a payment meet an invoice; once nothing is due it is paid."""
    subscription.revenue += entry.amount
    subscription.balance -= entry.amount
    if subscription.periods <= 1:
        subscription.signup_revenue += entry.amount
    enter(world, invoice, entry, at)
    subscription.paid_invoice_id = invoice.id
    if invoice.due == 0:
        settle(world, subscription, invoice, at, entry)
    else:
        journal.invoice_event(world, "apply_payment", subscription, invoice, at, entry=entry)


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
            enter(world, child, entry, at)
        child.status, child.paid_on, child.updated_at = "paid", parent.paid_on, at
        world.store.put(child)


def decline(world: World, subscription: Subscription, invoice: Invoice, at: int, rng: Random) -> None:
    """The card is declined: the subscription is past due and the card is tried again some days later."""
    entry = Entry(
        "failed_payment", at, invoice.due, world.transaction(), "Card declined", original=invoice.due
    )
    enter(world, invoice, entry, at)
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
    data = reached(world, subscription, due, at)
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
    note = crediting.note_over(world, subscription, invoice, met, "Void", at)
    entry = Entry("credit", at, met, world.transaction(), "Void", note_id=note.id, original=met)
    note.applications = (Application(at, invoice.id, met),)
    crediting.touch_note(world, subscription, note, at)
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
    if invoice.level == "parent":
        for child in world.store.find(Invoice, parent_id=invoice.id):
            child.status, child.updated_at = status, at
            world.store.put(child)


def product_data(subscription: Subscription, transaction: int = 0) -> dict[str, Any]:
    """Return the event_specific_data of everything about payments."""
    return {"product_id": subscription.product_id or 0, "account_transaction_id": transaction}


def _payment_event(world: World, key: str, subscription: Subscription, at: int, entry: Entry) -> None:
    word = "Successful" if key == "payment_success" else "Failed"
    message = f"{word} payment of {entry.amount / 100:.2f}"
    journal.event(world, key, subscription, at, message, product_data(subscription, entry.number))


def warn_of_card(world: World, subscription: Subscription, at: int) -> None:
    """Say that a card will not be good next month; the vault gets the new one by itself."""
    profile = world.store.get(PaymentProfile, subscription.payment_profile_id)
    if profile and profile.last_month == month_of(at, world.zone):
        journal.event(world, "expiring_card", subscription, at, "The card is about to expire")
