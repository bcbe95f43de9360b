"""The truth about monthly recurring revenue, by rules that are stated with it."""

from __future__ import annotations

from .catalogue import cost
from .records import Customer, Movement, Subscription, SubscriptionComponent, Terms
from .times import month_of
from .world import World

RULES = (
    "A subscription counts while its state is active, assessing, past_due or soft_failure, and not otherwise.",
    "It counts with the price of its plan and of its recurring components (quantity-based and on/off).",
    "Discounts, taxes, metered use, setup fees and other one-off charges are left out.",
    "A period of n months counts with 1/n, one of n days with 365/(12 n) of its price.",
    "The sum is rounded half up to cents, once for each subscription.",
    "Amounts are kept by currency and never added across currencies.",
    "Movements are those of a customer within a currency, across all of the customer's subscriptions.",
    "From nothing it is new the first time and reactivation later; to nothing it is churn.",
    "Anything between is expansion or contraction.",
    "What happens to a customer in one second is one movement; it counts in the month of the site's calendar.",
)
LIVE = ("active", "assessing", "past_due", "soft_failure")


def monthly(cents: int, terms: Terms) -> int:
    """Return a price per period as cents a month, rounded half up."""
    count, unit = terms
    numerator, denominator = (cents, count) if unit == "month" else (cents * 365, 12 * count)
    return (2 * numerator + denominator) // (2 * denominator)


def worth(world: World, subscription: Subscription) -> int:
    """Return what a subscription counts with now, in cents a month."""
    if subscription.state not in LIVE:
        return 0
    return monthly(subscription.price + recurring(world, subscription), subscription.terms)


def recurring(world: World, subscription: Subscription) -> int:
    """Return what its recurring components cost a period, in cents."""
    return sum(_cost(world, number) for number in subscription.component_ids)


def _cost(world: World, number: int) -> int:
    held = world.store.require(SubscriptionComponent, number)
    if world.catalogue.component(held.component_id).kind == "metered":
        return 0
    return cost(world.catalogue.point(held.price_point_id), held.quantity)


def settle(world: World, subscription: Subscription, at: int) -> None:
    """Write down the movement when a subscription's worth has changed."""
    value = worth(world, subscription)
    change, subscription.mrr = value - subscription.mrr, value
    if not change:
        return
    customer = world.store.require(Customer, subscription.customer_id)
    before = customer.mrr.get(subscription.currency)
    customer.mrr[subscription.currency] = (before or 0) + change
    world.store.put(customer)
    world.store.put(_movement(world, subscription, category(before, change), change, at))


def _movement(world: World, subscription: Subscription, name: str, change: int, at: int) -> Movement:
    return Movement(
        id=world.number(Movement), created_at=at, updated_at=at, customer_id=subscription.customer_id,
        subscription_id=subscription.id, currency=subscription.currency, category=name, amount=change,
        month=month_of(at, world.zone),
    )  # fmt: skip


def category(before: int | None, change: int) -> str:
    """Name a change; `before` is null when the customer never had anything in this currency."""
    if not before:
        return "new" if before is None else "reactivation"
    if before + change == 0:
        return "churn"
    return "expansion" if change > 0 else "contraction"
