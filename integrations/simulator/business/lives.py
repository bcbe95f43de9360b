"""How a subscription lives: trial, activation, one period after the other, and its end."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from . import agenda, changes, crediting, groups, journal, mrr, payments, prepayments, proformas
from .invoicing import issue, plan_lines, product_of
from .records import Subscription, Usage
from .times import DAY, step
from .world import World

TRIAL_WON = 0.62
TRIAL_NOTICE = 3 * DAY
RENEWAL_NOTICE = 7 * DAY
SUSPENDED_THEN_GONE = 300 * DAY
MONTH = 30 * DAY
LONGEST = 6  # a year sees no more changes than half a year
# What may happen within a month, and how likely it is.
CHANCES = {
    "upgrade": 0.02, "downgrade_later": 0.012, "seats": 0.07, "cancel": 0.01, "cancel_later": 0.028,
    "hold": 0.012, "refund": 0.012, "goodwill": 0.012, "edit_customer": 0.03, "remark": 0.015,
    "prepay": 0.006, "propose": 0.006, "postpone": 0.005,
}  # fmt: skip
TOGETHER = (
    "cancel",
    "cancel_later",
    "edit_customer",
    "remark",
    "prepay",
    "propose",
)  # what may happen to a group
REACTIVATED = 0.10
COMES_BACK = 0.06
METHODS = ("merchant_ui", "merchant_api", "billing_portal", "unknown", "imported")
Action = Callable[[World, Subscription, int], None]


def run(world: World, subscription: Subscription) -> None:
    """Do the next thing on a subscription's agenda and write down what it changed."""
    at, action = agenda.take(subscription)
    ACTIONS[action](world, subscription, at)
    finish(world, subscription, at)


def finish(world: World, subscription: Subscription, at: int) -> None:
    """Keep a subscription that changed, and the movement of its revenue if there is one."""
    subscription.updated_at = at
    mrr.settle(world, subscription, at)
    world.store.put(subscription)


def begin(world: World, subscription: Subscription, at: int) -> None:
    """Start a new subscription: on trial when its plan has one, else with its first bill."""
    product = product_of(world, subscription)
    journal.event(world, "signup_success", subscription, at, "Signed up")
    if product and product.trial_days:
        subscription.state = "trialing"
        subscription.trial_started_at, subscription.trial_ended_at = at, at + product.trial_days * DAY
        agenda.add(subscription, subscription.trial_ended_at - TRIAL_NOTICE, "trial_notice")
        agenda.add(subscription, subscription.trial_ended_at, "end_trial")
    else:
        activate(world, subscription, at, "signup")
    finish(world, subscription, at)


def activate(world: World, subscription: Subscription, at: int, role: str) -> None:
    """Turn a subscription on: its periods are counted from here."""
    journal.turned(world, subscription, "active", at)
    subscription.activated_at = at
    subscription.anchor, subscription.anchor_periods = at, 0
    product = product_of(world, subscription)
    if product and product.expires_after and subscription.expires_at is None:
        subscription.expires_at = step(at, product.expires_after, "month", world.zone)
    begin_period(world, subscription, at, role)


def begin_period(world: World, subscription: Subscription, at: int, role: str) -> None:
    """Bill the period that begins, plan its end and what happens until then."""
    rng = world.dice(subscription.id, at, "period")
    count, unit = subscription.terms
    subscription.periods += 1
    subscription.anchor_periods += 1
    ends = step(subscription.anchor, count * subscription.anchor_periods, unit, world.zone)
    lines = plan_lines(world, subscription, (at, ends), first=subscription.periods == 1)
    subscription.period_started_at, subscription.period_ends_at = at, ends
    _plan_renewal(subscription, at, ends)
    if subscription.group_id:
        groups.bill(world, subscription, lines, role, at, rng)
    elif lines:
        payments.collect(world, subscription, issue(world, subscription, lines, role, at), at, rng)
    _plan_ahead(world, subscription, at, ends, rng)


def _plan_renewal(subscription: Subscription, starts: int, ends: int) -> None:
    """Renew when the period ends; who pays for more than a month is told before."""
    agenda.add(subscription, ends, "renew")
    if ends - starts > 2 * MONTH:
        agenda.add(subscription, ends - RENEWAL_NOTICE, "renewal_notice")


