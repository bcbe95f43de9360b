"""Proforma invoices: what the next period is going to cost, for customers who must have that in writing."""

from __future__ import annotations

from typing import Any

from . import groups, journal
from .invoicing import AHEAD, Period, held_lines, line, product_of, propose
from .money import CENT, amount
from .records import Line, Proforma, Subscription
from .times import day, step
from .world import World


def draw_up(world: World, subscription: Subscription, at: int) -> None:
    """Draw up the next period's; for a group what all members cost. A site without Relationship Invoicing has none."""
    ends = subscription.period_ends_at
    if world.spec.legacy or subscription.state != "active" or ends is None:
        return
    period = ends, step(ends, *subscription.terms, world.zone)
    payers = [subscription, *(groups.members(world, subscription) if subscription.group_id else [])]
    lines = [made for payer in payers for made in _lines(world, payer, period)]
    if lines:
        made = propose(world, subscription, lines, "proforma_adhoc", ends, at)
        message = f"Proforma invoice {made.id} issued"
        journal.event(world, "proforma_invoice_issued", subscription, at, message, _data(world, made))


def _lines(world: World, payer: Subscription, period: Period) -> list[Line]:
    """Return the lines ahead; what will be used nobody knows yet."""
    product = product_of(world, payer)
    plan = [line(world, "baseline", product.name, 1, payer.price * CENT, period, product)] if product else []
    return [*plan, *held_lines(world, payer, period, *AHEAD)]


def _data(world: World, made: Proforma) -> dict[str, Any]:
    return {
        "uid": made.uid,
        "number": str(made.id),
        "role": made.role,
        "delivery_date": day(made.due_on),
        "created_at": world.stamp(made.created_at),
        "due_amount": amount(made.total),
        "paid_amount": "0.0",
        "tax_amount": amount(made.tax),
        "total_amount": amount(made.total),
        "product_name": made.product_name,
        "line_items": [],
    }
