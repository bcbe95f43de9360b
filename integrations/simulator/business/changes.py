"""What changes within a period: the plan, the seats, the customer's own data."""

from __future__ import annotations

from msgspec.structs import replace

from . import crediting, fields, journal, payments
from .catalogue import cost
from .extras import SEGMENT
from .invoicing import as_invoiced, component_line, credit_note, issue, line, product_of, prorated
from .money import CENT
from .records import (
    Allocation,
    Customer,
    Invoice,
    Note,
    Product,
    Subscription,
    SubscriptionComponent,
)
from .world import World

UPGRADE_FAILS = 0.15


def upgrade(world: World, subscription: Subscription, at: int) -> None:
    """Move to the bigger plan now: the rest of the period is charged, what was paid for it is credited."""
    old = product_of(world, subscription)
    new = world.catalogue.upgrade(old) if old else None
    origin = world.store.get(Invoice, subscription.paid_invoice_id)
    if (
        old is None
        or new is None
        or origin is None
        or subscription.state != "active"
        or subscription.group_id
    ):
        return
    if world.dice(subscription.id, at, "upgrade fails").random() < UPGRADE_FAILS:
        data = {"product_id": new.id, "account_transaction_id": 0}
        journal.event(
            world, "upgrade_downgrade_failure", subscription, at, f"Could not move to {new.name}", data
        )
        return
    period, fraction = _rest(subscription, at)
    credited = line(world, "baseline", old.name, 1, subscription.price * CENT, period, old)
    charged = line(world, "baseline", new.name, 1, new.price * CENT, period, new)
    _switch(world, subscription, old, new, at)
    invoice = issue(
        world, subscription, [prorated(charged, *fraction, f"{new.name}, prorated")], "migration", at
    )
    unused = as_invoiced(world, [prorated(credited, *fraction, f"{old.name}, unused")], origin)
    note = credit_note(world, subscription, origin, unused, "Prorated credit", at)
    crediting.touch_note(world, subscription, note, at)
    payments.collect(world, subscription, invoice, at, world.dice(subscription.id, at, "upgrade"))
    journal.event(
        world, "upgrade_downgrade_success", subscription, at, f"Moved from {old.name} to {new.name}",
        payments.product_data(subscription),
    )  # fmt: skip


def downgrade_later(world: World, subscription: Subscription, at: int) -> None:
    """Ask for a smaller plan from the next period on."""
    current = product_of(world, subscription)
    if current is None or subscription.group_id:
        return
    smaller = [
        product for product in world.catalogue.products
        if product.price < current.price and product.family_id == current.family_id
        and product.archived_at is None and not product.expires_after
    ]  # fmt: skip
    if smaller:
        subscription.next_product_id = world.dice(subscription.id, at, "downgrade").choice(smaller).id


def product_due(world: World, subscription: Subscription, at: int) -> None:
    """Change the plan that was asked for when the period ends; a new interval is counted from here."""
    old = product_of(world, subscription)
    if old is None or subscription.next_product_id is None:
        return
    new = world.catalogue.product(subscription.next_product_id)
    subscription.next_product_id = None
    _switch(world, subscription, old, new, at)
    subscription.anchor, subscription.anchor_periods = at, 0


def _switch(world: World, subscription: Subscription, old: Product, new: Product, at: int) -> None:
    subscription.product_id, subscription.price, subscription.terms = new.id, new.price, new.terms
    for number in subscription.component_ids:
        _reprice(world, subscription, world.store.require(SubscriptionComponent, number), new, at)
    data = {
        "previous_product_id": old.id,
        "new_product_id": new.id,
        "previous_product_price_point_id": old.price_point_id,
        "new_product_price_point_id": new.price_point_id,
        "effective_at": world.stamp(at),
    }
    message = f"Product changed from {old.name} to {new.name}"
    journal.event(world, "subscription_product_change", subscription, at, message, data)


def _reprice(
    world: World, subscription: Subscription, held: SubscriptionComponent, product: Product, at: int
) -> None:
    """A component is priced per period, so another interval takes another price point."""
    component = world.catalogue.component(held.component_id)
    old = world.catalogue.point(held.price_point_id)
    new = world.catalogue.price_point(world.catalogue.components.index(component), product.terms)
    if new is old:
        return
    held.price_point_id, held.updated_at = new.id, at
    world.store.put(held)
    # The event's key is not among those documented; its data are [I].
    data = {
        "item_id": component.id,
        "item_type": "Component",
        "item_handle": component.handle,
        "item_name": component.name,
        "previous_price_point": {"id": old.id, "handle": old.handle, "name": old.name},
        "current_price_point": {"id": new.id, "handle": new.handle, "name": new.name},
    }
    message = f"{component.name} moved from {old.name} to {new.name}"
    journal.event(world, "item_price_point_changed", subscription, at, message, data)


