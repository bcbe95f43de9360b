"""Money that customers pay ahead, and the invoices that use it up."""

from __future__ import annotations

from collections.abc import Iterator

from . import journal
from .records import Entry, Invoice, Prepayment, Subscription
from .world import World

LEAST, MOST = 40, 400  # whole units of the currency
MEMO = "Paid in advance"


def prepay(world: World, subscription: Subscription, at: int) -> None:
    """Take money ahead, for a group when there is one; a site without Relationship Invoicing knows none."""
    if world.spec.legacy or subscription.state != "active":
        return
    amount = world.dice(subscription.id, at, "prepay").randrange(LEAST, MOST) * 100
    made = Prepayment(
        id=world.number(Prepayment), created_at=at, updated_at=at, subscription_id=subscription.id,
        group_id=subscription.group_id, amount=amount, left=amount,
    )  # fmt: skip
    world.store.put(made)
    subscription.prepayment_ids.append(made.id)
    _changed(world, subscription, amount, at)


def taken(world: World, subscription: Subscription, invoice: Invoice, at: int) -> Iterator[Entry]:
    """Take what is due on an invoice from what was paid ahead, oldest first, as payments to be received."""
    for number in list(subscription.prepayment_ids):
        prepayment = world.store.require(Prepayment, number)
        if part := min(prepayment.left, invoice.due):
            prepayment.left -= part
            prepayment.updated_at = at
            world.store.put(prepayment)
            if not prepayment.left:
                subscription.prepayment_ids.remove(number)
            _changed(world, subscription, -part, at)
            yield Entry("payment", at, part, world.transaction(), MEMO, of=number, original=prepayment.amount)


def _changed(world: World, subscription: Subscription, change: int, at: int) -> None:
    left = sum(found.left for found in world.store.many(Prepayment, subscription.prepayment_ids))
    data = {
        "reason": MEMO,
        "prepayment_account_balance_in_cents": left,
        "prepayment_balance_change_in_cents": change,
        "currency_code": subscription.currency,
    }
    key = "subscription_prepayment_account_balance_changed"
    journal.event(world, key, subscription, at, "Prepayment account changed", data)
