"""URLs of the API of billing."""

from __future__ import annotations

from django.urls import path

from billing.api.commerce.types import COMMERCE_TYPES
from billing.api.commerce.views import CompanyInfoView
from billing.api.data_types import DATA_TYPES
from billing.api.metrics import COMMERCE_REPORTS, MrrView, SubscriptionMetricsView

_DATA = "companies/<str:companyId>/connections/<str:connectionId>/data"
_ASSESS = "data/companies/<str:companyId>/connections/<str:connectionId>/assess"

urlpatterns = [
    path(f"{_DATA}/commerce-info", CompanyInfoView.as_view()),
    *[route for data_type in COMMERCE_TYPES for route in data_type.paths(_DATA)],
    *[route for data_type in DATA_TYPES for route in data_type.paths(_DATA)],
    *[report.path(_ASSESS) for report in COMMERCE_REPORTS],
    path(f"{_ASSESS}/subscriptions/process", SubscriptionMetricsView.as_view()),
    path(f"{_ASSESS}/subscriptions/mrr", MrrView.as_view()),
]
