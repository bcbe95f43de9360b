"""A receiver, a consumer that sends to it, and a worker that does what beat would have it do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from pytest_django.fixtures import Settings

from companies import tasks
from companies.models import WebhookConsumer, WebhookDelivery
from companies.services.webhook_consumers import consumer_create
from companies.webhooks.event_types import EventType
from config.tenancy import tenant_context
from tests.conftest import Tenant
from tests.webhooks.receiver import Receiver, receiver

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def inbox(settings: Settings) -> Iterator[Receiver]:
    """A receiver on this machine, which the settings allow."""
    settings.ALLOW_INSECURE_WEBHOOK_URL = True
    with receiver() as running:
        yield running


def make_consumer(tenant: Tenant, url: str, *event_types: str, **values: Any) -> WebhookConsumer:
    """Return a new consumer, of every event where no type is given."""
    with tenant_context(tenant.operator.id):
        return consumer_create(
            actor="test", url=url, event_types=list(event_types or EventType.values), **values
        )


@pytest.fixture
def consumer(northwind: Tenant, inbox: Receiver) -> WebhookConsumer:
    """Northwind's consumer of what happens to companies."""
    return make_consumer(northwind, inbox.url, "company.created", "company.deleted")


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Return a function that does a round of beat, with a worker beside it."""
    monkeypatch.setattr(tasks.send_webhook, "delay", lambda **message: tasks.send_webhook(**message))
    return tasks.dispatch_due_webhooks


@contextmanager
def later(moment: datetime | None = None, **after: float) -> Iterator[None]:
    """Move the time on, from the usual start."""
    with time_machine.travel((moment or NOW) + timedelta(**after), tick=False):
        yield


def deliveries_of(tenant: Tenant) -> list[WebhookDelivery]:
    """Return a tenant's deliveries with their events, the oldest first."""
    with tenant_context(tenant.operator.id):
        rows = WebhookDelivery.objects.select_related("event", "consumer").order_by("created_at")
        return list(rows)


def reread(consumer: WebhookConsumer) -> WebhookConsumer:
    """Return a consumer as it stands now."""
    with tenant_context(consumer.operator_id):
        return WebhookConsumer.objects.get(pk=consumer.pk)
