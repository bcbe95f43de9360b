"""How the price of a component came about: which of its tiers were used for how many units."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..business.money import UNIT
from ..business.records import Tier
from .text import DECIMAL

Use = tuple[Tier, int, int]  # a tier, how many whole units fell into it, and what they cost in 1e-8


class Rate(NamedTuple):
    """What counts of a component's price point."""

    id: int
    scheme: str | None
    tiers: tuple[Tier, ...]


def cost_data(point: Rate, product_id: int | None, quantity: int, subtotal: int) -> str:
    """Write a line's component_cost_data; null for on/off components and for parts of a unit [I]."""
    if point.scheme is None or quantity % UNIT:
        return "null"
    tiers = [_tier(*use) for use in uses(point, quantity // UNIT, subtotal)]
    product = f'"product_id":{product_id},' if product_id else ""  # an integer, never null (openapi.yaml)
    return (
        '{"rates":[{'
        '"component_code_id":null,'
        f'"price_point_id":{point.id},'
        f"{product}"
        f'"quantity":{DECIMAL[quantity]},'
        f'"amount":{DECIMAL[subtotal]},'
        f'"pricing_scheme":"{point.scheme}",'
        f'"tiers":[{",".join(tiers)}]}}]}}'
    )


def uses(point: Rate, quantity: int, subtotal: int) -> Iterator[Use]:
    """Yield the tiers that were used: with `tiered` each for its share, otherwise one for all units."""
    if point.scheme != "tiered":
        yield (
            next(tier for tier in point.tiers if tier.end is None or quantity <= tier.end),
            quantity,
            subtotal,
        )
        return
    below = 0
    for tier in point.tiers:
        upto = quantity if tier.end is None else min(quantity, tier.end)
        if upto > below:
            yield tier, upto - below, (upto - below) * tier.price
        below = max(below, upto)


def _tier(tier: Tier, quantity: int, amount: int) -> str:
    return (
        f'{{"starting_quantity":{tier.start},'
        f'"ending_quantity":{tier.end or "null"},'
        f'"quantity":{DECIMAL[quantity * UNIT]},'
        f'"unit_price":{DECIMAL[tier.price]},'
        f'"amount":{DECIMAL[amount]}}}'
    )
