"""URLs of the API of billing."""

from __future__ import annotations

from django.urls import path

from billing.api import views
from billing.api.data_types import DATA_TYPES

_DATA = "companies/<str:companyId>/connections/<str:connectionId>/data"

urlpatterns = [
    path(f"{_DATA}/commerce-customers", views.CustomersView.as_view()),
    path(f"{_DATA}/commerce-customers/<str:customerId>", views.CustomerView.as_view()),
    path(f"{_DATA}/commerce-orders", views.OrdersView.as_view()),
    path(f"{_DATA}/commerce-orders/<str:orderId>", views.OrderView.as_view()),
    *[route for data_type in DATA_TYPES for route in data_type.paths(_DATA)],
]
