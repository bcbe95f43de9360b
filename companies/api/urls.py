"""URLs of the API of companies."""

from __future__ import annotations

from django.urls import path

from companies.api.views import CompaniesView, CompanyView

urlpatterns = [
    path("companies", CompaniesView.as_view()),
    path("companies/<str:companyId>", CompanyView.as_view()),
]
