"""URLs of the API of integrations."""

from __future__ import annotations

from django.urls import path

from companies.middleware import own_transactions
from integrations.api import (
    catalogue,
    connection_tests,
    connections,
    custom_data,
    products,
    proxy,
    pushing,
    requests,
    settings,
    syncs,
    usage,
    validation,
)

_COMPANY = "companies/<str:companyId>"
_CONNECTION = f"{_COMPANY}/connections/<str:connectionId>"

urlpatterns = [
    path("integrations", catalogue.IntegrationsView.as_view()),
    path("integrations/<str:platformKey>", catalogue.IntegrationView.as_view()),
    path("integrations/<str:platformKey>/branding", catalogue.BrandingView.as_view()),
    path("integrations/<str:platformKey>/settings", catalogue.IntegrationSettingsView.as_view()),
    path(
        "integrations/<str:platformKey>/dataTypes/custom/<str:customDataIdentifier>",
        custom_data.CustomDataTypeView.as_view(),
    ),
    path(
        f"{_CONNECTION}/data/queue/custom/<str:customDataIdentifier>", custom_data.CustomRefreshView.as_view()
    ),
    path(f"{_CONNECTION}/data/custom/<str:customDataIdentifier>", custom_data.CustomRecordsView.as_view()),
    path(f"{_COMPANY}/connections", connections.ConnectionsView.as_view()),
    path(_CONNECTION, connections.ConnectionView.as_view()),
    path(f"{_CONNECTION}/authorization", own_transactions(connections.AuthorizationView.as_view())),
    path(f"{_CONNECTION}/data/proxy", own_transactions(proxy.ProxyView.as_view())),
    path(f"{_CONNECTION}/test", own_transactions(connection_tests.ConnectionTestsView.as_view())),
    path(f"{_CONNECTION}/test/<str:testId>", connection_tests.ConnectionTestView.as_view()),
    path(f"{_CONNECTION}/options/<str:dataType>", pushing.PushOptionsView.as_view()),
    path(f"{_CONNECTION}/completeness", syncs.CompletenessView.as_view()),
    path(f"{_CONNECTION}/requests", requests.VendorRequestsView.as_view()),
    path("profile/syncSettings", settings.ProfileSyncSettingsView.as_view()),
    path(f"{_COMPANY}/syncSettings", settings.CompanySyncSettingsView.as_view()),
    path(f"{_COMPANY}/products/<str:productIdentifier>/refresh", products.ProductRefreshView.as_view()),
    path(f"{_COMPANY}/data/all", syncs.RefreshAllView.as_view()),
    path(f"{_COMPANY}/data/queue/<str:dataType>", syncs.RefreshDataTypeView.as_view()),
    path(f"{_COMPANY}/dataStatus", syncs.DataStatusView.as_view()),
    path(f"{_COMPANY}/data/history", syncs.HistoryView.as_view()),
    path(f"{_COMPANY}/data/history/<str:datasetId>", syncs.PullOperationView.as_view()),
    path(f"{_COMPANY}/sync/<str:datasetId>/validation", validation.ValidationView.as_view()),
    path(f"{_COMPANY}/push", pushing.PushOperationsView.as_view()),
    path(f"{_COMPANY}/push/<str:pushOperationKey>", pushing.PushOperationView.as_view()),
    path("usage", usage.UsageView.as_view()),
]
