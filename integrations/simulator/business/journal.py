"""What is written down when something happens: the site's feed, the invoices' feed, and a legacy site's books."""

from __future__ import annotations

from datetime import date
from typing import Any

from . import legacy
from .records import CreditNote, Customer, Entry, Event, Invoice, InvoiceEvent, Subscription
from .times import midnight
from .world import World

VERBS = {
    "customer_create": "created",
    "customer_update": "updated",
    "customer_delete": "deleted",
    "custom_field_value_change": "has another value in a custom field",
}
# Since 2026 some events go by other names (facts §3, the vendor's new catalogue).
NEW_CATALOGUE = date(2026, 1, 1).toordinal()
RENAMED = {
    "subscription_product_change": "subscription_plan_change",
    "component_allocation_change": "allocation_change",
}


def customer_event(
    world: World, key: str, customer: Customer, at: int, data: dict[str, Any] | None = None
) -> None:
    """Note what happened to a customer; the subscription is null then (facts §3, deletes)."""
    name = f"{customer.first_name} {customer.last_name}"
    _event(world, key, f"Customer {name} {VERBS[key]}", None, customer.id, at, data)


def event(
    world: World,
    key: str,
    subscription: Subscription,
    at: int,
    message: str,
    data: dict[str, Any] | None = None,
) -> None:
    """Note what happened to a subscription."""
    if key in RENAMED and at >= midnight(NEW_CATALOGUE, world.zone):
        key = RENAMED[key]
    if world.heard:
        world.store.put(subscription)  # who hears of it reads the subscription as it is now
    _event(world, key, message, subscription.id, subscription.customer_id, at, data)


def _event(
    world: World,
    key: str,
    message: str,
    subscription: int | None,
    customer: int,
    at: int,
    data: dict[str, Any] | None,
) -> None:
    found = Event(
        id=world.number(Event), created_at=at, updated_at=at, key=key, message=message,
        subscription_id=subscription, customer_id=customer, data=data,
    )  # fmt: skip
    world.store.put(found)
    if world.heard:
        world.heard(found)


def invoice_event(
    world: World,
    kind: str,
    subscription: Subscription,
    invoice: Invoice,
    at: int,
    *,
    entry: Entry | None = None,
    from_status: str | None = None,
    note: CreditNote | None = None,
) -> None:
    """Note what happened to an invoice, so that it can be seen as it was then."""
    if world.spec.legacy:
        legacy.book(world.store, world.number, subscription, invoice, kind, entry, at)
        return
    happened = InvoiceEvent(
        id=world.number(InvoiceEvent), created_at=at, updated_at=at, kind=kind, invoice_id=invoice.id,
        entries=len(invoice.entries), status=invoice.status, from_status=from_status, paid_on=invoice.paid_on,
        note_id=note.id if note else None,
    )  # fmt: skip
    world.store.put(happened)


def turned(world: World, subscription: Subscription, state: str, at: int) -> None:
    """Change a subscription's state and say so."""
    if state == subscription.state:
        return
    subscription.previous_state, subscription.state = subscription.state, state
    data = {"previous_subscription_state": subscription.previous_state, "new_subscription_state": state}
    message = f"State changed from {subscription.previous_state} to {state}"
    event(world, "subscription_state_change", subscription, at, message, data)
