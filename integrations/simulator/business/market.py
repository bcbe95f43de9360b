"""Who comes: customers in the order of their arrival, and what they sign up for."""

from __future__ import annotations

from datetime import date
from random import Random

from . import agenda, changes, fields, groups, journal, lives
from .catalogue import CALLS, MONTHLY, OFFERS, PLANS, SEATS, SPACE, SUPPORT
from .extras import CONTRACT, SEGMENT
from .names import ADDRESSES, HOSTILE, ORGANISATIONS, PEOPLE
from .records import Coupon, Customer, PaymentProfile, Product, Subscription, SubscriptionComponent
from .times import DAY, midnight
from .world import World, uid

GROWTH = 1 / 1.4  # a growing business: young customers are more common than old ones
NEW_CATALOGUE = date(2026, 1, 1).toordinal()
NEVER_STARTED = (("failed_to_create", 0.03), ("awaiting_signup", 0.01), ("pending", 0.008))
LATER = ("same second", "same second", "days", "months")
Names = tuple[str, str, str | None]


def arrival(world: World, index: int, settled: int, span: int) -> int:
    """Return when a customer comes; `settled` of them come within the past `span`, the others after it."""
    if index % 10 and index % 100 < 10:
        index -= index % 10  # imported in batches: ten share a second
    share = (index + 0.5) / settled
    # Beyond the past the business keeps the pace it has reached.
    grown = share**GROWTH if share <= 1 else 1 + (share - 1) * GROWTH
    return world.opened + DAY + int((span - DAY) * grown)


def arrive(world: World, index: int, at: int) -> None:
    """Let a customer come and sign up, at once or later."""
    rng = world.dice("customer", index)
    customer = new_customer(world, _names(index, rng), at, rng)
    for _ in range(_how_many(world, rng)):
        delay = {"same second": 0, "days": rng.randrange(3 * DAY), "months": rng.randrange(200 * DAY)}
        world.expect(at + delay[rng.choice(LATER)], customer.id, rng.randrange(2**30))
    if rng.random() < 0.05 and not world.spec.legacy:
        sign_up_group(world, customer, at, rng)


def _how_many(world: World, rng: Random) -> int:
    whole, rest = divmod(world.spec.subscriptions_per_customer, 1)
    return int(whole) + (rng.random() < rest)


def new_customer(world: World, names: Names, at: int, rng: Random) -> Customer:
    """Add a customer."""
    first, last, organization = names
    number = world.number(Customer)
    customer = Customer(
        id=number, created_at=at, updated_at=at, first_name=first, last_name=last,
        email=f"customer{number}@mail.example", organization=organization,
        reference=f"crm-{number}" if rng.random() < 0.4 else None,
        address=rng.choice(ADDRESSES) if rng.random() < 0.8 else None,
        phone=rng.choice((None, "", "+1 555 0100")), tax_exempt=rng.random() < 0.05,
        parent_id=None, portal=rng.random() < 0.3,
    )  # fmt: skip
    world.store.put(customer)
    journal.customer_event(world, "customer_create", customer, at)
    if rng.random() < 0.2:
        fields.fill(world, SEGMENT, number, rng.choice(SEGMENT.choices), at)
    return customer


