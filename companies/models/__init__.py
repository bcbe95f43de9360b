"""Who: operators and members, companies and connections, and what is on record about them."""

from __future__ import annotations

from companies.models.api_keys import ApiKey, Scope
from companies.models.audit import AuditEvent
from companies.models.companies import Company, LinkUrl
from companies.models.connections import Connection, ConnectionEvent, Consent
from companies.models.emails import EventEmail
from companies.models.operators import Member, Operator, User
from companies.models.usage import UsageDay
from companies.models.webhooks import WebhookAttempt, WebhookConsumer, WebhookDelivery, WebhookEvent

__all__ = [
    "ApiKey",
    "AuditEvent",
    "Company",
    "Connection",
    "ConnectionEvent",
    "Consent",
    "EventEmail",
    "LinkUrl",
    "Member",
    "Operator",
    "Scope",
    "UsageDay",
    "User",
    "WebhookAttempt",
    "WebhookConsumer",
    "WebhookDelivery",
    "WebhookEvent",
]
