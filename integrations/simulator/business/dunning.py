"""The steps of dunning: the card is tried again some days apart, then the subscription ends."""

from __future__ import annotations

from typing import Any

from .records import Invoice, Subscription
from .world import World

ATTEMPTS = 4


def reached(world: World, subscription: Subscription, due: list[Invoice], at: int) -> dict[str, Any]:
    """Return the event_specific_data of a step: who is dunned since when, this step and the one after it."""
    failed = [entry.at for invoice in due for entry in invoice.entries if entry.kind == "failed_payment"] or [
        at
    ]
    dunner = {
        "state": "active",
        "subscription_id": subscription.id,
        "revenue_at_risk_in_cents": sum(invoice.due for invoice in due),
        "created_at": world.stamp(min(failed)),
        "attempts": subscription.attempts,
        "last_attempted_at": world.stamp(max(failed)),
    }
    attempt = subscription.attempts
    return {"dunner": dunner, "current_step": _step(attempt), "next_step": _step(attempt + 1)}


def _step(attempt: int) -> dict[str, Any]:
    """Return a step as the merchant set it up: an e-mail with each."""
    return {
        "day_threshold": 4 * attempt,
        "action": "retry" if attempt <= ATTEMPTS else "cancel",
        "email_body": "Please look after your payment details.",
        "email_subject": "Your payment failed",
        "send_email": True,
        "send_bcc_email": False,
        "send_sms": False,
        "sms_body": None,
    }
