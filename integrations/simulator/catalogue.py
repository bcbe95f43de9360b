"""What the business sells: two families of plans, some of them gone from the price list."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from .records import Product, ProductFamily
from .times import DAY

FAMILIES = (("Projects", "projects", "Planning for small teams"), ("Add-on Storage", "storage", None))


class Plan(NamedTuple):
    """A price list row; `weight` is how often customers choose it."""

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


PLANS = (
    Plan(0, "Team Monthly", "team-monthly", "Five seats, billed every month", 4_900, 1, "month", 30, 14),
    Plan(0, "Business Monthly", "business-monthly", "Twenty seats", 14_900, 1, "month", 18, 0, 10_000),
    Plan(0, "Team Annual", "team-annual", "Five seats, two months free", 49_000, 12, "month", 20, 30),
    Plan(0, "Business Quarterly", "business-quarterly", None, 42_000, 3, "month", 14),
    Plan(0, "Pilot, 10 days", "pilot-10-day", "For events", 1_999, 10, "day", 4),
    Plan(0, "Founders Monthly", "founders", "No longer sold", 2_900, 1, "month", 5, archived=True),
    Plan(1, "Storage 100 GB", "storage-100", "Backed up", 999, 1, "month", 6),
    Plan(1, "Storage, one year", "storage-year", "", 9_900, 12, "month", 3, 0, 0, 12),
    Plan(1, "Cold Storage", "cold-storage", "Archived plan", 499, 3, "month", 2, archived=True),
)


def families(rng: Random, opened: int) -> list[ProductFamily]:
    """Return the product families, as old as the business."""
    first = rng.randrange(1_000_000, 2_000_000)
    return [
        ProductFamily(first + index * 7, name, handle, description, opened + index * 60, opened + index * 60)
        for index, (name, handle, description) in enumerate(FAMILIES)
    ]


def products(rng: Random, owners: list[ProductFamily], opened: int, now: int) -> list[Product]:
    """Return one product per plan."""
    first = rng.randrange(5_000_000, 6_000_000)
    return [
        _product(first + index * 11, plan, owners, opened + 600 * index, now)
        for index, plan in enumerate(PLANS)
    ]


def _product(number: int, plan: Plan, owners: list[ProductFamily], created: int, now: int) -> Product:
    archived = (created + now) // 2 if plan.archived else None
    return Product(
        id=number, family=owners[plan.family], name=plan.name, handle=plan.handle,
        description=plan.description, price=plan.price, interval=plan.interval, interval_unit=plan.unit,
        trial_days=plan.trial_days, setup_fee=plan.setup_fee, expires_after=plan.expires_after,
        archived_at=archived, created_at=created, updated_at=archived or min(now, created + 3 * DAY),
    )  # fmt: skip
