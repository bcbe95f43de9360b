"""Filters of the lists of records."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest

from companies.models import Company, Connection

MOST_COMPANIES = 50


class CompanyFilter(admin.SimpleListFilter):
    """Records of one company; offers the first companies by name, and whichever is chosen already."""

    title = "company"
    parameter_name = "company"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        connected = Company.objects.filter(Exists(Connection.objects.filter(company=OuterRef("pk"))))
        offered = connected.order_by("name", "id")[:MOST_COMPANIES]
        return [(str(company.pk), company.name) for company in offered]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if not self.value():
            return queryset
        company_id = _uuid(self.value())
        return queryset.filter(connection__company_id=company_id) if company_id else queryset.none()


class DeletedFilter(admin.SimpleListFilter):
    """Records that the vendor has deleted."""

    title = "deleted by the vendor"
    parameter_name = "deleted"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Yes"), ("no", "No")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() in {"yes", "no"}:
            return queryset.filter(deleted_at__isnull=self.value() == "no")
        return queryset


class TestSiteFilter(admin.SimpleListFilter):
    """Records of test sites."""

    title = "test site"
    parameter_name = "test"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Only test sites"), ("no", "No test sites")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() in {"yes", "no"}:
            return queryset.filter(connection__is_test=self.value() == "yes")
        return queryset


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
