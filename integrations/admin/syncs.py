"""Syncs in the Portal: the list, and the page with the progress of each stream."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html

from companies.admin.base import ReadOnlyAdmin, require
from companies.admin.pages import TEST_SITE, moment, moment_column, page, pill
from integrations.admin.progress import sync_progress
from integrations.models import Sync


@admin.register(Sync)
class SyncAdmin(ReadOnlyAdmin):
    """Every run over a connection."""

    purpose = "Every run over a connection, newest first, with what went wrong."
    empty_title = "No syncs yet"
    empty_text = "A sync starts by itself when a company connects."
    list_display = (
        "requested",
        "company",
        "connection_name",
        "status_pill",
        "requested_by",
        "finished",
        "requests_made",
    )
    list_filter: ClassVar[list[Any]] = ["status", "connection__is_test"]
    list_select_related = ("connection__company",)
    search_fields = ("id__exact", "connection__exact", "connection__company__name__istartswith")
    search_help_text = "Sync or connection ID, or first letters of the company"
    ordering = ("-requested_at", "id")
    requested = moment_column("requested_at", "Requested")
    finished = moment_column("finished_at", "Finished")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Sync]:
        live = {"connection__deleted_at": None, "connection__company__deleted_at": None}
        return super().get_queryset(request).filter(**live)

    @admin.display(description="Company")
    def company(self, sync: Sync) -> str:
        company = sync.connection.company
        url = reverse("admin:companies_company_change", args=[company.pk])
        return format_html('<a class="tb-link" href="{}">{}</a>', url, company.name)

    @admin.display(description="Connection")
    def connection_name(self, sync: Sync) -> str:
        mark = TEST_SITE if sync.connection.is_test else ""
        return format_html("<bdi>{}</bdi> {}", str(sync.connection), mark)

    @admin.display(description="Status", ordering="status")
    def status_pill(self, sync: Sync) -> str:
        return pill(sync.status, sync.get_status_display())

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show one sync with its pull operations."""
        require(request, self.view_right)
        sync = self.get_object(request, object_id)
        if sync is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        company = sync.connection.company
        return page(
            request,
            "portal/sync.html",
            title=f"Sync of {moment(sync.requested_at)}",
            purpose=f"What was read for {company.name}, stream by stream.",
            crumbs=[("Syncs", reverse("admin:integrations_sync_changelist"))],
            progress=sync_progress(sync),
            company=company,
        )
