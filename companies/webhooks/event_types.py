"""What operators can be told of (reference codat/facts.md §5)."""

from __future__ import annotations

from django.db import models


class EventType(models.TextChoices):
    """A kind of event that webhook consumers subscribe to."""

    COMPANY_CREATED = "company.created", "A company was created"
    COMPANY_DELETED = "company.deleted", "A company was deleted"
    CONNECTION_CREATED = "connection.created", "A connection was begun"
    CONNECTION_CONNECTED = "connection.connected", "A customer has connected"
    CONNECTION_FAILED = "connection.failed", "What a customer entered was refused"
    CONNECTION_DISCONNECTED = "connection.disconnected", "A connection was unlinked or deauthorized"
    CONNECTION_RECONNECTED = "connection.reconnected", "A customer has connected again"
    CONNECTION_DELETED = "connection.deleted", "A connection was deleted"
    READ_COMPLETED = "read.completed", "A sync has ended"
    READ_COMPLETED_INITIAL = "read.completed.initial", "The first sync after connecting has ended"
    RATE_LIMIT_REACHED = "client.rateLimit.reached", "The day's quota of requests is used up"
    RATE_LIMIT_RESET = "client.rateLimit.reset", "The quota of requests starts anew"
