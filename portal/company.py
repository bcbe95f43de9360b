"""A company's page: connections with their timeline, syncs with progress, the Link URL, and what may be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from companies.admin.base import actor, may, require
from companies.admin.companies import CompanyAdmin, page_url
from companies.admin.pages import confirmation, page
from companies.link_urls import company_link_url
from companies.models import Company, Connection, ConnectionEvent
from companies.roles import Right
from companies.services.connections import NotLinked, connection_delete, connection_unlink
from integrations.admin.next_syncs import NextSync, next_syncs
from integrations.admin.progress import SyncProgress, latest_syncs
from integrations.health import Health, next_by_schedule
from integrations.services.completeness import deletions_confirm
from integrations.services.syncs import CannotSync, sync_request
from portal.completeness import completeness_page, held_line

# Seconds until the page asks again: while something runs, and while it waits for the customer.
BUSY, QUIET = 2, 10
TIMELINE = 12


@dataclass(frozen=True)
class ConnectionView:
    """A connection as the page shows it."""

    connection: Connection
    progress: SyncProgress | None
    scheduled: datetime | None

    @property
    def health(self) -> Health:
        """Return how the connection does."""
        latest = self.progress.sync if self.progress else None
        return Health(connection=self.connection, latest=latest, scheduled=self.scheduled)

    @property
    def is_linked(self) -> bool:
        """Say whether it can be synced and unlinked."""
        return self.connection.status == Connection.Status.LINKED

    @property
    def next_syncs(self) -> list[NextSync]:
        """Return when its data types are synced next by themselves."""
        return next_syncs(self.connection.schedules.all())

    @property
    def timeline(self) -> list[ConnectionEvent]:
        """Return the newest entries of the timeline."""
        return list(self.connection.events.all())[:TIMELINE]


class CompanyPage(CompanyAdmin):
    """The company's own page, and the actions on its connections."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        one = "<uuid:pk>/connections/<uuid:connection_pk>"
        return [
            path("<uuid:pk>/activity/", view(self.activity_view), name="company-activity"),
            path(f"{one}/sync/", view(require_POST(self.sync_view)), name="connection-sync"),
            path(f"{one}/completeness/", view(self.completeness_view), name="connection-completeness"),
            path(f"{one}/deletions/<slug:stream>/", view(self.deletions_view), name="connection-deletions"),
            path(f"{one}/unlink/", view(self.unlink_view), name="connection-unlink"),
            path(f"{one}/delete/", view(self.delete_connection_view), name="connection-delete"),
            *super().get_urls(),
        ]

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the company; a POST changes its name and description."""
        company = self.get_object(request, object_id)
        if company is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        error = self.rename(request, company) if request.method == "POST" else ""
        if request.method == "POST" and not error:
            return redirect(page_url(company))
        return self._company_page(request, company, error)

    def _company_page(self, request: HttpRequest, company: Company, error: str) -> HttpResponse:
        saved = self.found(request, company.pk) if error else company
        return page(
            request,
            "portal/company/page.html",
            title=saved.name,
            purpose="What is connected, what was read, and the Link URL to send.",
            crumbs=self.crumbs(),
            name=company.name,
            description=company.description,
            error=error,
            link_url=company_link_url(saved),
            may_edit=may(request, self.change_right),
            may_delete=may(request, self.delete_right),
            **self._activity(request, saved),
        )

    def activity_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Return the part of the page that refreshes itself."""
        company = self.found(request, pk)
        return TemplateResponse(request, "portal/company/_activity.html", self._activity(request, company))

    def sync_view(self, request: HttpRequest, pk: UUID, connection_pk: UUID) -> HttpResponse:
        """Queue a sync, of everything where asked; who may see the data may ask for it to be fresh."""
        connection = self._connection(request, pk, connection_pk, Right.VIEW_DATA)
        try:
            is_full = request.POST.get("everything") == "yes"
            sync_request(connection=connection, requested_by=actor(request), is_full=is_full)
        except CannotSync as error:
            messages.error(request, str(error))
        return redirect(page_url(connection.company))

    def completeness_view(self, request: HttpRequest, pk: UUID, connection_pk: UUID) -> HttpResponse:
        """Show what proves that nothing is missing."""
        connection = self._connection(request, pk, connection_pk, Right.VIEW_DATA)
        may_decide = may(request, Right.MANAGE_CONNECTIONS)
        crumbs = self.crumbs(connection.company)
        return completeness_page(request, connection, crumbs=crumbs, may_decide=may_decide)

    def deletions_view(
        self, request: HttpRequest, pk: UUID, connection_pk: UUID, stream: str
    ) -> HttpResponse:
        """Mark deleted what the vendor listed no more and was held back, once a person says so."""
        connection = self._connection(request, pk, connection_pk, Right.MANAGE_CONNECTIONS)
        line = held_line(connection, stream)
        if request.method == "POST":
            deleted = deletions_confirm(proof=line.proof, actor=actor(request))
            messages.success(request, f"{deleted} records were marked deleted.")
            return redirect("admin:connection-completeness", pk, connection_pk)
        return self._confirm_connection(
            request,
            connection,
            title=f"Mark {line.held} of {line.proof.stored} {line.name.lower()} deleted?",
            consequences=[
                "The vendor listed them no more when everything was read.",
                "Perhaps its list was cut short: compare with your customer's account first.",
                "They are marked deleted, and stay readable with their history.",
                "What the vendor lists again later comes back by itself.",
            ],
            button="Mark them deleted",
        )

    def unlink_view(self, request: HttpRequest, pk: UUID, connection_pk: UUID) -> HttpResponse:
        """Stop reading from a connection."""
        connection = self._connection(request, pk, connection_pk, Right.MANAGE_CONNECTIONS)
        if request.method == "POST":
            try:
                connection_unlink(connection=connection, actor=actor(request))
                messages.success(request, "The connection was unlinked.")
            except NotLinked as error:
                messages.error(request, str(error))
            return redirect(page_url(connection.company))
        return self._confirm_connection(
            request,
            connection,
            title=f"Unlink {connection.platform_name}",
            consequences=[
                "Nothing more is read from your customer's account.",
                "What was read stays.",
                "Your customer can reconnect with the Link URL.",
            ],
            button="Unlink",
        )

    def delete_connection_view(self, request: HttpRequest, pk: UUID, connection_pk: UUID) -> HttpResponse:
        """Delete a connection with everything that was read over it."""
        connection = self._connection(request, pk, connection_pk, Right.MANAGE_CONNECTIONS)
        if request.method == "POST":
            connection_delete(connection=connection, actor=actor(request))
            messages.success(request, "The connection was deleted.")
            return redirect(page_url(connection.company))
        return self._confirm_connection(
            request,
            connection,
            title=f"Delete the connection to {connection.platform_name}",
            consequences=[
                "The credential, at once.",
                "Every record that was read over it, with raw bodies and history.",
                "Its syncs and its timeline.",
                "This can't be undone. Entries of the audit trail stay.",
            ],
            button="Delete connection",
        )

    def _confirm_connection(self, request: HttpRequest, connection: Connection, **texts: Any) -> HttpResponse:
        company = connection.company
        return confirmation(request, back=page_url(company), crumbs=self.crumbs(company), **texts)

    def _connection(self, request: HttpRequest, pk: UUID, connection_pk: UUID, right: Right) -> Connection:
        require(request, right)
        company = self.found(request, pk)
        connection = company.connections.select_related("company").filter(pk=connection_pk).first()
        if connection is None:
            raise Http404("No such connection")
        return connection

    def _activity(self, request: HttpRequest, company: Company) -> dict[str, Any]:
        events = Prefetch("events", ConnectionEvent.objects.order_by("-at", "-id"))
        connections = list(
            company.connections.order_by("created_at", "id").prefetch_related(events, "schedules")
        )
        latest = latest_syncs(connections)
        due = next_by_schedule(connections)
        views = [ConnectionView(one, latest.get(one), due.get(one.pk)) for one in connections]
        busy = any(view.progress and view.progress.is_running for view in views)
        return {
            "company": company,
            "connections": views,
            "refresh": BUSY if busy else QUIET,
            "may_sync": may(request, Right.VIEW_DATA),
            "may_manage": may(request, Right.MANAGE_CONNECTIONS),
        }
