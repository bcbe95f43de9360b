"""What the business sells: plans, components and coupons, some of them gone from the price list."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from msgspec import Struct

from .money import CENT, UNIT
from .records import Component, ComponentPricePoint, Coupon, PricePoint, Product, ProductFamily, Terms, Tier
from .times import DAY

FAMILIES = (("Projects", "projects", "Planning for small teams"), ("Add-on Storage", "storage", None))


class Plan(NamedTuple):
    """A price list row; `weight` is how often customers choose it, `upgrade` what they move on to."""

    family: int
    name: str
    handle: str
    description: str | None
    price: int
    interval: int
    unit: str
    weight: int
    trial_days: int = 0
    setup_fee: int = 0
    expires_after: int | None = None
    archived: bool = False
    upgrade: str | None = None


PLANS = (
    Plan(0, "Team Monthly", "team-monthly", "Five seats, billed every month", 4_900, 1, "month", 30, 14,
         upgrade="business-monthly"),
    Plan(0, "Business Monthly", "business-monthly", "Twenty seats", 14_900, 1, "month", 18, 0, 10_000),
    Plan(0, "Team Annual", "team-annual", "Five seats, two months free", 49_000, 12, "month", 20, 30),
    Plan(0, "Business Quarterly", "business-quarterly", None, 42_000, 3, "month", 14),
    Plan(0, "Pilot, 10 days", "pilot-10-day", "For events", 1_999, 10, "day", 1),
    Plan(0, "Weekly Crew", "weekly-crew", "Paid by the week", 1_490, 7, "day", 1),
    Plan(0, "Founders Monthly", "founders", "No longer sold", 2_900, 1, "month", 5, archived=True,
         upgrade="team-monthly"),
    Plan(1, "Storage 100 GB", "storage-100", "Backed up", 999, 1, "month", 6, upgrade="storage-500"),
    Plan(1, "Storage 500 GB", "storage-500", "Backed up", 2_999, 1, "month", 3),
    Plan(1, "Storage, one year", "storage-year", "", 9_900, 12, "month", 3, 0, 0, 12),
    Plan(1, "Cold Storage", "cold-storage", "Archived plan", 499, 3, "month", 2, archived=True),
)  # fmt: skip
MONTHLY: Terms = (1, "month")
QUARTERLY: Terms = (3, "month")
YEARLY: Terms = (12, "month")
# A component costs what its price point says per period, so each interval has a price point of its own.
POINTS = (("Original", MONTHLY, 100), ("Quarterly", QUARTERLY, 300), ("Annual", YEARLY, 1_000))
SEATS, CALLS, SUPPORT, SPACE, FAX = range(5)


class Extra(NamedTuple):
    """A component; `steps` are the first units of its tiers and their prices in 1e-8 of the currency."""

    family: int
    name: str
    handle: str
    kind: str
    unit_name: str
    scheme: str | None
    steps: tuple[tuple[int, int], ...]
    archived: bool = False


EXTRAS = (
    Extra(0, "Extra seats", "extra-seats", "quantity_based", "seat", "per_unit", ((1, 9 * UNIT),)),
    Extra(0, "API calls", "api-calls", "metered", "call", "tiered",
          ((0, 9_567_901), (1_001, 4_000_000), (5_001, 1))),
    Extra(0, "Priority support", "priority-support", "on_off", "on/off", None, ((1, 100 * UNIT),)),
    Extra(1, "Extra space", "extra-space", "quantity_based", "GB", "volume",
          ((1, 50_000_000), (100, 33_333_333), (500, 25_000_000))),
    Extra(0, "Fax lines", "fax-lines", "quantity_based", "line", "stairstep",
          ((1, 5 * UNIT), (11, 40 * UNIT)), archived=True),
)  # fmt: skip


class Offer(NamedTuple):
    """A coupon: percent or cents, for how many periods (none: for ever)."""

    code: str
    name: str
    weight: int
    percent: int | None
    amount: int | None = None
    uses: int | None = None
    archived: bool = False
    subcodes: tuple[str, ...] = ()
    only: str | None = None  # the handle of the plan that it is restricted to


OFFERS = (
    Offer("WELCOME10", "Welcome, 10 %", 10, 10, uses=1, subcodes=("WELCOME10-FAIR", "WELCOME10-CLUB")),
    Offer("SPRING25", "A quarter off for half a year", 6, 25, uses=6),
    Offer("LOYAL5", "Five per cent, for ever", 4, 5),
    Offer("MINUS5", "Five off the first bill", 3, None, amount=500, uses=1),
    Offer("FREE100", "Three periods free", 1, 100, uses=3),
    Offer("LAUNCH50", "Half off at launch", 0, 50, uses=1, archived=True, only="founders"),
)


class Catalogue(Struct):
    """Everything on sale, by id and in the order of the tables above."""

    families: list[ProductFamily]
    products: list[Product]
    price_points: list[PricePoint]
    components: list[Component]
    component_price_points: list[ComponentPricePoint]
    coupons: list[Coupon]

    def product(self, number: int) -> Product:
        """Return a product by its id."""
        return next(product for product in self.products if product.id == number)

    def component(self, number: int) -> Component:
        """Return a component by its id."""
        return next(component for component in self.components if component.id == number)

    def point(self, number: int) -> ComponentPricePoint:
        """Return a component's price point by its id."""
        return next(point for point in self.component_price_points if point.id == number)

    def upgrade(self, product: Product) -> Product | None:
        """Return the plan that customers of this one move on to."""
        handle = next(plan.upgrade for plan in PLANS if plan.handle == product.handle)
        return next((found for found in self.products if found.handle == handle), None)

    def price_point(self, component: int, terms: Terms) -> ComponentPricePoint:
        """Return a component's price per period of that length; odd periods have the monthly price."""
        wanted = next((index for index, (_, found, _) in enumerate(POINTS) if found == terms), 0)
        return self.component_price_points[component * len(POINTS) + wanted]


