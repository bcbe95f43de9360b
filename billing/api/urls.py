"""URLs of the API of billing."""

from __future__ import annotations

from django.urls import path

from billing.api import views

_DATA = "companies/<str:companyId>/connections/<str:connectionId>/data"

urlpatterns = [
    path(f"{_DATA}/commerce-customers", views.CustomersView.as_view()),
    path(f"{_DATA}/commerce-customers/<str:customerId>", views.CustomerView.as_view()),
    path(f"{_DATA}/commerce-orders", views.OrdersView.as_view()),
    path(f"{_DATA}/commerce-orders/<str:orderId>", views.OrderView.as_view()),
    path(f"{_DATA}/billing-subscriptions", views.SubscriptionsView.as_view()),
    path(f"{_DATA}/billing-subscriptions/<str:subscriptionId>", views.SubscriptionView.as_view()),
]
