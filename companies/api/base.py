"""What the API's views of all apps share: who asks, and the company and connection that the URL names."""

from __future__ import annotations

from typing import Any, ClassVar, cast
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from rest_framework.exceptions import NotFound

from companies.models import ApiKey, Company, Connection, ConnectionEvent, Scope
from config.api.views import ApiView
from config.tenancy import tenant_context

_QUOTA_PER_COMPANY = 1000
_ERRORS_SHOWN = 10
_ERROR_KINDS = (ConnectionEvent.Kind.FAILED, ConnectionEvent.Kind.DEAUTHORIZED)


class ClientView(ApiView):
    """A view for an operator's software.

    Its `scope` is what every method needs of an API key; with None, reading needs `read` and the rest `write`.
    """

    scope: ClassVar[Scope | None] = None

    def daily_quota(self, operator_id: Any) -> int:
        with tenant_context(operator_id):
            linked = Connection.objects.filter(status=Connection.Status.LINKED)
            return _QUOTA_PER_COMPANY * (1 + linked.values("company").distinct().count())

    @property
    def api_key(self) -> ApiKey:
        """Return the key that asks."""
        return cast(ApiKey, self.request.auth)

    @property
    def actor(self) -> str:
        """Return who asks, for the audit trail."""
        return str(self.request.user)

    def company(self) -> Company:
        """Return the company that the URL names; raise NotFound."""
        asked = self.kwargs["companyId"]
        company = companies().filter(pk=uuid_of(asked)).first()
        if company is None:
            raise NotFound(f"No company was found with ID {asked}")
        return company

    def connection(self) -> Connection:
        """Return the connection that the URL names; raise NotFound."""
        return self.connection_of(self.company(), self.kwargs["connectionId"])

    def connection_of(self, company: Company, asked: str) -> Connection:
        """Return one of a company's connections; raise NotFound."""
        connection = connections().filter(company=company, pk=uuid_of(asked)).first()
        if connection is None:
            raise NotFound(f"Data connection {asked} not found")
        return connection


def companies() -> QuerySet[Company]:
    """Return the companies with all that their serializer reads."""
    nested = Connection.objects.order_by("created_at").prefetch_related(_errors())
    return Company.objects.prefetch_related("link_urls", Prefetch("connections", nested))


def connections() -> QuerySet[Connection]:
    """Return the connections with all that their serializer reads."""
    return Connection.objects.select_related("company").prefetch_related("company__link_urls", _errors())


def uuid_of(text: str) -> UUID:
    """Return the UUID of a text that may be anything; the nil UUID, which no row has, where it is none."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def _errors() -> Prefetch[str, QuerySet[ConnectionEvent], str]:
    newest = ConnectionEvent.objects.filter(kind__in=_ERROR_KINDS).order_by("-at")[:_ERRORS_SHOWN]
    return Prefetch("events", newest, to_attr="errors")
