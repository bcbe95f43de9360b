"""Subscriptions of one customer that are billed together: children of one parent invoice."""

from __future__ import annotations

from random import Random

from msgspec.structs import replace

from . import agenda, journal, mrr, payments
from .invoicing import issue, plan_lines
from .records import Group, Line, Subscription
from .world import World


def bill(world: World, primary: Subscription, lines: list[Line], role: str, at: int, rng: Random) -> None:
    """Issue a child invoice to every member and collect their sum as the parent."""
    shares = [(primary, lines)]
    for member in members(world, primary):
        _follow(world, member, primary, at)
        period = primary.period_started_at or at, primary.period_ends_at or at
        shares.append((member, plan_lines(world, member, period, first=member.periods == 1)))
    parent = issue(world, primary, [line for _, found in shares for line in found], role, at, level="parent")
    for subscription, found in shares:
        child = issue(world, replace(subscription), found, role, at, level="child", parent_id=parent.id)
        world.store.put(child)
    for member, _ in shares[1:]:
        mrr.settle(world, member, at)
        world.store.put(member)
    payments.collect(world, primary, parent, at, rng)


def members(world: World, primary: Subscription) -> list[Subscription]:
    """Return the members of a group besides the primary one."""
    group = world.store.require(Group, primary.group_id)
    return world.store.many(
        Subscription, [number for number in group.subscription_ids if number != primary.id]
    )


def _follow(world: World, member: Subscription, primary: Subscription, at: int) -> None:
    """A member's periods are those of the primary subscription."""
    journal.turned(world, member, "active", at)
    member.activated_at = member.activated_at or at
    member.periods += 1
    member.period_started_at, member.period_ends_at = primary.period_started_at, primary.period_ends_at
    member.updated_at = at


def ended(world: World, primary: Subscription, at: int, state: str) -> None:
    """When the primary subscription ends, so does the group."""
    if primary.group_id is None:
        return
    for member in members(world, primary):
        journal.turned(world, member, state, at)
        agenda.drop(member)
        if state == "canceled":
            member.canceled_at, member.cancellation_method = at, primary.cancellation_method
        member.updated_at = at
        mrr.settle(world, member, at)
        world.store.put(member)
    group = world.store.require(Group, primary.group_id)
    group.updated_at = at
    world.store.put(group)


def together(world: World, subscriptions: list[Subscription], uid: str, at: int) -> None:
    """Make a group of subscriptions, the first one primary."""
    group = Group(
        id=world.number(Group), created_at=at, updated_at=at, uid=uid,
        customer_id=subscriptions[0].customer_id,
        subscription_ids=tuple(subscription.id for subscription in subscriptions),
    )  # fmt: skip
    world.store.put(group)
    for subscription in subscriptions:
        subscription.group_id = group.id
        world.store.put(subscription)
