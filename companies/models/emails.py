"""E-mails to members about what happened to a connection or a webhook consumer."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from companies.models.connections import ConnectionEvent
from companies.models.operators import Member
from companies.models.webhooks import WebhookConsumer
from config.tenancy import TenantModel


class EventEmail(TenantModel):
    """An e-mail to one member about an entry of a timeline or a disabled consumer, written in its transaction.

    It is sent at most once: whoever begins to send it says so first, and nobody begins a second time.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        # For good where the outcome was never learnt.
        SENDING = "sending", "Sending"
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # What it is about: one of the two.
    event = models.ForeignKey(ConnectionEvent, null=True, on_delete=models.CASCADE, related_name="emails")
    consumer = models.ForeignKey(WebhookConsumer, null=True, on_delete=models.CASCADE, related_name="emails")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    created_at = models.DateTimeField(auto_now_add=True)
    not_before = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event", "member"], name="email_once_per_member"),
            models.CheckConstraint(
                condition=Q(event__isnull=False, consumer=None) | Q(event=None, consumer__isnull=False),
                name="email_about_one_thing",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["not_before"], condition=Q(state="waiting"), name="email_due"),
        ]

    def __str__(self) -> str:
        return f"E-mail to {self.member}"
