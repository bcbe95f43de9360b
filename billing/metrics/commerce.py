"""The five commerce reports: their lines, and their formulas over the sums of each period.

The reference contradicts itself in places (reference codat/facts.md §6.1). Settled here, and said in docs/commerce.md:

- The value of refunds is positive, as in the formula and the example, though a text says "always negative".
- The refund rate is a percentage, as its unit says and as all other rates are, though the example is a fraction.
- An answer is one report; the examples show a list of one, which the published clients refuse.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from billing.metrics.report import Item, Measure, Report, Value

_MONEY = Measure("Value", "currency")
_PERCENT = Measure("Percentage", "percentage", "%")
_COUNT = Measure("Count", "int", "Count")
_HUNDREDTHS = Decimal("0.01")


@dataclass(frozen=True)
class Sums:
    """What the orders of one period come to, in minor units of one currency."""

    orders: int = 0
    subtotal: int = 0
    total: int = 0
    refunded_orders: int = 0
    refunded: int = 0
    # Who ordered in the period, and those of them who had ordered before it.
    customers: int = 0
    existing: int = 0
    # Days from the first order of each of these customers to the last one within the period, added up.
    lifespan_days: Decimal = Decimal(0)


@dataclass(frozen=True)
class Metric:
    """A report, and the values of a period from its sums and those of the period before it."""

    report: Report
    values: Callable[[Sums, Sums, int], Sequence[Value]]
    needs_customers: bool = False

    def rows(self, sums: Sequence[Sums], places: int) -> list[Sequence[Value]]:
        """Return the values of each period but the first, which is there to be compared with."""
        return [self.values(now, before, places) for before, now in itertools.pairwise(sums)]


def _revenue(now: Sums, before: Sums, places: int) -> Sequence[Value]:
    growth = percentage(now.subtotal - before.subtotal, before.subtotal)
    return [money(now.subtotal, places), growth]


def _orders(now: Sums, before: Sums, places: int) -> Sequence[Value]:
    return [now.orders, money(now.total, places), _average_order(now, places)]


def _refunds(now: Sums, before: Sums, places: int) -> Sequence[Value]:
    rate = percentage(now.refunded_orders, now.orders)
    return [now.refunded_orders, money(now.refunded, places), rate]


def _retention(now: Sums, before: Sums, places: int) -> Sequence[Value]:
    new = now.customers - now.existing
    # All who ordered in the period before are its existing and its new customers.
    retained, repeated = percentage(now.existing, before.customers), percentage(now.existing, now.customers)
    return [now.existing, new, now.customers, retained, repeated]


def _lifetime_value(now: Sums, before: Sums, places: int) -> Sequence[Value]:
    if not now.customers or not now.orders:
        return [None]
    average_lifespan = now.lifespan_days / now.customers
    # Of the average order times orders per customer, the number of orders cancels out: nothing is rounded in between.
    value = Decimal(now.total).scaleb(-places) / now.customers * average_lifespan
    return [value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)]


def money(minor: int, places: int) -> Decimal:
    """Return an amount in the currency's main unit, exactly."""
    return Decimal(minor).scaleb(-places)


def percentage(part: int, whole: int) -> Decimal | None:
    """Return a percentage, to hundredths; None of nothing."""
    if not whole:
        return None
    return (Decimal(part) * 100 / Decimal(whole)).quantize(_HUNDREDTHS, ROUND_HALF_UP)


def _average_order(now: Sums, places: int) -> Decimal | None:
    if not now.orders:
        return None
    return (money(now.total, places) / now.orders).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


# By the end of their paths.
METRICS = {
    "revenue": Metric(
        Report("revenue", "Revenue", [Item("Revenue", 0), Item("Revenue growth", 1)], [_MONEY, _PERCENT]),
        _revenue,
    ),
    "orders": Metric(
        Report(
            "orders",
            "Orders",
            [Item("Number of orders", 0), Item("Total value", 1), Item("Average order value", 1)],
            [_COUNT, _MONEY],
        ),
        _orders,
    ),
    "refunds": Metric(
        Report(
            "refunds",
            "Refunds",
            [Item("Number of refunds", 0), Item("Value of refunds", 1), Item("Refund rate", 2)],
            [_COUNT, _MONEY, _PERCENT],
        ),
        _refunds,
    ),
    "customerRetention": Metric(
        Report(
            "customer_retention",
            "Customer retention",
            [
                Item("Existing customers", 0),
                Item("New customers", 0),
                Item("Total customers", 0),
                Item("Retention rate", 1),
                Item("Repeat rate", 1),
            ],
            [_COUNT, _PERCENT],
        ),
        _retention,
        needs_customers=True,
    ),
    "lifetimeValue": Metric(
        Report("lifetime_value", "Lifetime value", [Item("Lifetime value", 0)], [_MONEY]),
        _lifetime_value,
        needs_customers=True,
    ),
}
