"""Builds a small subscription business and its past from a seed."""

from __future__ import annotations

from datetime import date
from random import Random
from zoneinfo import ZoneInfo

from msgspec import Struct

from .billing import bill
from .catalogue import PLANS, families, products
from .lives import ODD_STATES, live
from .names import ADDRESSES, HOSTILE, ORGANISATIONS, PEOPLE
from .records import Customer, Invoice, Product, ProductFamily, Subscription
from .spec import SiteSpec, World
from .times import DAY, midnight

COUPONS = {"WELCOME10": 10, "SPRING25": 25, "FREE100": 100}
WEIGHTS = tuple(plan.weight for plan in PLANS)
# Since 2026 a subscription may have no product (facts §3, the vendor's new catalogue).
NEW_CATALOGUE = date(2026, 1, 1).toordinal()
Names = tuple[str, str, str | None]
UID_LETTERS = "23456789bcdfghjkmnpqrstvwxyz"


class Business(Struct):
    """Everything a site knows, keyed as the vendor addresses it, oldest first."""

    site_id: int
    seller_id: int
    families: dict[int, ProductFamily]
    products: dict[int, Product]
    customers: dict[int, Customer]
    subscriptions: dict[int, Subscription]
    invoices: dict[str, Invoice]


def build(spec: SiteSpec, now: int) -> Business:
    """Return the business as of `now`; the same spec and the same second give the same business."""
    rng = Random(f"{spec.seed}/{spec.region}/{spec.subdomain}")
    world = World(rng, now, ZoneInfo(spec.time_zone))
    site_id, seller_id = rng.randrange(10_000, 99_999), rng.randrange(10_000, 99_999)
    opened = now - spec.months * 30 * DAY
    owners = families(rng, opened)
    plans = products(rng, owners, opened, now)
    customers = _customers(spec.customers, opened, world)
    subscriptions = _subscriptions(spec, customers, plans, world)
    return Business(
        site_id=site_id,
        seller_id=seller_id,
        families={family.id: family for family in owners},
        products={product.id: product for product in plans},
        customers={customer.id: customer for customer in customers},
        subscriptions={subscription.id: subscription for subscription in subscriptions},
        invoices={invoice.uid: invoice for invoice in _invoices(subscriptions, world)},
    )


def _customers(count: int, opened: int, world: World) -> list[Customer]:
    rng, now = world.rng, world.now
    # A growing business: the exponent makes young customers more common than old ones.
    births = sorted(now - int((now - opened - DAY) * rng.random() ** 1.4) for _ in range(count))
    for index in range(count // 10):  # imported in batches: ten share a second
        births[index] = births[index - index % 10]
    number, found = rng.randrange(10_000_000, 20_000_000), []
    for index, born in enumerate(births):
        number += rng.randrange(1, 9)
        found.append(new_customer(number, _names(index, rng), born, now, rng))
    return found


def _names(index: int, rng: Random) -> Names:
    """Give every third of the first customers a hostile name, until each was used once."""
    if index % 3 == 2 and index // 3 < len(HOSTILE):
        return HOSTILE[index // 3]
    return ordinary_names(rng)


def ordinary_names(rng: Random) -> Names:
    """Return first name, last name and organisation."""
    return (*rng.choice(PEOPLE), rng.choice(ORGANISATIONS))


def new_customer(number: int, names: Names, born: int, now: int, rng: Random) -> Customer:
    """Return a customer made at `born`; some were edited since."""
    first, last, organization = names
    return Customer(
        id=number,
        first_name=first,
        last_name=last,
        email=f"customer{number}@mail.example",
        organization=organization,
        reference=f"crm-{number}" if rng.random() < 0.4 else None,
        address=rng.choice(ADDRESSES) if rng.random() < 0.8 else None,
        phone=rng.choice((None, "", "+1 555 0100")),
        tax_exempt=rng.random() < 0.05,
        parent_id=None,
        portal=rng.random() < 0.3,
        created_at=born,
        updated_at=min(now, born + rng.randrange(200 * DAY if rng.random() < 0.3 else 4)),
    )


def _subscriptions(
    spec: SiteSpec, customers: list[Customer], plans: list[Product], world: World
) -> list[Subscription]:
    count = round(spec.customers * spec.subscriptions_per_customer)
    found = []
    for index in range(count):
        customer = customers[index] if index < len(customers) else world.rng.choice(customers)
        subscription = _sign_up(spec, customer, plans, world)
        live(subscription, ODD_STATES[index // 8 % len(ODD_STATES)] if index % 8 == 5 else None, world)
        found.append(subscription)
    found.sort(key=lambda subscription: subscription.created_at)
    number = world.rng.randrange(30_000_000, 40_000_000)
    for subscription in found:
        number += world.rng.randrange(1, 9)
        subscription.id = number
    return found


def _sign_up(spec: SiteSpec, customer: Customer, plans: list[Product], world: World) -> Subscription:
    rng = world.rng
    created = _signup_time(customer, world)
    coupon = rng.choices((None, *COUPONS), (80, 12, 7, 1))[0]
    return Subscription(
        id=0,
        customer=customer,
        product=_plan(plans, created, rng),
        state="",
        created_at=created,
        updated_at=created,
        currency=rng.choice((spec.currency, spec.currency, *spec.non_primary_currencies)),
        collection_method="remittance" if rng.random() < 0.15 else "automatic",
        payment=rng.choices(("card", "hosted", "bank", "none"), (70, 10, 8, 12))[0],
        coupon=coupon,
        discount_percent=COUPONS.get(coupon or "", 0),
        has_product=created < midnight(NEW_CATALOGUE, world.zone) or rng.random() >= 0.05,
    )


def _signup_time(customer: Customer, world: World) -> int:
    """Return when a customer subscribes: often in the second the customer is made, else some time later."""
    rng = world.rng
    later = rng.choice((0, 0, rng.randrange(3 * DAY), rng.randrange(world.now - customer.created_at + 1)))
    return min(world.now, customer.created_at + later)


def _plan(plans: list[Product], created: int, rng: Random) -> Product:
    product = rng.choices(plans, WEIGHTS)[0]
    return plans[0] if product.archived_at and product.archived_at < created else product


def _invoices(subscriptions: list[Subscription], world: World) -> list[Invoice]:
    found = [invoice for subscription in subscriptions for invoice in bill(subscription, world)]
    found.sort(key=lambda invoice: invoice.created_at)
    for number, invoice in enumerate(found, start=1):
        invoice.number = number
        invoice.uid = uid(invoice.created_at, number)
    return found


def uid(created: int, number: int) -> str:
    """Return an invoice uid in the vendor's style: a prefix and thirteen letters."""
    value, letters = created * 10_000_000 + number, ""
    for _ in range(13):
        value, index = divmod(value, len(UID_LETTERS))
        letters = UID_LETTERS[index] + letters
    return f"inv_{letters}"