def _plan_ahead(world: World, subscription: Subscription, starts: int, ends: int, rng: Random) -> None:
    months = min(LONGEST, (ends - starts) / MONTH)
    for action, chance in CHANCES.items():
        if rng.random() < chance * months and (action in TOGETHER or not subscription.group_id):
            agenda.add(subscription, rng.randrange(starts + 60, ends - 60), action)
    for _ in range(min(3, 1 + int(months))):
        if subscription.component_ids and rng.random() < 0.7:
            agenda.add(subscription, rng.randrange(starts + 60, ends - 60), "use")


def _renew(world: World, subscription: Subscription, at: int) -> None:
    if subscription.delayed_cancel_at:
        _end(world, subscription, at, "canceled", world.dice(subscription.id, at).choice(METHODS))
    elif subscription.expires_at and subscription.expires_at <= at:
        _end(world, subscription, at, "expired", None)
    else:
        changes.product_due(world, subscription, at)
        attempts = subscription.attempts
        begin_period(world, subscription, at, "renewal")
        key = "renewal_failure" if subscription.attempts > attempts else "renewal_success"
        journal.event(world, key, subscription, at, "Renewal", payments.product_data(subscription))
        payments.warn_of_card(world, subscription, at)


def _end_trial(world: World, subscription: Subscription, at: int) -> None:
    rng = world.dice(subscription.id, at, "trial")
    if rng.random() < TRIAL_WON:
        activate(world, subscription, at, "signup")
    elif rng.random() < 0.5:
        journal.turned(world, subscription, "trial_ended", at)
    else:
        _end(world, subscription, at, "canceled", "merchant_api")


def _trial_notice(world: World, subscription: Subscription, at: int) -> None:
    journal.event(world, "trial_end_notice", subscription, at, "The trial is about to end")


def _renewal_notice(world: World, subscription: Subscription, at: int) -> None:
    if not subscription.delayed_cancel_at:
        journal.event(
            world, "upcoming_renewal_notice", subscription, at, "The subscription is about to renew"
        )


def _postpone(world: World, subscription: Subscription, at: int) -> None:
    """Bill some days later than planned; the periods that follow are counted from there."""
    ends = subscription.period_ends_at
    if subscription.state != "active" or subscription.delayed_cancel_at or ends is None:
        return
    later = step(ends, world.dice(subscription.id, at, "postpone").randrange(1, 10), "day", world.zone)
    agenda.drop(subscription, "renew", "renewal_notice")
    _plan_renewal(subscription, at, later)
    subscription.postponed_from = ends
    subscription.period_ends_at = subscription.anchor = later
    subscription.anchor_periods = 0
    journal.event(world, "billing_date_change", subscription, at, "Billing date changed")


def _end(world: World, subscription: Subscription, at: int, state: str, method: str | None) -> None:
    """End a subscription; some customers return, to the same one or with a new one."""
    journal.turned(world, subscription, state, at)
    agenda.drop(subscription)
    subscription.delayed_cancel_at = subscription.next_product_id = None
    subscription.attempts = 0
    if state == "canceled":
        subscription.canceled_at, subscription.cancellation_method = at, method
        subscription.cancellation_message = "Closed the shop"
        subscription.reason_code = world.dice(subscription.id, at, "reason").choice((None, "COST", "MOVED"))
    rng = world.dice(subscription.id, at, "return")
    if subscription.open_invoice_ids and subscription.collection_method == "remittance":
        agenda.add(subscription, at + rng.randrange(DAY, 40 * DAY), "transfer")
    fate = rng.random()
    if fate < REACTIVATED and subscription.group_id is None:
        agenda.add(subscription, at + rng.randrange(20 * DAY, 200 * DAY), "reactivate")
    elif fate < REACTIVATED + COMES_BACK:
        agenda.add(subscription, at + rng.randrange(20 * DAY, 300 * DAY), "come_back")
    groups.ended(world, subscription, at, state)


def _cancel(world: World, subscription: Subscription, at: int) -> None:
    _end(world, subscription, at, "canceled", world.dice(subscription.id, at).choice(METHODS))