def seats(world: World, subscription: Subscription, at: int) -> None:
    """Change an allocated quantity: more is charged for the rest of the period, less is sometimes credited."""
    found = held(world, subscription, "quantity_based", "on_off")
    if found is None or subscription.state != "active" or subscription.group_id:
        return
    rng = world.dice(subscription.id, at, "seats")
    component = world.catalogue.component(found.component_id)
    quantity = _new_quantity(found.quantity, component.kind, rng.randrange(-4, 7))
    before, found.quantity, found.updated_at = found.quantity, quantity, at
    if quantity == before:
        return
    world.store.put(found)
    invoice = _settle_difference(world, subscription, found, before, at, credit=rng.random() < 0.5)
    allocation = allocate(world, subscription, found, before, at, "Changed in the portal", invoice)
    _allocation_event(world, subscription, found, allocation, at)
    if invoice:
        payments.collect(world, subscription, invoice, at, rng)


def _new_quantity(before: int, kind: str, change: int) -> int:
    if kind == "on_off":
        return 1 - before
    return max(0, before + (change or 1))


def _settle_difference(
    world: World,
    subscription: Subscription,
    found: SubscriptionComponent,
    before: int,
    at: int,
    *,
    credit: bool,
) -> Invoice | None:
    component, point = (
        world.catalogue.component(found.component_id),
        world.catalogue.point(found.price_point_id),
    )
    period, fraction = _rest(subscription, at)
    difference = (cost(point, found.quantity) - cost(point, before)) * CENT
    changed = abs(found.quantity - before)
    made = component_line(world, subscription, component, point, changed, abs(difference), period)
    rest = prorated(made, *fraction, f"{component.name}, prorated")
    if difference > 0:
        return issue(world, subscription, [rest], "proration", at)
    origin = world.store.get(Invoice, subscription.paid_invoice_id)
    if difference < 0 and credit and origin and rest.subtotal:
        unused = as_invoiced(world, [rest], origin)
        note = credit_note(world, subscription, origin, unused, "Prorated credit", at)
        crediting.touch_note(world, subscription, note, at)
    return None


def allocate(
    world: World,
    subscription: Subscription,
    found: SubscriptionComponent,
    before: int,
    at: int,
    memo: str | None,
    invoice: Invoice | None = None,
) -> Allocation:
    """Write down a change of an allocated quantity."""
    made = Allocation(
        id=world.number(Allocation), created_at=at, updated_at=at, subscription_id=subscription.id,
        component_id=found.component_id, price_point_id=found.price_point_id, quantity=found.quantity,
        previous=before, memo=memo, invoice_id=invoice.id if invoice else None,
    )  # fmt: skip
    world.store.put(made)
    return made


def held(world: World, subscription: Subscription, *kinds: str) -> SubscriptionComponent | None:
    """Return the subscription's first component of one of these kinds."""
    for number in subscription.component_ids:
        found = world.store.require(SubscriptionComponent, number)
        if world.catalogue.component(found.component_id).kind in kinds:
            return found
    return None


def _rest(subscription: Subscription, at: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return what is left of the period, and its share of the whole, to the second."""
    starts, ends = subscription.period_started_at or at, subscription.period_ends_at or at + 1
    return (at, ends), (ends - at, ends - starts)


def _allocation_event(
    world: World, subscription: Subscription, found: SubscriptionComponent, made: Allocation, at: int
) -> None:
    component = world.catalogue.component(found.component_id)
    data = {
        "previous_allocation": made.previous,
        "new_allocation": made.quantity,
        "component_id": component.id,
        "component_handle": component.handle,
        "memo": made.memo or "",
        "allocation_id": made.id,
        "allocated_quantity": made.quantity,
    }
    message = f"{component.name} from {made.previous} to {made.quantity} {component.unit_name}"
    journal.event(world, "component_allocation_change", subscription, at, message, data)


def usage_event(
    world: World, subscription: Subscription, found: SubscriptionComponent, quantity: int, at: int
) -> None:
    """Note metered use."""
    component = world.catalogue.component(found.component_id)
    data = {
        "previous_unit_balance": str(found.balance - quantity),
        "new_unit_balance": found.balance,
        "usage_quantity": quantity,
        "component_id": component.id,
        "component_handle": component.handle,
        "memo": "Metered",
    }
    message = f"{quantity} {component.unit_name} of {component.name}"
    journal.event(world, "metered_usage", subscription, at, message, data)


def edit_customer(world: World, subscription: Subscription, at: int) -> None:
    """The customer moves or gets another phone; what was invoiced before keeps the old address."""
    customer = world.store.require(Customer, subscription.customer_id)
    if customer.deleted_at:
        return
    rng = world.dice(subscription.id, at, "edit")
    edited = replace(customer, phone=f"+1 555 {rng.randrange(10_000):04d}", updated_at=at)
    world.store.put(edited)
    journal.customer_event(world, "customer_update", edited, at)
    fields.change(world, SEGMENT, edited, rng.choice(SEGMENT.choices), at)


def remark(world: World, subscription: Subscription, at: int) -> None:
    """Someone writes a note."""
    note = Note(
        id=world.number(Note), created_at=at, updated_at=at, subscription_id=subscription.id,
        body="Asked for an offer <b>in writing</b>.", sticky=at % 5 == 0,
    )  # fmt: skip
    world.store.put(note)
