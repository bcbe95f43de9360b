"""Sending webhooks: a delivery is taken, sent outside any transaction, and what came of it is noted.

At least once: a worker holds a delivery by a lease in the database. If it dies, or Valkey forgets the message, the
lease runs out and the delivery is due again, with the same id and the same body.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

import structlog
from django.utils import timezone

from companies.models import WebhookAttempt, WebhookConsumer, WebhookDelivery
from companies.services.webhook_consumers import consumer_disable, deliveries_give_up
from companies.webhooks.retries import retry_at
from companies.webhooks.sender import GONE, Outcome, send
from companies.webhooks.signatures import signed_headers
from config.tenancy import tenant_context

log = structlog.get_logger(__name__)

State = WebhookDelivery.State
OPEN = (State.WAITING, State.SENDING)
# How long a message may wait in the queue before the delivery is sent again (Valkey may have lost it).
SENT_FOR = timedelta(minutes=1)
# Longer than a request may take, with the look-up of its name.
LEASE = timedelta(minutes=2)
# A receiver that is slow must not take every worker, nor one that is small get everything at once.
IN_FLIGHT = 4
_CROWDED_FOR = timedelta(seconds=5)
DISABLED_AFTER = timedelta(days=5)


def deliveries_take_to_send(*, delivery_ids: Collection[UUID]) -> list[tuple[UUID, int]]:
    """Return the deliveries that are due, each with the attempt it is sent for; they are not due again for a while."""
    now = timezone.now()
    due = WebhookDelivery.objects.filter(pk__in=delivery_ids, state__in=OPEN, not_before__lte=now)
    taken = list(due.select_for_update(of=("self",), skip_locked=True).values_list("pk", "attempts"))
    WebhookDelivery.objects.filter(pk__in=[pk for pk, _ in taken]).update(
        state=State.WAITING, not_before=now + SENT_FOR
    )
    return taken


def delivery_send(*, operator_id: UUID, delivery_id: UUID, attempt: int) -> None:
    """Send a delivery, unless it was taken up since the attempt that a message names."""
    with tenant_context(operator_id):
        delivery = _claim(delivery_id, attempt)
    if delivery is None:
        return
    outcome = _sent(delivery)
    with tenant_context(operator_id):
        _note(delivery.pk, delivery.attempts, outcome)


def _claim(delivery_id: UUID, attempt: int) -> WebhookDelivery | None:
    locked = WebhookDelivery.objects.select_for_update(of=("self",), skip_locked=True)
    delivery = locked.filter(pk=delivery_id, state__in=OPEN, attempts=attempt).first()
    if delivery is None:
        return None
    now = timezone.now()
    if WebhookConsumer.objects.filter(pk=delivery.consumer_id, disabled=True).exists():
        # Written while it was being disabled.
        deliveries_give_up(WebhookDelivery.objects.filter(pk=delivery_id))
        return None
    if _is_crowded(delivery):
        WebhookDelivery.objects.filter(pk=delivery_id).update(not_before=now + _CROWDED_FOR)
        return None
    delivery.state, delivery.attempts = State.SENDING, attempt + 1
    delivery.not_before = now + LEASE
    delivery.save(update_fields=["state", "attempts", "not_before"])
    return delivery


def _is_crowded(delivery: WebhookDelivery) -> bool:
    in_flight = WebhookDelivery.objects.filter(
        consumer_id=delivery.consumer_id, state=State.SENDING, not_before__gt=timezone.now()
    )
    return in_flight.exclude(pk=delivery.pk).count() >= IN_FLIGHT


def _sent(delivery: WebhookDelivery) -> Outcome:
    """Send a request, outside any transaction."""
    try:
        with tenant_context(delivery.operator_id):
            consumer, event = delivery.consumer, delivery.event
        now, body = timezone.now(), bytes(event.body)
        headers = {
            **consumer.custom_headers,
            **signed_headers(message_id=str(event.pk), at=now, body=body, keys=consumer.secrets(now=now)),
            "Content-Type": "application/json",
            "User-Agent": "Tributary-Webhooks/1.0",
            "Connection": "close",
        }
        return send(url=consumer.url, body=body, headers=headers)
    except Exception:  # A defect of ours is tried again like the receiver's, and must not stop others.
        log.exception("webhook_not_sent", delivery=str(delivery.pk))
        return Outcome(None, 0, "Something went wrong on our side.")


def _note(delivery_id: UUID, attempt: int, outcome: Outcome) -> None:
    """Write down what came of an attempt, unless the delivery was taken over meanwhile."""
    held = WebhookDelivery.objects.filter(pk=delivery_id, attempts=attempt, state=State.SENDING)
    delivery = held.select_for_update(of=("self",)).first()
    if delivery is None:
        log.warning("webhook_lease_lost", delivery=str(delivery_id))
        return
    now = timezone.now()
    WebhookAttempt.objects.create(
        delivery=delivery, at=now, status=outcome.status, ms=outcome.ms, error=outcome.error
    )
    delivery.last_attempt_at, delivery.last_status = now, outcome.status
    delivery.last_ms, delivery.last_error = outcome.ms, outcome.error
    if outcome.is_success:
        delivery.state = State.DELIVERED
    else:
        _plan_retry(delivery, outcome)
    delivery.save()
    _note_on_consumer(delivery.consumer_id, outcome)


def _plan_retry(delivery: WebhookDelivery, outcome: Outcome) -> None:
    delivery.failures += 1
    again = retry_at(failures=delivery.failures, now=timezone.now(), retry_after=outcome.retry_after)
    if again is None or outcome.status == GONE:
        delivery.state = State.FAILED
    else:
        delivery.state, delivery.not_before = State.WAITING, again


def _note_on_consumer(consumer_id: UUID, outcome: Outcome) -> None:
    consumers = WebhookConsumer.objects.filter(pk=consumer_id)
    if outcome.is_success:
        consumers.exclude(failing_since=None).update(failing_since=None)
        return
    now = timezone.now()
    consumers.filter(failing_since=None).update(failing_since=now)
    enabled = consumers.filter(disabled=False)
    if outcome.status == GONE:
        reason = "It answered 410: it is gone for good."
    elif enabled.filter(failing_since__lte=now - DISABLED_AFTER).exists():
        reason = f"Every attempt of the last {DISABLED_AFTER.days} days has failed."
    else:
        return
    for consumer in enabled.select_for_update(no_key=True):
        consumer_disable(consumer=consumer, actor="system", reason=reason, announce=True)