def _cancel_later(world: World, subscription: Subscription, at: int) -> None:
    """Ask for an end with the paid period; one in six thinks better of it."""
    subscription.delayed_cancel_at = subscription.period_ends_at
    data = {"cancellation_state": "requested", "cancels_at": world.stamp(subscription.period_ends_at)}
    journal.event(world, "pending_cancellation_change", subscription, at, "Cancellation requested", data)
    rng = world.dice(subscription.id, at, "regret")
    if rng.random() < 1 / 6 and subscription.period_ends_at and subscription.period_ends_at - at > DAY:
        agenda.add(subscription, rng.randrange(at + 60, subscription.period_ends_at - 60), "stay")


def _stay(world: World, subscription: Subscription, at: int) -> None:
    data = {"cancellation_state": "canceled", "cancels_at": world.stamp(subscription.delayed_cancel_at)}
    subscription.delayed_cancel_at = None
    journal.event(world, "pending_cancellation_change", subscription, at, "Cancellation withdrawn", data)


def _retry(world: World, subscription: Subscription, at: int) -> None:
    """Try the card again; when that was the last time, the subscription ends or is kept unpaid for a while."""
    if payments.retry(world, subscription, at):
        return
    rng = world.dice(subscription.id, at, "give up")
    if rng.random() < 0.5:
        payments.cancel_open(world, subscription, at)
        _end(world, subscription, at, "canceled", "dunning")
    else:
        journal.turned(world, subscription, rng.choice(("unpaid", "unpaid", "suspended")), at)
        agenda.drop(subscription)
        agenda.add(subscription, at + SUSPENDED_THEN_GONE, "cancel")


def _hold(world: World, subscription: Subscription, at: int) -> None:
    """Pause: nothing is billed until it resumes, and one in four never does."""
    rng = world.dice(subscription.id, at, "hold")
    journal.turned(world, subscription, rng.choice(("on_hold", "paused")), at)
    subscription.on_hold_at = at
    agenda.drop(subscription, "renew", "renewal_notice", "retry", *CHANCES, "use", "stay")
    if rng.random() < 0.75:
        subscription.resumes_at = at + rng.randrange(15 * DAY, 70 * DAY)
        agenda.add(subscription, subscription.resumes_at, "resume")
    else:
        agenda.add(subscription, at + 200 * DAY, "cancel")


def _resume(world: World, subscription: Subscription, at: int) -> None:
    """Go on with a new period from today [I: facts name the state only]."""
    subscription.on_hold_at = subscription.resumes_at = None
    activated = subscription.activated_at
    activate(world, subscription, at, "renewal")
    subscription.activated_at = activated


def _reactivate(world: World, subscription: Subscription, at: int) -> None:
    subscription.canceled_at = subscription.cancellation_method = subscription.cancellation_message = None
    subscription.reason_code = subscription.expires_at = None
    activate(world, subscription, at, "reactivation")


def _use(world: World, subscription: Subscription, at: int) -> None:
    """Meter some use; one in fifteen entries corrects an earlier one."""
    held = changes.held(world, subscription, "metered")
    if held is None:
        return
    rng = world.dice(subscription.id, at, "use")
    quantity = rng.randrange(20, 900)
    if rng.random() < 1 / 15 and held.balance > 50:
        quantity = -rng.randrange(1, held.balance)
    held.balance += quantity
    held.updated_at = at
    world.store.put(held)
    used = Usage(
        id=world.number(Usage), created_at=at, updated_at=at, subscription_id=subscription.id,
        component_id=held.component_id, price_point_id=held.price_point_id, quantity=quantity,
        memo="Correction" if quantity < 0 else "Metered",
    )  # fmt: skip
    world.store.put(used)
    changes.usage_event(world, subscription, held, quantity, at)


ACTIONS: dict[str, Action] = {
    "renew": _renew,
    "end_trial": _end_trial,
    "trial_notice": _trial_notice,
    "renewal_notice": _renewal_notice,
    "postpone": _postpone,
    "prepay": prepayments.prepay,
    "propose": proformas.draw_up,
    "retry": _retry,
    "transfer": payments.transfer,
    "write_off": payments.write_off,
    "refund": crediting.refund,
    "goodwill": crediting.goodwill,
    "cancel": _cancel,
    "cancel_later": _cancel_later,
    "stay": _stay,
    "hold": _hold,
    "resume": _resume,
    "reactivate": _reactivate,
    "use": _use,
    "upgrade": changes.upgrade,
    "downgrade_later": changes.downgrade_later,
    "seats": changes.seats,
    "edit_customer": changes.edit_customer,
    "remark": changes.remark,
}
