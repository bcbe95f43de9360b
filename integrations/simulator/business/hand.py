"""Changes by hand: what a test or a person does to a business from outside, now."""

from __future__ import annotations

from random import Random
from typing import Any

from . import agenda, journal, lives, market, payments, records
from .records import Customer, Invoice, PaymentProfile, Product, Record, Subscription
from .world import World

CHANGEABLE: dict[str, type[Record]] = {
    "customers": Customer,
    "subscriptions": Subscription,
    "invoices": Invoice,
    "products": Product,
    "components": records.Component,
    "coupons": records.Coupon,
}
DELETABLE: dict[str, type[Record]] = {
    "customers": Customer,
    "subscriptions": Subscription,
    "payment_profiles": PaymentProfile,
}
TEXTS: dict[Any, str] = {Customer: "phone", Invoice: "memo", Product: "description", records.Component: "description",
         records.Coupon: "description"}  # fmt: skip


def update(world: World, resource: str, count: int, at: int) -> list[int | str]:
    """Change `count` records, spread over the whole resource, and return their ids."""
    if resource not in CHANGEABLE:
        raise ValueError(f"{resource} cannot be updated; one of {', '.join(CHANGEABLE)}")
    kind = CHANGEABLE[resource]
    where = "deleted_at IS NULL" if kind in (Customer, Subscription) else ""
    keys = world.store.keys(kind, where)
    chosen = keys[:: max(1, len(keys) // max(1, count))][:count]
    return [_change(world, _live(world, kind, key), at) for key in chosen]


def _live(world: World, kind: type[Record], key: int) -> Any:
    """Return the record that the engine itself holds, when it is of the catalogue."""
    found = world.catalogue
    held = {item.id: item for item in (*found.products, *found.components, *found.coupons)}
    return held.get(key) or world.store.require(kind, key)


def _change(world: World, record: Any, at: int) -> int | str:
    if isinstance(record, Subscription):
        record.balance += 100
    else:
        setattr(record, TEXTS[type(record)], f"Revised at {at}")
    if isinstance(record, Product):
        record.version += 1
    if isinstance(record, Customer):
        journal.customer_event(world, "customer_update", record, at)
    record.updated_at = at
    world.store.put(record)
    return record.uid if isinstance(record, Invoice) else int(record.id)


def add_customer(world: World, at: int) -> int:
    """Let a customer come and sign up for a plan without a trial, now; return the customer's id."""
    rng = Random(at + world.store.count(Customer))
    customer = market.new_customer(world, market.ordinary_names(rng), at, rng)
    product = next(product for product in world.catalogue.products if not product.trial_days)
    subscription = market.new_subscription(world, customer, product, at, rng)
    market.equip(world, subscription, product, at, rng)
    lives.begin(world, subscription, at)
    world.born.clear()
    return customer.id


def delete(world: World, resource: str, number: int, at: int) -> None:
    """Delete a record; what refers to it stays (facts §3, deletes). KeyError if there is none."""
    if resource not in DELETABLE:
        raise ValueError(f"{resource} cannot be deleted; one of {', '.join(DELETABLE)}")
    record: Any = world.store.require(DELETABLE[resource], number)
    if record.deleted_at is not None:
        raise KeyError(number)
    record.deleted_at = at
    if isinstance(record, Subscription):
        agenda.drop(record)
        journal.event(world, "subscription_deletion", record, at, "Subscription deleted")
    elif isinstance(record, Customer):
        journal.customer_event(world, "customer_delete", record, at)
    else:
        _take_from_subscriptions(world, record, at)
    world.store.put(record)


def _take_from_subscriptions(world: World, profile: PaymentProfile, at: int) -> None:
    """Change the subscriptions that were paid with a card or account [I: a change like any other]."""
    for subscription in world.store.find(Subscription, payment_profile_id=profile.id):
        subscription.updated_at = at
        world.store.put(subscription)


def pay_invoice(world: World, uid: str, at: int) -> None:
    """Pay what is due on an invoice. KeyError if there is none."""
    invoice = world.store.one(Invoice, uid=uid)
    if invoice is None:
        raise KeyError(uid)
    subscription = world.store.require(Subscription, invoice.subscription_id)
    payments.pay(world, subscription, invoice, invoice.due, at)
    lives.finish(world, subscription, at)
