"""The Portal's pages about companies, the team, API keys, webhooks and the audit trail."""

from __future__ import annotations

from companies.admin.companies import CompanyAdmin
from companies.admin.settings import ApiKeyAdmin, AuditEventAdmin, MemberAdmin
from companies.admin.webhooks import WebhookConsumerAdmin, WebhookDeliveryAdmin

__all__ = [
    "ApiKeyAdmin",
    "AuditEventAdmin",
    "CompanyAdmin",
    "MemberAdmin",
    "WebhookConsumerAdmin",
    "WebhookDeliveryAdmin",
]
