"""What is told of companies and connections: as the API shows them (reference codat/facts.md §5)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse

from companies.api.rows import connections
from companies.api.serializers import CompanySerializer, ConnectionSerializer
from companies.models import Company, Connection


class _CompanyAloneSerializer(CompanySerializer):
    data_connections = None  # type: ignore[assignment]  # how a field is left out

    class Meta(CompanySerializer.Meta):
        fields = tuple(name for name in CompanySerializer.Meta.fields if name != "data_connections")


def company_payload(company: Company) -> dict[str, Any]:
    """Return a company as it stands in the database, without its connections."""
    found = Company.with_deleted.prefetch_related("link_urls", "connections").get(pk=company.pk)
    return dict(_CompanyAloneSerializer(found).data)


def connection_payload(connection: Connection) -> dict[str, Any]:
    """Return a connection as it stands in the database, with the company that it is of."""
    found = connections(Connection.with_deleted.all()).get(pk=connection.pk)
    return {
        "referenceCompany": reference_company(found.company),
        "connection": ConnectionSerializer(found).data,
    }


def reference_company(company: Company) -> dict[str, Any]:
    """Return which company an event is about."""
    return {
        "id": str(company.pk),
        "name": company.name,
        "description": company.description or None,
        "links": {"portal": portal_url(company)},
        "tags": company.tags,
    }


def portal_url(company: Company) -> str:
    """Return the URL of a company's page in the Portal."""
    return f"{settings.BASE_URL}{reverse('admin:companies_company_change', args=[company.pk])}"
