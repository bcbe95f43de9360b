"""Making, changing and disabling webhook consumers, and their secrets."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from companies.models import WebhookConsumer, WebhookDelivery
from companies.services.audit import audit
from companies.services.emails import consumer_announce
from companies.webhooks.signatures import new_secret

MAX_CONSUMERS = 50
# How long the secret before a rotation signs as well.
BOTH_FOR = timedelta(hours=24)
_CHANGEABLE = {"url", "description", "event_types", "company_tags"}
_BY_HAND = "It was disabled by hand."


class TooManyConsumers(Exception):
    """An operator has as many webhook consumers as it may have."""


@transaction.atomic
def consumer_create(*, actor: str, disabled: bool = False, **values: Any) -> WebhookConsumer:
    """Return a new consumer with its secret, which isn't shown again; raise TooManyConsumers."""
    if WebhookConsumer.objects.count() >= MAX_CONSUMERS:
        raise TooManyConsumers(f"There are {MAX_CONSUMERS} webhook consumers, the most; delete one first.")
    consumer = WebhookConsumer(
        **{name: values[name] for name in _CHANGEABLE & values.keys()},
        headers=json.dumps(values.get("headers", {})),
        secret=new_secret(),
        disabled=disabled,
        disabled_reason=_BY_HAND if disabled else "",
    )
    consumer.save()
    _audit(consumer, actor, "webhook.created")
    return consumer


@transaction.atomic
def consumer_update(*, consumer: WebhookConsumer, actor: str, **changes: Any) -> WebhookConsumer:
    """Return the consumer with its changes; `headers` replaces all of them, `disabled` stops or starts it."""
    for name in _CHANGEABLE & changes.keys():
        setattr(consumer, name, changes[name])
    if "headers" in changes:
        consumer.headers = json.dumps(changes["headers"])  # type: ignore[assignment]  # the library is not typed
    consumer.save(update_fields=sorted((_CHANGEABLE | {"headers"}) & changes.keys()))
    _audit(consumer, actor, "webhook.changed", fields=sorted(changes))
    if changes.get("disabled") is True and not consumer.disabled:
        consumer_disable(consumer=consumer, actor=actor, reason=_BY_HAND)
    if changes.get("disabled") is False and consumer.disabled:
        _enable(consumer, actor)
    return consumer


def consumer_delete(*, consumer: WebhookConsumer, actor: str) -> None:
    """Delete a consumer with the log of its deliveries."""
    _audit(consumer, actor, "webhook.deleted")
    consumer.delete()


@transaction.atomic
def consumer_disable(*, consumer: WebhookConsumer, actor: str, reason: str, announce: bool = False) -> None:
    """Send a consumer nothing more, and give up what waits; with `announce`, tell who may mend it by e-mail."""
    consumer.disabled, consumer.disabled_reason = True, reason
    consumer.save(update_fields=["disabled", "disabled_reason"])
    deliveries_give_up(consumer.deliveries.filter(state=WebhookDelivery.State.WAITING))
    _audit(consumer, actor, "webhook.disabled", reason=reason)
    if announce:
        consumer_announce(consumer=consumer)


@transaction.atomic
def consumer_rotate_secret(*, consumer: WebhookConsumer, actor: str) -> str:
    """Return a new secret, which isn't shown again; the one before signs beside it for a day."""
    consumer.previous_secret, consumer.secret = consumer.secret, new_secret()  # type: ignore[assignment]
    consumer.previous_secret_until = timezone.now() + BOTH_FOR
    consumer.save(update_fields=["previous_secret", "secret", "previous_secret_until"])
    _audit(consumer, actor, "webhook.secret_rotated")
    return str(consumer.secret)


def deliveries_give_up(deliveries: QuerySet[WebhookDelivery]) -> None:
    """Send deliveries no more, because their consumer was disabled."""
    deliveries.update(state=WebhookDelivery.State.FAILED, last_error="The consumer was disabled.")


def _enable(consumer: WebhookConsumer, actor: str) -> None:
    consumer.disabled, consumer.disabled_reason, consumer.failing_since = False, "", None
    consumer.save(update_fields=["disabled", "disabled_reason", "failing_since"])
    _audit(consumer, actor, "webhook.enabled")


def _audit(consumer: WebhookConsumer, actor: str, action: str, **details: Any) -> None:
    # Not the URL: its path or query may hold a key of the receiver's.
    host = urlsplit(consumer.url).hostname
    audit(actor=actor, action=action, subject=str(consumer.pk), host=host, **details)
