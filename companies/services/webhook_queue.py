"""Which consumer gets which event, and getting deliveries on their way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from companies.models import WebhookConsumer, WebhookDelivery, WebhookEvent

# How far back a consumer may ask for what it never got.
MISSED_WITHIN = timedelta(days=14)
_BATCH = 1_000


def consumers_wanting(event: WebhookEvent) -> QuerySet[WebhookConsumer]:
    """Return the enabled consumers that an event is for."""
    # inferred: a consumer with company tags gets nothing that is about no company.
    tags = Q(company_tags=[]) | Q(company_tags__overlap=event.company_tags)
    return WebhookConsumer.objects.filter(tags, disabled=False, event_types__contains=[event.event_type])


def events_missed(consumer: WebhookConsumer) -> QuerySet[WebhookEvent]:
    """Return the events of the last two weeks that a consumer wants and that were never sent to it."""
    now = timezone.now()
    wanted = WebhookEvent.objects.filter(
        event_type__in=consumer.event_types,
        generated_at__range=(now - MISSED_WITHIN, now),
        is_example=False,
    )
    if consumer.company_tags:
        wanted = wanted.filter(company_tags__overlap=consumer.company_tags)
    return wanted.exclude(deliveries__consumer=consumer).order_by("generated_at")


def deliveries_queue(
    *, events: Iterable[WebhookEvent], consumers: Sequence[WebhookConsumer] | QuerySet[WebhookConsumer]
) -> list[WebhookDelivery]:
    """Return new deliveries of events to consumers; they are sent right after the commit."""
    now = timezone.now()
    deliveries = [
        WebhookDelivery(
            operator_id=event.operator_id,
            event=event,
            consumer=consumer,
            not_before=max(now, event.generated_at),
        )
        for event in events
        for consumer in consumers
    ]
    WebhookDelivery.objects.bulk_create(deliveries, batch_size=_BATCH, ignore_conflicts=True)
    if deliveries:
        dispatch_on_commit()
    return deliveries


def dispatch_on_commit() -> None:
    """Have what is due sent right after the commit; where the broker is down then, beat finds it later."""
    transaction.on_commit(_dispatch, robust=True)


def _dispatch() -> None:
    from companies.tasks import dispatch_due_webhooks

    dispatch_due_webhooks.delay()
