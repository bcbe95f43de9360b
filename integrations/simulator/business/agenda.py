"""What is to happen to a subscription, and when."""

from __future__ import annotations

from bisect import insort

from .records import Subscription


def add(subscription: Subscription, at: int, action: str) -> None:
    """Put an action on the agenda."""
    insort(subscription.agenda, (at, action))
    subscription.next_at = subscription.agenda[0][0]


def take(subscription: Subscription) -> tuple[int, str]:
    """Take the next action off the agenda."""
    found = subscription.agenda.pop(0)
    subscription.next_at = subscription.agenda[0][0] if subscription.agenda else None
    return found


def drop(subscription: Subscription, *actions: str) -> None:
    """Strike actions off, all of them when none is named."""
    kept = [entry for entry in subscription.agenda if actions and entry[1] not in actions]
    subscription.agenda = kept
    subscription.next_at = kept[0][0] if kept else None
