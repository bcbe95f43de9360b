"""The log of requests to vendors in the Portal."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html

from billing.admin.filters import CompanyFilter
from companies.admin.base import ReadOnlyAdmin
from companies.admin.pages import TEST_SITE, pill
from integrations.models import VendorRequest
from integrations.services.requests import KEPT_FOR

_ANSWERS = {"ok": "200", "refused": "Another status", "none": "No answer"}


class AnswerFilter(admin.SimpleListFilter):
    """Requests by what came of them."""

    title = "answer"
    parameter_name = "answer"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(_ANSWERS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        match self.value():
            case "ok":
                return queryset.filter(status=200)
            case "refused":
                return queryset.exclude(status=200).exclude(status=None)
            case "none":
                return queryset.filter(status=None)
        return queryset


@admin.register(VendorRequest)
class VendorRequestAdmin(ReadOnlyAdmin):
    """Every GET that was sent to a vendor."""

    list_title = "Requests to vendors"
    purpose = (
        f"Every request that was sent to your customers' accounts in the last {KEPT_FOR.days} days, newest first. "
        "All of them only read."
    )
    empty_title = "No requests yet"
    empty_text = "The first are sent when a customer's key is checked."
    list_display = (
        "time",
        "company",
        "connection_name",
        "path_shown",
        "answer",
        "duration",
        "vendor_request_id",
        "sent_by",
    )
    list_display_links = None
    list_filter: ClassVar[list[Any]] = [CompanyFilter, AnswerFilter]
    list_select_related = ("connection__company",)
    search_fields = ("connection__exact",)
    search_help_text = "Connection ID"
    ordering = ("-at", "-id")
    fields: ClassVar[list[str]] = ["at", "connection", "path", "status", "ms", "vendor_request_id"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[VendorRequest]:
        live = {"connection__deleted_at": None, "connection__company__deleted_at": None}
        return super().get_queryset(request).filter(**live)

    @admin.display(description="Time", ordering="at")
    def time(self, row: VendorRequest) -> str:
        return date_format(row.at, "Y-m-d H:i:s")

    @admin.display(description="Company")
    def company(self, row: VendorRequest) -> str:
        company = row.connection.company
        url = reverse("admin:companies_company_change", args=[company.pk])
        return format_html('<a class="tb-link" href="{}"><bdi>{}</bdi></a>', url, company.name)

    @admin.display(description="Connection")
    def connection_name(self, row: VendorRequest) -> str:
        mark = TEST_SITE if row.connection.is_test else ""
        return format_html("<bdi>{}</bdi> {}", str(row.connection), mark)

    @admin.display(description="Path", ordering="path")
    def path_shown(self, row: VendorRequest) -> str:
        return format_html('<span class="tb-mono">GET {}</span>', row.path)

    @admin.display(description="Answer", ordering="status")
    def answer(self, row: VendorRequest) -> str:
        if row.status is None:
            return pill("failed", "No answer")
        return pill("complete" if row.status == 200 else "failed", str(row.status))

    @admin.display(description="Time taken", ordering="ms")
    def duration(self, row: VendorRequest) -> str:
        return f"{row.ms:,} ms"

    @admin.display(description="Sent by")
    def sent_by(self, row: VendorRequest) -> str:
        if row.sync is None:
            return "Key check"
        url = reverse("admin:integrations_sync_change", args=[row.sync])
        return format_html('<a class="tb-link" href="{}">Sync</a>', url)
