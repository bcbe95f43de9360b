"""How a subscription lives: trial, activation, and how it ended if it did."""

from __future__ import annotations

from .records import Subscription
from .spec import World
from .times import DAY, step

NEVER_STARTED = ("awaiting_signup", "pending", "failed_to_create")
STOPPED = ("expired", "on_hold", "paused", "suspended", "unpaid")
UNPAID_BILLS = ("past_due", "soft_failure", "unpaid", "suspended")
# Dealt out in turn to every eighth subscription, so that even a small site has most states.
ODD_STATES = (
    "trialing", "past_due", "unpaid", "on_hold", "trial_ended", "expired", "soft_failure",
    "awaiting_signup", "suspended", "paused", "assessing", "pending", "failed_to_create",
)  # fmt: skip
METHODS = ("merchant_ui", "merchant_api", "dunning", "billing_portal", "unknown", "imported")
LOYAL = 0.3
MEAN_PERIODS = 3.6


def live(subscription: Subscription, wanted: str | None, world: World) -> None:
    """Set the state and the dates that go with it."""
    if wanted and wanted in NEVER_STARTED:
        subscription.state = wanted
    elif _on_trial(subscription, wanted, world.now):
        subscription.state = "trialing"
    elif wanted == "trial_ended":
        _give_up_trial(subscription, world.now)
    else:
        subscription.activated_at = subscription.trial_ended_at or subscription.created_at
        _go_on(subscription, wanted, world)


def _on_trial(subscription: Subscription, wanted: str | None, now: int) -> bool:
    days = subscription.product.trial_days or (14 if wanted in ("trialing", "trial_ended") else 0)
    if not days:
        return False
    if wanted == "trialing":
        subscription.created_at = max(subscription.created_at, now - 9 * DAY)
    subscription.trial_started_at = subscription.created_at
    subscription.trial_ended_at = subscription.created_at + days * DAY
    return subscription.trial_ended_at > now


def _give_up_trial(subscription: Subscription, now: int) -> None:
    subscription.state = "trial_ended"
    subscription.canceled_at = min(now, subscription.trial_ended_at or now)


def _go_on(subscription: Subscription, wanted: str | None, world: World) -> None:
    end = _end(subscription, wanted, world)
    if end is None or end > world.now:
        subscription.state = wanted or "active"
        subscription.cancel_at_end = subscription.state == "active" and world.rng.random() < 0.03
    else:
        _stop(subscription, wanted, end, world)


def _end(subscription: Subscription, wanted: str | None, world: World) -> int | None:
    product, started = subscription.product, subscription.activated_at or subscription.created_at
    if wanted:
        return world.rng.randrange(started, world.now + 1) if wanted in STOPPED else None
    if product.expires_after:
        return step(started, product.expires_after, "month", world.zone)
    if world.rng.random() < LOYAL:
        return None
    periods = 1 + int(world.rng.expovariate(1 / MEAN_PERIODS))
    return step(started, product.interval * periods, product.interval_unit, world.zone)


def _stop(subscription: Subscription, wanted: str | None, end: int, world: World) -> None:
    expired = subscription.product.expires_after is not None
    subscription.state = wanted or ("expired" if expired else "canceled")
    if subscription.state in ("on_hold", "paused"):
        subscription.on_hold_at = end
    elif subscription.state == "expired":
        subscription.expires_at = end
    else:
        subscription.canceled_at = end
        subscription.cancellation_method = world.rng.choice(METHODS)
