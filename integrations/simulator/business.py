"""Builds a small subscription business and its past from a seed."""

from __future__ import annotations

from datetime import tzinfo
from random import Random
from zoneinfo import ZoneInfo

from msgspec import Struct

from .billing import bill
from .catalogue import PLANS, families, products
from .lives import ODD_STATES, live
from .names import ADDRESSES, HOSTILE, ORGANISATIONS, PEOPLE
from .records import Customer, Invoice, Product, ProductFamily, Subscription
from .spec import SiteSpec
from .times import DAY, midnight

COUPONS = ("WELCOME10", "SPRING25", "FREE100")
PERCENT = {"WELCOME10": 10, "SPRING25": 25, "FREE100": 100}
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
    rng, zone = Random(f"{spec.seed}/{spec.region}/{spec.subdomain}"), ZoneInfo(spec.time_zone)
    opened = now - spec.months * 30 * DAY
    site_id, seller_id = rng.randrange(10_000, 99_999), rng.randrange(10_000, 99_999)
    owners = families(rng, opened)
    plans = products(rng, owners, opened, now)
    customers = _customers(spec, rng, opened, now)
    subscriptions = _subscriptions(spec, customers, plans, rng, now, zone)
    invoices = _invoices(subscriptions, rng, now, zone)
    return Business(
        site_id=site_id, seller_id=seller_id,
        families={family.id: family for family in owners},
        products={product.id: product for product in plans},
        customers={customer.id: customer for customer in customers},
        subscriptions={subscription.id: subscription for subscription in subscriptions},
        invoices={invoice.uid: invoice for invoice in invoices},
    )  # fmt: skip


def _customers(spec: SiteSpec, rng: Random, opened: int, now: int) -> list[Customer]:
    # A growing business: the exponent makes young customers more common than old ones.
    births = sorted(now - int((now - opened - DAY) * rng.random() ** 1.4) for _ in range(spec.customers))
    for index in range(spec.customers // 10):  # imported in batches: ten share a second
        births[index] = births[index - index % 10]
    number, found = rng.randrange(10_000_000, 20_000_000), []
    for index, born in enumerate(births):
        number += rng.randrange(1, 9)
        found.append(new_customer(number, index, born, now, rng))
    return found


def new_customer(number: int, index: int, born: int, now: int, rng: Random) -> Customer:
    """Return a customer; every third of the first ones has a hostile name, until each was used once."""
    hostile = index % 3 == 2 and index // 3 < len(HOSTILE)
    first, last = rng.choice(PEOPLE)
    organization = rng.choice(ORGANISATIONS)
    if hostile:
        first, last, organization = HOSTILE[index // 3]
    return Customer(
        id=number, first_name=first, last_name=last, email=f"customer{number}@mail.example",
        organization=organization, reference=f"crm-{number}" if rng.random() < 0.4 else None,
        address=rng.choice(ADDRESSES) if rng.random() < 0.8 else None,
        phone=rng.choice((None, "", "+1 555 0100")), tax_exempt=rng.random() < 0.05, parent_id=None,
        portal=rng.random() < 0.3, created_at=born,
        updated_at=min(now, born + (rng.randrange(200 * DAY) if rng.random() < 0.3 else rng.randrange(4))),
    )  # fmt: skip


def _subscriptions(
    spec: SiteSpec, customers: list[Customer], plans: list[Product], rng: Random, now: int, zone: tzinfo
) -> list[Subscription]:
    found = [
        _subscription(spec, index, customers, plans, rng, now, zone)
        for index in range(round(spec.customers * spec.subscriptions_per_customer))
    ]
    found.sort(key=lambda subscription: subscription.created_at)
    number = rng.randrange(30_000_000, 40_000_000)
    for subscription in found:
        number += rng.randrange(1, 9)
        subscription.id = number
    return found


def _subscription(
    spec: SiteSpec, index: int, customers: list[Customer], plans: list[Product], rng: Random, now: int, zone: tzinfo
) -> Subscription:
    first = index < len(customers)
    customer = customers[index] if first else rng.choice(customers)
    wait = rng.choice((0, 0, rng.randrange(3 * DAY))) if first else rng.randrange(now - customer.created_at + 1)
    created = min(now, customer.created_at + wait)
    coupon = rng.choices((None, *COUPONS), (80, 12, 7, 1))[0]
    subscription = Subscription(
        id=0, customer=customer, product=_plan(plans, created, rng), state="", created_at=created,
        updated_at=created, currency=rng.choice((spec.currency, spec.currency, *spec.non_primary_currencies)),
        collection_method="remittance" if rng.random() < 0.15 else "automatic",
        payment=rng.choices(("card", "hosted", "bank", "none"), (70, 10, 8, 12))[0],
        coupon=coupon, discount_percent=PERCENT.get(coupon or "", 0),
        has_product=created < midnight(CATALOG_DAY, zone) or rng.random() >= 0.05,
    )  # fmt: skip
    wanted = ODD_STATES[index // 8 % len(ODD_STATES)] if index % 8 == 5 else None
    live(subscription, wanted, rng, now, zone)
    return subscription


# Since 2026 a subscription may have no product (facts §3, the vendor's new catalogue).
CATALOG_DAY = 739_617  # 2026-01-01 as an ordinal


def _plan(plans: list[Product], created: int, rng: Random) -> Product:
    product = rng.choices(plans, WEIGHTS)[0]
    return plans[0] if product.archived_at and product.archived_at < created else product


WEIGHTS = tuple(plan.weight for plan in PLANS)


def _invoices(subscriptions: list[Subscription], rng: Random, now: int, zone: tzinfo) -> list[Invoice]:
    found = [invoice for subscription in subscriptions for invoice in bill(subscription, rng, now, zone)]
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
