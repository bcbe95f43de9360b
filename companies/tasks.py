"""Celery's way into what companies do by themselves."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from companies.lookups import due_webhooks
from companies.services.emails import emails_send_due
from companies.services.webhook_deliveries import deliveries_take_to_send, delivery_send
from companies.services.webhook_events import webhook_events_forget_old
from config.tenancy import tenant_context


@shared_task(ignore_result=True)
def send_emails(**kwargs: Any) -> None:
    """Send the e-mails that are due."""
    emails_send_due()


@shared_task(ignore_result=True)
def dispatch_due_webhooks(**kwargs: Any) -> None:
    """Send every webhook whose waiting time is over, and every one whose worker has vanished."""
    for operator_id, delivery_ids in due_webhooks(timezone.now()).items():
        with tenant_context(operator_id):
            taken = deliveries_take_to_send(delivery_ids=delivery_ids)
        for delivery_id, attempt in taken:
            send_webhook.delay(operator_id=str(operator_id), delivery_id=str(delivery_id), attempt=attempt)


@shared_task(ignore_result=True)
def send_webhook(*, operator_id: str, delivery_id: str, attempt: int, **kwargs: Any) -> None:
    """Send one webhook."""
    delivery_send(operator_id=UUID(operator_id), delivery_id=UUID(delivery_id), attempt=attempt)


@shared_task(ignore_result=True)
def forget_old_webhooks(**kwargs: Any) -> None:
    """Delete events that are too old to be sent again."""
    webhook_events_forget_old()
