"""What the API's views of all apps share: who asks, and the company and connection that the URL names."""

from __future__ import annotations

from typing import Any, ClassVar, cast
from uuid import UUID

from rest_framework.exceptions import NotFound

from companies.api.rows import companies, connections
from companies.models import ApiKey, Company, Connection, Scope
from companies.services.webhook_events import rate_limit_tell
from config.api.headers import Quota
from config.api.views import ApiView
from config.tenancy import tenant_context

_QUOTA_PER_COMPANY = 1000


class ClientView(ApiView):
    """A view for an operator's software.

    Its `scope` is what every method needs of an API key; with None, reading needs `read` and the rest `write`.
    """

    scope: ClassVar[Scope | None] = None

    def daily_quota(self, operator_id: Any) -> int:
        with tenant_context(operator_id):
            linked = Connection.objects.filter(status=Connection.Status.LINKED)
            return _QUOTA_PER_COMPANY * (1 + linked.values("company").distinct().count())

    def quota_used_up(self, operator_id: Any, quota: Quota) -> None:
        with tenant_context(operator_id):
            rate_limit_tell(quota=quota.limit, resets_at=quota.resets_at)

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


def uuid_of(text: str) -> UUID:
    """Return the UUID of a text that may be anything; the nil UUID, which no row has, where it is none."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