def build(rng: Random, opened: int, now: int) -> Catalogue:
    """Return a catalogue as old as the business; what is archived went half-way between then and now."""
    families = [
        ProductFamily(id=rng.randrange(1_000_000, 1_000_100) + index * 700, name=name, handle=handle,
                      description=description, created_at=opened + index * 60, updated_at=opened + index * 60)
        for index, (name, handle, description) in enumerate(FAMILIES)
    ]  # fmt: skip
    gone = (opened + now) // 2
    products = _products(rng, families, opened, gone)
    components = _components(rng, families, opened, gone)
    return Catalogue(
        families=families,
        products=products,
        price_points=[point for product in products for point in _price_points(product)],
        components=components,
        component_price_points=[
            point for component, extra in zip(components, EXTRAS, strict=True)
            for point in _component_price_points(component, extra)
        ],
        coupons=_coupons(rng, products, opened, gone),
    )  # fmt: skip


def _products(rng: Random, families: list[ProductFamily], opened: int, gone: int) -> list[Product]:
    first = rng.randrange(5_000_000, 6_000_000)
    return [
        Product(
            id=first + index * 11, family_id=families[plan.family].id, name=plan.name, handle=plan.handle,
            description=plan.description, price=plan.price, interval=plan.interval, interval_unit=plan.unit,
            trial_days=plan.trial_days, setup_fee=plan.setup_fee, expires_after=plan.expires_after,
            price_point_id=first + 500_000 + index * 10, archived_at=gone if plan.archived else None,
            created_at=opened + 600 * index,
            updated_at=gone if plan.archived else opened + 600 * index + 3 * DAY,
        )
        for index, plan in enumerate(PLANS)
    ]  # fmt: skip