def _names(index: int, rng: Random) -> Names:
    """Give every third of the first customers a hostile name, until each was used once."""
    if index % 3 == 2 and index // 3 < len(HOSTILE):
        return HOSTILE[index // 3]
    return ordinary_names(rng)


def ordinary_names(rng: Random) -> Names:
    """Return first name, last name and organisation."""
    return (*rng.choice(PEOPLE), rng.choice(ORGANISATIONS))


def sign_up(world: World, customer_id: int, at: int, seed: int) -> None:
    """Make the subscription that a customer signs up for now."""
    customer = world.store.require(Customer, customer_id)
    if customer.deleted_at:
        return
    rng = world.dice(customer_id, at, seed)
    product = _plan(world, at, rng)
    subscription = new_subscription(world, customer, product, at, rng)
    equip(world, subscription, product, at, rng)
    never = next((state for state, chance in NEVER_STARTED if rng.random() < chance), None)
    if never:
        subscription.state = subscription.previous_state = never
        key = "signup_failure" if never == "failed_to_create" else "signup_success"
        journal.event(
            world, key, subscription, at, "Signed up" if key == "signup_success" else "Sign-up failed"
        )
        lives.finish(world, subscription, at)
    else:
        lives.begin(world, subscription, at)


def sign_up_group(world: World, customer: Customer, at: int, rng: Random) -> None:
    """Sign a customer up for two plans that are billed together."""
    plans = [
        product for product in world.catalogue.products if product.terms == MONTHLY and not product.trial_days
    ]
    pair = [new_subscription(world, customer, product, at, rng) for product in plans[:2]]
    for subscription in pair:
        subscription.collection_method, subscription.coupon_id = "automatic", None
        subscription.currency = pair[0].currency
        journal.event(world, "signup_success", subscription, at, "Signed up")
    groups.together(world, pair, uid("grp", at, pair[0].id), at)
    lives.activate(world, pair[0], at, "signup")
    for action in ("prepay", "propose"):  # groups are customers with a procurement department
        if rng.random() < 0.5:
            agenda.add(pair[0], at + rng.randrange(DAY, 25 * DAY), action)
    lives.finish(world, pair[0], at)


def new_subscription(
    world: World, customer: Customer, product: Product | None, at: int, rng: Random
) -> Subscription:
    """Make a subscription that has not begun; without a plan it consists of components (facts §3, 2026)."""
    spec = world.spec
    remittance = rng.random() < 0.15
    coupons = rng.choices(
        (None, *(offer.code for offer in OFFERS)), (76, *(offer.weight for offer in OFFERS))
    )
    subscription = Subscription(
        id=world.number(Subscription), created_at=at, updated_at=at, customer_id=customer.id,
        product_id=product.id if product else None, price=product.price if product else 0,
        terms=product.terms if product else MONTHLY, state="pending", previous_state="pending",
        currency=rng.choice((spec.currency, spec.currency, *spec.non_primary_currencies)),
        collection_method="remittance" if remittance else "automatic",
        payment_profile_id=None if remittance and rng.random() < 0.7 else _profile(world, customer, at, rng),
        coupon_id=_coupon_id(world, coupons[0]),
    )  # fmt: skip
    if rng.random() < 0.1:
        fields.fill(world, CONTRACT, subscription.id, f"C-{subscription.id}", at)
    world.born.append(subscription)
    return subscription


def _coupon_id(world: World, code: str | None) -> int | None:
    found: Coupon | None = next((coupon for coupon in world.catalogue.coupons if coupon.code == code), None)
    return found.id if found else None


def _profile(world: World, customer: Customer, at: int, rng: Random) -> int:
    year = date.fromordinal(at // DAY + date(1970, 1, 1).toordinal()).year
    profile = PaymentProfile(
        id=world.number(PaymentProfile), created_at=at, updated_at=at, customer_id=customer.id,
        kind=rng.choices(("card", "hosted", "bank"), (73, 12, 15))[0], first_name=customer.first_name,
        last_name=customer.last_name, address=customer.address,
        expires=(year + rng.randrange(1, 6), rng.randrange(1, 13)),
    )  # fmt: skip
    world.store.put(profile)
    return profile.id


def _plan(world: World, at: int, rng: Random) -> Product | None:
    """Choose a plan that is on sale; since 2026 one in twenty takes components only."""
    if at >= midnight(NEW_CATALOGUE, world.zone) and rng.random() < 0.05:
        return None
    product = rng.choices(world.catalogue.products, [plan.weight for plan in PLANS])[0]
    return world.catalogue.products[0] if product.archived_at and product.archived_at < at else product


def equip(world: World, subscription: Subscription, product: Product | None, at: int, rng: Random) -> None:
    """Add the components that go with a plan."""
    for index, quantity in _wanted(world, product, rng):
        component = world.catalogue.components[index]
        held = SubscriptionComponent(
            id=world.number(SubscriptionComponent), created_at=at, updated_at=at,
            subscription_id=subscription.id, component_id=component.id,
            price_point_id=world.catalogue.price_point(index, subscription.terms).id, quantity=quantity,
        )  # fmt: skip
        world.store.put(held)
        subscription.component_ids.append(held.id)
        if quantity:
            changes.allocate(world, subscription, held, 0, at, "Chosen at sign-up")


def _wanted(world: World, product: Product | None, rng: Random) -> list[tuple[int, int]]:
    if product is None:
        return [(SEATS, rng.randrange(1, 12)), (CALLS, 0)]
    if product.family_id != world.catalogue.families[0].id:
        return [(SPACE, rng.randrange(0, 700))] if rng.random() < 0.5 else []
    found = [(SEATS, rng.randrange(0, 9))] if rng.random() < 0.35 else []
    if rng.random() < 0.3:
        found.append((CALLS, 0))
    if rng.random() < 0.08:
        found.append((SUPPORT, 1))
    return found


def come_back(world: World, subscription: Subscription, at: int) -> None:
    """A customer who left signs up anew."""
    world.expect(at, subscription.customer_id, subscription.id)


lives.ACTIONS["come_back"] = come_back
