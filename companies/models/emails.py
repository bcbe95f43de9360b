"""E-mails to members about what happened to a connection."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from companies.models.connections import ConnectionEvent
from companies.models.operators import Member
from config.tenancy import TenantModel


class EventEmail(TenantModel):
    """An e-mail to one member about one entry of a timeline, written in the transaction of that entry.

    It is sent at most once: whoever begins to send it says so first, and nobody begins a second time.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        # For good where the outcome was never learnt.
        SENDING = "sending", "Sending"
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event = models.ForeignKey(ConnectionEvent, on_delete=models.CASCADE, related_name="emails")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    created_at = models.DateTimeField(auto_now_add=True)
    not_before = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event", "member"], name="email_once_per_member")
        ]
        indexes: ClassVar = [
            models.Index(fields=["not_before"], condition=Q(state="waiting"), name="email_due"),
        ]

    def __str__(self) -> str:
        return f"E-mail to {self.member}"