def _price_points(product: Product) -> list[PricePoint]:
    """Return the product's own price, a better one for partners, and for some one that was withdrawn."""
    points = [_price_point(product, 0, "Original", "default", product.price)]
    if product.archived_at is None:
        points.append(_price_point(product, 1, "Partner", "catalog", product.price * 9 // 10))
    if product.id % 2:
        points.append(_price_point(product, 2, "Introductory", "catalog", product.price // 2))
        points[-1].archived_at = points[-1].updated_at = product.created_at + 30 * DAY
    return points


def _price_point(product: Product, index: int, name: str, kind: str, price: int) -> PricePoint:
    return PricePoint(
        id=product.price_point_id + index, product_id=product.id, name=name, kind=kind, price=price,
        handle=f"{product.handle}-{name.lower()}", interval=product.interval,
        interval_unit=product.interval_unit, trial_days=product.trial_days, setup_fee=product.setup_fee,
        expires_after=product.expires_after, created_at=product.created_at + index * DAY,
        updated_at=product.created_at + index * DAY,
    )  # fmt: skip


def _components(rng: Random, families: list[ProductFamily], opened: int, gone: int) -> list[Component]:
    first = rng.randrange(900_000, 990_000)
    return [
        Component(
            id=first + index * 3, family_id=families[extra.family].id, name=extra.name, handle=extra.handle,
            description=None, kind=extra.kind, unit_name=extra.unit_name,
            price_point_id=first + 1_000_000 + index * 100, archived_at=gone if extra.archived else None,
            created_at=opened + 9_000 + 60 * index, updated_at=gone if extra.archived else opened + 9_000 + 60 * index,
        )
        for index, extra in enumerate(EXTRAS)
    ]  # fmt: skip


def _component_price_points(component: Component, extra: Extra) -> list[ComponentPricePoint]:
    return [
        ComponentPricePoint(
            id=component.price_point_id + index, component_id=component.id, name=name,
            handle=f"{extra.handle}-{name.lower()}", kind="catalog" if index else "default",
            scheme=extra.scheme, tiers=_tiers(component.price_point_id * 10 + index * 5, extra, percent),
            created_at=component.created_at, updated_at=component.created_at,
        )
        for index, (name, _, percent) in enumerate(POINTS)
    ]  # fmt: skip


def _tiers(first: int, extra: Extra, percent: int) -> tuple[Tier, ...]:
    ends = [start - 1 for start, _ in extra.steps[1:]] + [None]
    return tuple(
        Tier(first + index, start, end, price * percent // 100)
        for index, ((start, price), end) in enumerate(zip(extra.steps, ends, strict=True))
    )


def _coupons(rng: Random, products: list[Product], opened: int, gone: int) -> list[Coupon]:
    first = rng.randrange(700_000, 800_000)
    plans = {product.handle: product.id for product in products}
    return [
        Coupon(
            id=first + index * 4, family_id=products[0].family_id, code=offer.code, name=offer.name,
            description=offer.name, percent=offer.percent, amount=offer.amount, uses=offer.uses,
            starts_at=opened, archived_at=gone if offer.archived else None, subcodes=offer.subcodes,
            created_at=opened + 12_000 + index, updated_at=gone if offer.archived else opened + 12_000 + index,
            only_product_id=plans[offer.only] if offer.only else None,
        )
        for index, offer in enumerate(OFFERS)
    ]  # fmt: skip


def cost(point: ComponentPricePoint, quantity: int) -> int:
    """Return what a quantity of whole units costs, in cents rounded half up, by the pricing scheme."""
    return (COSTS[point.scheme](point.tiers, quantity) + CENT // 2) // CENT if quantity > 0 else 0


def _per_unit(tiers: tuple[Tier, ...], quantity: int) -> int:
    return tiers[0].price * quantity


def _volume(tiers: tuple[Tier, ...], quantity: int) -> int:
    return _tier(tiers, quantity).price * quantity


def _stairstep(tiers: tuple[Tier, ...], quantity: int) -> int:
    return _tier(tiers, quantity).price


def _tiered(tiers: tuple[Tier, ...], quantity: int) -> int:
    """Each unit at the price of the tier it falls into."""
    total, below = 0, 0
    for tier in tiers:
        upto = quantity if tier.end is None else min(quantity, tier.end)
        total += max(0, upto - below) * tier.price
        below = max(below, upto)
    return total


def _tier(tiers: tuple[Tier, ...], quantity: int) -> Tier:
    return next(tier for tier in tiers if tier.end is None or quantity <= tier.end)


COSTS = {
    None: _per_unit,
    "per_unit": _per_unit,
    "volume": _volume,
    "stairstep": _stairstep,
    "tiered": _tiered,
}
