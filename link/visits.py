"""Who visits Link: the token in the URL decides operator, company and tenant; whatever else fails is a dead end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from uuid import UUID

from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from companies import lookups
from companies.middleware import own_transactions
from companies.models import Company, Connection, LinkUrl, Operator
from companies.models.companies import link_url_id
from config.tenancy import tenant_context
from integrations.catalogue import enabled_connectors
from integrations.connectors.base import Connector
from link import dead_ends
from link.dead_ends import DeadEnd

View = Callable[..., HttpResponse]


@dataclass(frozen=True, kw_only=True)
class Visit:
    """What a valid token proves."""

    operator: Operator
    company: Company
    token: str

    def url(self, name: str, **kwargs: Any) -> str:
        """Return the URL of a page of this visit."""
        return reverse(f"link:{name}", kwargs={"token": self.token, **kwargs})

    def connection(self, connection_id: UUID) -> Connection:
        """Return one of the company's connections; raise DeadEnd."""
        try:
            return Connection.objects.get(pk=connection_id, company=self.company)
        except Connection.DoesNotExist:
            raise dead_ends.unknown_page(self.operator, self.url("start")) from None

    def connector(self, connection: Connection) -> Connector:
        """Return the connector of a connection; raise DeadEnd where the operator has switched it off."""
        for connector in enabled_connectors():
            if connector.platform_key == connection.platform_key:
                return connector
        raise dead_ends.switched_off(self.operator, connection.platform_name)


def link_page(view: View) -> View:
    """Let a view run as the tenant that the token names, and hand it the visit."""

    @own_transactions  # A member of another operator may be signed in to the same browser.
    @wraps(view)
    def wrapper(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponse:
        try:
            with tenant_context(_operator_id(token)):
                response = view(request, _visit(token), **kwargs)
        except DeadEnd as end:
            response = render(request, "link/dead_end.html", {"end": end}, status=end.status)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    return wrapper


def connection_page(*, linked: bool) -> Callable[[View], View]:
    """Make a `link_page` about one connection that is linked, or is not yet; others are sent where they belong."""

    def decorate(view: View) -> View:
        @link_page
        @wraps(view)
        def wrapper(request: HttpRequest, visit: Visit, connection_id: UUID, **kwargs: Any) -> HttpResponse:
            connection = visit.connection(connection_id)
            if (connection.status == Connection.Status.LINKED) != linked:
                return redirect(visit.url("consent" if linked else "done", connection_id=connection_id))
            return view(request, visit, connection, **kwargs)

        return wrapper

    return decorate


def _operator_id(token: str) -> UUID:
    try:
        operator_id = lookups.operator_of_link_url(link_url_id(token))
    except BadSignature:
        raise dead_ends.unknown_link() from None
    if operator_id is None:
        raise dead_ends.unknown_link()
    return operator_id


def _visit(token: str) -> Visit:
    link = LinkUrl.objects.select_related("company", "operator").get(pk=link_url_id(token))
    if link.revoked_at or link.company.deleted_at:
        raise dead_ends.revoked_link(link.operator)
    return Visit(operator=link.operator, company=link.company, token=token)
