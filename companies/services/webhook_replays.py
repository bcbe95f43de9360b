"""Sending webhooks again, or for the first time, because somebody asks for it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from companies.models import WebhookConsumer, WebhookDelivery
from companies.services.audit import audit
from companies.services.webhook_events import webhook_event_write
from companies.services.webhook_queue import deliveries_queue, dispatch_on_commit, events_missed
from companies.webhooks.event_types import EventType
from companies.webhooks.examples import example_payload

State = WebhookDelivery.State
# So many at once; whoever missed more asks again.
MOST_AT_ONCE = 5_000


class ConsumerDisabled(Exception):
    """A disabled consumer is sent nothing."""


@transaction.atomic
def consumer_test(*, consumer: WebhookConsumer, event_type: EventType, actor: str) -> WebhookDelivery:
    """Return the delivery of an example; raise ConsumerDisabled."""
    _require_enabled(consumer)
    event = webhook_event_write(event_type=event_type, payload=example_payload(event_type), is_example=True)
    (delivery,) = deliveries_queue(events=[event], consumers=[consumer])
    _audit(consumer, actor, "webhook.tested", event_type=event_type)
    return delivery


@transaction.atomic
def delivery_replay(*, delivery: WebhookDelivery, actor: str) -> None:
    """Send a delivery again from the start, whatever became of it; raise ConsumerDisabled."""
    _require_enabled(delivery.consumer)
    _queue_again(WebhookDelivery.objects.filter(pk=delivery.pk))
    _audit(delivery.consumer, actor, "webhook.replayed", delivery=str(delivery.pk))


@transaction.atomic
def consumer_recover(*, consumer: WebhookConsumer, since: datetime, actor: str) -> int:
    """Send all again that failed since a time, and return how many; raise ConsumerDisabled."""
    _require_enabled(consumer)
    count = _queue_again(consumer.deliveries.filter(state=State.FAILED, created_at__gte=since))
    _audit(consumer, actor, "webhook.recovered", since=since.isoformat(), count=count)
    return count


@transaction.atomic
def consumer_replay_missing(*, consumer: WebhookConsumer, actor: str) -> int:
    """Send what was never sent to a consumer in the last two weeks; return how many. Raise ConsumerDisabled."""
    _require_enabled(consumer)
    events = events_missed(consumer)[:MOST_AT_ONCE]
    count = len(deliveries_queue(events=events, consumers=[consumer]))
    _audit(consumer, actor, "webhook.missing_replayed", count=count)
    return count


def _queue_again(deliveries: QuerySet[WebhookDelivery]) -> int:
    # What a worker holds right now is left to it.
    count = deliveries.exclude(state=State.SENDING).update(
        state=State.WAITING, failures=0, not_before=timezone.now()
    )
    if count:
        dispatch_on_commit()
    return count


def _require_enabled(consumer: WebhookConsumer) -> None:
    if consumer.disabled:
        raise ConsumerDisabled("This webhook consumer is disabled. Enable it first.")


def _audit(consumer: WebhookConsumer, actor: str, action: str, **details: Any) -> None:
    audit(actor=actor, action=action, subject=str(consumer.pk), **details)
