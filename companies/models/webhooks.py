"""Webhooks out: who wants to be told, what there is to tell, and how the telling went."""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from companies.webhooks.event_types import EventType
from config.encryption import SecretField
from config.tenancy import TenantModel


class WebhookConsumer(TenantModel):
    """An address of the operator's software, and which events it gets."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    url = models.CharField("URL", max_length=2000)
    description = models.CharField(max_length=200, blank=True)
    event_types = ArrayField(models.CharField(max_length=60))
    # As "key:value"; a company with any of them matches. Empty: every company does.
    company_tags = ArrayField(models.CharField(max_length=128), default=list)
    # A JSON object of further request headers, which often hold a key of the receiver's.
    headers = SecretField(default="{}")
    secret = SecretField()
    # Signs beside the new one until then, so that the receiver can change over.
    previous_secret = SecretField(null=True)
    previous_secret_until = models.DateTimeField(null=True)
    disabled = models.BooleanField(default=False)
    disabled_reason = models.CharField(max_length=200, blank=True)
    # Since when every attempt has failed.
    failing_since = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        indexes: ClassVar = [models.Index(fields=["operator", "created_at"], name="consumer_by_operator")]

    def __str__(self) -> str:
        return self.url

    @property
    def custom_headers(self) -> dict[str, str]:
        """Return the further request headers by name."""
        found: dict[str, str] = json.loads(str(self.headers))
        return found

    def secrets(self, *, now: datetime) -> list[str]:
        """Return the secrets that sign, the newest first."""
        until = self.previous_secret_until
        both = [self.secret, self.previous_secret if until and now < until else None]
        return [str(secret) for secret in both if secret]


class WebhookEvent(TenantModel):
    """Something to tell, written in the transaction in which it happened; the body is sent as it stands here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event_type = models.CharField(max_length=60, choices=EventType.choices)
    # The tags of its company at the time, as "key:value".
    company_tags = ArrayField(models.CharField(max_length=140), default=list)
    body = models.BinaryField()
    generated_at = models.DateTimeField()
    # Sent on demand to try a consumer out; nothing has happened.
    is_example = models.BooleanField(default=False)

    class Meta(TenantModel.Meta):
        indexes: ClassVar = [models.Index(fields=["operator", "generated_at"], name="webhook_event_newest")]

    def __str__(self) -> str:
        return self.event_type


class WebhookDelivery(TenantModel):
    """One event on its way to one consumer; waiting lives here (`not_before`), never in a Celery countdown."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENDING = "sending", "Sending"
        DELIVERED = "delivered", "Delivered"
        FAILED = "failed", "Failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event = models.ForeignKey(WebhookEvent, on_delete=models.CASCADE, related_name="deliveries")
    consumer = models.ForeignKey(WebhookConsumer, on_delete=models.CASCADE, related_name="deliveries")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    created_at = models.DateTimeField(auto_now_add=True)
    # While waiting: when it may be sent. While sending: until when its worker holds it.
    not_before = models.DateTimeField()
    # Counts the workers that took it up; a worker whose number is not the last has lost it.
    attempts = models.PositiveIntegerField(default=0)
    # Failures since it was queued or replayed: they say how long to wait.
    failures = models.PositiveSmallIntegerField(default=0)
    last_attempt_at = models.DateTimeField(null=True)
    last_status = models.PositiveSmallIntegerField(null=True)
    last_ms = models.PositiveIntegerField(null=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta(TenantModel.Meta):
        verbose_name_plural = "webhook deliveries"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event", "consumer"], name="delivery_once_per_consumer")
        ]
        indexes: ClassVar = [
            models.Index(fields=["consumer", "-created_at"], name="delivery_newest"),
            models.Index(
                fields=["not_before"], condition=Q(state__in=["waiting", "sending"]), name="delivery_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event.event_type} {self.get_state_display()}"


class WebhookAttempt(TenantModel):
    """One request that was sent for a delivery, and what came of it."""

    delivery = models.ForeignKey(WebhookDelivery, on_delete=models.CASCADE, related_name="attempt_log")
    at = models.DateTimeField()
    # Empty where no whole answer came.
    status = models.PositiveSmallIntegerField(null=True)
    ms = models.PositiveIntegerField()
    error = models.CharField(max_length=300, blank=True)

    class Meta(TenantModel.Meta):
        indexes: ClassVar = [models.Index(fields=["delivery", "-at"], name="attempt_newest")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.status or self.error}"
