"""URLs of the API of companies, and of the operator itself."""

from __future__ import annotations

from django.urls import path

from companies.api import access_tokens, api_keys, audit, products, profile, webhooks, zapier
from companies.api.views import CompaniesView, CompanyView

_COMPANY = "companies/<str:companyId>"
_WEBHOOK = "webhooks/<str:webhookId>"

urlpatterns = [
    path("companies", CompaniesView.as_view()),
    path(_COMPANY, CompanyView.as_view()),
    path(f"{_COMPANY}/products/<str:productIdentifier>", products.ProductView.as_view()),
    path(f"{_COMPANY}/accessToken", access_tokens.AccessTokenView.as_view()),
    path(f"{_COMPANY}/connectionManagement/accessToken", access_tokens.OldAccessTokenView.as_view()),
    path("apiKeys", api_keys.ApiKeysView.as_view()),
    path("apiKeys/<str:apiKeyId>", api_keys.ApiKeyView.as_view()),
    path("profile", profile.ProfileView.as_view()),
    path("corsSettings", profile.CorsSettingsView.as_view()),
    path("connectionManagement/corsSettings", profile.OldCorsSettingsView.as_view()),
    path("audit", audit.AuditView.as_view()),
    path("webhooks/integrationKeys/zapier", zapier.ZapierKeyView.as_view()),
    path("webhooks", webhooks.WebhooksView.as_view()),
    path(_WEBHOOK, webhooks.WebhookConsumerView.as_view()),
    path(f"{_WEBHOOK}/test", webhooks.WebhookTestView.as_view()),
    path(f"{_WEBHOOK}/secret", webhooks.WebhookSecretView.as_view()),
    path(f"{_WEBHOOK}/deliveries", webhooks.WebhookDeliveriesView.as_view()),
    path(f"{_WEBHOOK}/deliveries/<str:deliveryId>/replay", webhooks.WebhookReplayView.as_view()),
    path(f"{_WEBHOOK}/recover", webhooks.WebhookRecoverView.as_view()),
    path(f"{_WEBHOOK}/replayMissing", webhooks.WebhookMissingView.as_view()),
]
