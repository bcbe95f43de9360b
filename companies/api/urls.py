"""URLs of the API of companies."""

from __future__ import annotations

from django.urls import path

from companies.api import webhooks
from companies.api.views import CompaniesView, CompanyView

_WEBHOOK = "webhooks/<str:webhookId>"

urlpatterns = [
    path("companies", CompaniesView.as_view()),
    path("companies/<str:companyId>", CompanyView.as_view()),
    path("webhooks", webhooks.WebhooksView.as_view()),
    path(_WEBHOOK, webhooks.WebhookConsumerView.as_view()),
    path(f"{_WEBHOOK}/test", webhooks.WebhookTestView.as_view()),
    path(f"{_WEBHOOK}/secret", webhooks.WebhookSecretView.as_view()),
    path(f"{_WEBHOOK}/deliveries", webhooks.WebhookDeliveriesView.as_view()),
    path(f"{_WEBHOOK}/deliveries/<str:deliveryId>/replay", webhooks.WebhookReplayView.as_view()),
    path(f"{_WEBHOOK}/recover", webhooks.WebhookRecoverView.as_view()),
    path(f"{_WEBHOOK}/replayMissing", webhooks.WebhookMissingView.as_view()),
]
