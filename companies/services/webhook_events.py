"""Telling operators' software what happens: the outbox, written in the transaction of the change."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from companies.lookups import operators_with_webhook_events_before
from companies.models import Company, Connection, WebhookEvent
from companies.services.webhook_queue import consumers_wanting, deliveries_queue
from companies.webhooks.event_types import EventType
from companies.webhooks.payloads import company_payload, connection_payload
from config.api.renderers import encode
from config.tenancy import current_operator_id, tenant_context

KEPT_FOR = timedelta(days=30)


def webhook_event_write(
    *,
    event_type: EventType,
    payload: Mapping[str, Any],
    company_tags: Mapping[str, str] | None = None,
    at: datetime | None = None,
    is_example: bool = False,
) -> WebhookEvent:
    """Return a new event, which no consumer gets yet; with `at`, one that is told only then."""
    event_id, generated_at = uuid.uuid4(), at or timezone.now()
    envelope = {
        "id": str(event_id),
        "eventType": event_type,
        "generatedDate": _written(generated_at),
        "payload": payload,
    }
    return WebhookEvent.objects.create(
        id=event_id,
        operator_id=current_operator_id(),
        event_type=event_type,
        company_tags=[f"{key}:{value}" for key, value in (company_tags or {}).items()],
        body=encode(envelope),
        generated_at=generated_at,
        is_example=is_example,
    )


def webhook_tell(**values: Any) -> None:
    """Write an event, and a delivery to each consumer that wants it.

    The event is kept also where nobody does, for consumers that come later and ask for what they missed.
    """
    event = webhook_event_write(**values)
    deliveries_queue(events=[event], consumers=consumers_wanting(event))


def company_tell(*, company: Company, event_type: EventType) -> None:
    """Tell of a company."""
    webhook_tell(event_type=event_type, payload=company_payload(company), company_tags=company.tags)


def connection_tell(*, connection: Connection, event_type: EventType) -> None:
    """Tell of a connection."""
    payload = connection_payload(connection)
    webhook_tell(event_type=event_type, payload=payload, company_tags=payload["referenceCompany"]["tags"])


def rate_limit_tell(*, quota: int, resets_at: datetime) -> None:
    """Tell that the day's quota of requests is used up and, when that time has come, that it starts anew."""
    reached = {"dailyQuota": quota, "quotaRemaining": 0, "expiryDate": _written(resets_at)}
    webhook_tell(event_type=EventType.RATE_LIMIT_REACHED, payload=reached)
    anew = reached | {"quotaRemaining": quota, "expiryDate": _written(resets_at + timedelta(days=1))}
    webhook_tell(event_type=EventType.RATE_LIMIT_RESET, payload=anew, at=resets_at)


def webhook_events_forget_old() -> None:
    """Delete events that are too old to be sent again, with their deliveries."""
    oldest = timezone.now() - KEPT_FOR
    for operator_id in operators_with_webhook_events_before(oldest):
        with tenant_context(operator_id):
            WebhookEvent.objects.filter(generated_at__lt=oldest).delete()


def _written(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
