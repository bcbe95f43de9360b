"""Companies in the Portal: the list, New company, the Link URL, deleting. The company's page is in `portal/`."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join

from companies.admin.base import TenantModelAdmin, actor, require
from companies.admin.pages import TEST_SITE, Crumbs, confirmation, moment, moment_column, page, pill
from companies.link_urls import company_link_url
from companies.models import Company, Connection
from companies.roles import Right
from companies.services.companies import (
    company_create,
    company_delete,
    company_update,
    link_url_issue,
    link_url_revoke,
)


class StatusFilter(admin.SimpleListFilter):
    """Companies by the status of their connections."""

    title = "status"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [*Connection.Status.choices, ("none", "No connections")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        own = Connection.objects.filter(company=OuterRef("pk"))
        if self.value() == "none":
            return queryset.filter(~Exists(own))
        return queryset.filter(Exists(own.filter(status=self.value()))) if self.value() else queryset


class CompanyAdmin(TenantModelAdmin):
    """The list of companies, and what every member may do with one."""

    add_right = change_right = Right.EDIT_COMPANIES
    delete_right = Right.DELETE_COMPANIES
    purpose = "Your SMB customers. Make one, send its Link URL, and see its data arrive."
    empty_title = "No companies yet"
    empty_text = "Click New company, enter a name, and send the Link URL to your customer."

    list_display = ("name", "identifier", "connection_pills", "last_sync", "created")
    list_filter: ClassVar[list[Any]] = [StatusFilter]
    search_fields = ("id__exact", "name__istartswith")
    search_help_text = "Company ID or first letters of the name"
    ordering = ("-created_at", "id")
    add_label = "New company"
    created = moment_column("created_at", "Created")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Company]:
        return super().get_queryset(request).prefetch_related("connections")

    @admin.display(description="ID")
    def identifier(self, company: Company) -> str:
        return str(company.id)

    @admin.display(description="Connections")
    def connection_pills(self, company: Company) -> str:
        pills = [
            (
                pill(one.status, f"{one.platform_name} {one.get_status_display()}"),
                TEST_SITE if one.is_test else "",
            )
            for one in company.connections.all()
        ]
        shown = format_html_join(" ", "{} {}", pills) or pill("none", "No connections")
        return format_html('<span class="tb-pills">{}</span>', shown)

    @admin.display(description="Last sync")
    def last_sync(self, company: Company) -> str:
        times = [one.last_synced_at for one in company.connections.all() if one.last_synced_at]
        return moment(max(times, default=None))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<uuid:pk>/link-url/issue/", view(self.issue_view), name="company-link-url-issue"),
            path("<uuid:pk>/link-url/revoke/", view(self.revoke_view), name="company-link-url-revoke"),
            *super().get_urls(),
        ]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Make a company: as a page of its own, or for the dialog, which asks for JSON."""
        require(request, self.add_right)
        if request.method != "POST":
            return self._add_page(request)
        name = request.POST.get("name", "")
        wants_json = request.headers.get("Accept") == "application/json"
        try:
            company = company_create(name=name, actor=actor(request))
        except ValidationError as error:
            reason = name_problem(name, error)
            if wants_json:
                return JsonResponse({"error": reason}, status=400)
            return self._add_page(request, name=name, error=reason)
        if wants_json:
            return JsonResponse(
                {"link_url": company_link_url(company), "page": page_url(company)}, status=201
            )
        messages.success(request, f"{company.name} was added. Send its Link URL to your customer.")
        return redirect(page_url(company))

    def _add_page(self, request: HttpRequest, **context: Any) -> HttpResponse:
        purpose = "Afterwards you get the Link URL to send to your customer."
        return page(
            request,
            "portal/company/add.html",
            title="Add new company",
            purpose=purpose,
            crumbs=self.crumbs(),
            **context,
        )

    def rename(self, request: HttpRequest, company: Company) -> str:
        """Change name and description as posted; return what is wrong with them, or ""."""
        require(request, self.change_right)
        name, description = request.POST.get("name", "").strip(), request.POST.get("description", "").strip()
        try:
            company_update(company=company, actor=actor(request), name=name, description=description)
        except ValidationError as error:
            return name_problem(name, error)
        messages.success(request, "Saved.")
        return ""

    def issue_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Give the company a new Link URL; the one before stops working."""
        company = self._company(request, pk, self.change_right)
        if request.method == "POST":
            link_url_issue(company=company, actor=actor(request))
            messages.success(request, "A new Link URL was issued. The one before doesn't work any more.")
            return redirect(page_url(company))
        return self._confirm(
            request,
            company,
            title="Revoke the Link URL and issue a new one",
            consequences=[
                "The Link URL that you sent stops working at once.",
                "Send the new one to your customer if they still have to connect.",
                "Connections that exist stay as they are.",
            ],
            button="Revoke and issue anew",
        )

    def revoke_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Stop the company's Link URL from working."""
        company = self._company(request, pk, self.change_right)
        if request.method == "POST":
            link_url_revoke(company=company, actor=actor(request))
            messages.success(request, "The Link URL was revoked.")
            return redirect(page_url(company))
        return self._confirm(
            request,
            company,
            title="Revoke the Link URL",
            consequences=[
                "The Link URL stops working at once, so nobody can connect or reconnect with it.",
                "Connections that exist stay as they are.",
                "You can issue a new Link URL at any time.",
            ],
            button="Revoke",
        )

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        company = self.found(request, object_id)
        require(request, self.delete_right)
        if request.method == "POST":
            company_delete(company=company, actor=actor(request))
            messages.success(request, f"{company.name} was deleted.")
            return redirect("admin:companies_company_changelist")
        count = company.connections.count()
        return self._confirm(
            request,
            company,
            title=f"Delete {company.name}",
            consequences=[
                f"Its {count} connection{'' if count == 1 else 's'}, with the credentials behind them.",
                "Every record that was read for it, with raw bodies and history.",
                "Its Link URL, which stops working at once.",
                "This can't be undone. Entries of the audit trail stay.",
            ],
            button="Delete company",
        )

    def found(self, request: HttpRequest, pk: Any) -> Company:
        """Return one company of the member's operator; raise Http404."""
        company = self.get_object(request, str(pk))
        if company is None:
            raise Http404("No such company")
        return company

    def crumbs(self, company: Company | None = None) -> Crumbs:
        """Return the pages above a company's."""
        above = [("Companies", reverse("admin:companies_company_changelist"))]
        return [*above, (company.name, page_url(company))] if company else above

    def _company(self, request: HttpRequest, pk: UUID, right: Right | None) -> Company:
        require(request, right)
        return self.found(request, pk)

    def _confirm(self, request: HttpRequest, company: Company, **texts: Any) -> HttpResponse:
        return confirmation(request, back=page_url(company), crumbs=self.crumbs(company), **texts)


def page_url(company: Company) -> str:
    """Return the URL of a company's page."""
    return reverse("admin:companies_company_change", args=[company.pk])


def name_problem(name: str, error: ValidationError) -> str:
    """Return in one sentence why a company's name or description was refused."""
    return " ".join(error.messages) if name.strip() else "Enter the company's name."
