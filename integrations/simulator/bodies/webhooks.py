"""What a webhook says of an event: the subscription as it is now, and what else the recorded forms hold (facts §6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from ..business.journal import RENAMED
from ..business.records import (
    Component,
    Customer,
    Entry,
    Event,
    Invoice,
    PaymentProfile,
    Product,
    ProductFamily,
    Subscription,
    Transaction,
)
from ..business.times import utc
from . import Body, catalogue, legacy
from .customers import customer, embedded_profile
from .subscriptions import next_bill, subscriptions

if TYPE_CHECKING:
    from ..site import Site

# Webhooks keep the old names: the vendor's list of them has no others [I].
OLD_NAMES = {new: old for old, new in RENAMED.items()}
BUYER = ("id", "first_name", "last_name", "reference", "organization", "email")
CARD = (
    "id", "first_name", "last_name", "card_type", "masked_card_number", "expiration_month", "expiration_year",
)  # fmt: skip
Payload = Callable[["Site", Event, Subscription], Body]


def name(event: Event) -> str:
    """Return the name under which an event goes out."""
    return OLD_NAMES.get(event.key, event.key)


def payload(site: Site, event: Event) -> Body:
    """Return what is sent of an event, site and event id left out."""
    found = site.store.get(Subscription, event.subscription_id)
    if found is None:
        owner = site.store.require(Customer, event.customer_id)
        return {"customer": customer(site, owner)} | _data(event)
    return PAYLOADS.get(name(event), _with_data)(site, event, found)


def _with_data(site: Site, event: Event, found: Subscription) -> Body:
    return _subscription(site, found) | _data(event)


def _subscription(site: Site, found: Subscription) -> Body:
    body: Body = msgspec.json.decode(msgspec.json.encode(subscriptions(site, [found])[0]))
    return {"subscription": body}


def _payment(site: Site, event: Event, found: Subscription) -> Body:
    """Return the subscription and the movement of money, as a transaction of the old kind on every site."""
    number = _data(event)["account_transaction_id"]
    made = site.store.get(Transaction, number) or _transaction(site, found, number)
    return _subscription(site, found) | {"transaction": legacy.transaction(site, made) | {"invoice_id": None}}


def _transaction(site: Site, found: Subscription, number: int) -> Transaction:
    invoice, entry = next(pair for pair in _entries(site, found) if pair[1].number == number)
    is_paid = entry.kind == "payment"
    return Transaction(
        id=number, created_at=entry.at, updated_at=entry.at, type="Payment", kind=None, subscription_id=found.id,
        customer_id=found.customer_id, product_id=found.product_id, statement_id=invoice.id, amount=entry.amount,
        starting_balance=invoice.due + entry.amount * is_paid, ending_balance=invoice.due, memo=entry.memo,
        success=is_paid,
    )  # fmt: skip


def _entries(site: Site, found: Subscription) -> Iterator[tuple[Invoice, Entry]]:
    for invoice in site.store.find(Invoice, order="id DESC", subscription_id=found.id):
        for entry in invoice.entries:
            yield invoice, entry


def _notice(site: Site, event: Event, found: Subscription) -> Body:
    """Return the short form of a notice that something is about to happen."""
    buyer = site.store.require(Customer, found.customer_id)
    return {
        "subscription": {
            "id": found.id,
            "state": found.state,
            "current_period_ends_at": site.stamp(found.period_ends_at or found.trial_ended_at),
        },
        "customer": {key: getattr(buyer, key) for key in BUYER},
        "product": _product_and_family(site, found),
        "payment_profile": _card(site, found),
        "estimated_renewal_amount_in_cents": next_bill(site, found),
        "email_sent": True,
        "message": event.message,
    }


def _product_and_family(site: Site, found: Subscription) -> Body | None:
    product = site.store.get(Product, found.product_id)
    if product is None:
        return None
    family = site.store.require(ProductFamily, product.family_id)
    return {
        "id": product.id,
        "name": product.name,
        "product_family_id": family.id,
        "product_family_name": family.name,
    }


def _card(site: Site, found: Subscription) -> Body | None:
    profile = site.store.get(PaymentProfile, found.payment_profile_id)
    if profile is None or profile.kind == "bank":
        return None
    body = embedded_profile(profile)
    return {key: body[key] for key in CARD}


def _allocation(site: Site, event: Event, found: Subscription) -> Body:
    data, product = _data(event), site.store.get(Product, found.product_id)
    component = site.store.require(Component, data["component_id"])
    buyer = site.store.require(Customer, found.customer_id)
    return {
        "subscription": {"id": found.id, "name": f"{buyer.first_name} {buyer.last_name}"},
        "product": {"id": product.id, "name": product.name} if product else None,
        "component": {
            "id": component.id,
            "kind": f"{component.kind}_component",
            "name": component.name,
            "unit_name": component.unit_name,
        },
        "previous_allocation": data["previous_allocation"],
        "new_allocation": data["new_allocation"],
        "memo": data["memo"],
        "timestamp": utc(event.created_at),
    }


def _product_changed(site: Site, event: Event, found: Subscription) -> Body:
    previous = _data(event)["previous_product_id"]
    return _subscription(site, found) | {"previous_product": _product(site, previous)}


def _upgraded(site: Site, event: Event, found: Subscription) -> Body:
    """The change itself was an event before."""
    changes = site.store.find(Event, order="id DESC", subscription_id=found.id)
    change = next(row for row in changes if name(row) == "subscription_product_change")
    return _product_changed(site, change, found)


def _not_upgraded(site: Site, event: Event, found: Subscription) -> Body:
    return _subscription(site, found) | {"target_product": _product(site, _data(event)["product_id"])}


def _postponed(site: Site, event: Event, found: Subscription) -> Body:
    body = _subscription(site, found)
    body["subscription"]["previous_billing_date"] = site.stamp(found.postponed_from)
    return body


def _product(site: Site, number: int) -> Body:
    return catalogue.products(site, [site.store.require(Product, number)])[0]


def _data(event: Event) -> dict[str, Any]:
    return event.data or {}


PAYLOADS: dict[str, Payload] = {
    "payment_success": _payment,
    "payment_failure": _payment,
    "billing_date_change": _postponed,
    "trial_end_notice": _notice,
    "upcoming_renewal_notice": _notice,
    "component_allocation_change": _allocation,
    "subscription_product_change": _product_changed,
    "upgrade_downgrade_success": _upgraded,
    "upgrade_downgrade_failure": _not_upgraded,
}
