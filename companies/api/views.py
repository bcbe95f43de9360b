"""The API of companies."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from companies.api.base import ClientView
from companies.api.filters import COMPANY_FIELDS, TagsFilter
from companies.api.rows import companies
from companies.api.serializers import CompanyRequestSerializer, CompanySerializer, CompanyUpdateSerializer
from companies.models import Company
from companies.services.companies import company_create, company_delete, company_update
from config.api.query import QueryFilter
from config.api.views import ListApiView, operation

_TAG = "Companies"


class CompaniesView(ClientView, ListApiView):
    """All companies of the operator."""

    filter_backends = [QueryFilter, TagsFilter]
    query_fields = COMPANY_FIELDS
    serializer_class = CompanySerializer

    def get_queryset(self) -> QuerySet[Company]:
        return companies().order_by("-created_at", "id")

    @operation(
        "list-companies", "List companies", tag=_TAG, response=CompanySerializer(many=True), errors=[400]
    )
    def get(self, request: Request) -> Response:
        """Return the companies, the newest first."""
        return self.get_paginated_response(CompanySerializer(self.page(), many=True).data)

    @operation(
        "create-company",
        "Create a company",
        tag=_TAG,
        request=CompanyRequestSerializer,
        response=CompanySerializer,
        errors=[400, 409, 422],
    )
    def post(self, request: Request) -> Response:
        """Create a company; its `redirect` is the Link URL to send to it."""
        company = company_create(actor=self.actor, **_complete(request))
        return Response(CompanySerializer(companies().get(pk=company.pk)).data)


class CompanyView(ClientView):
    """One company."""

    @operation("get-company", "Get a company", tag=_TAG, response=CompanySerializer, errors=[404])
    def get(self, request: Request, **kwargs: Any) -> Response:
        """Return a company with its connections."""
        return Response(CompanySerializer(self.company()).data)

    @operation(
        "replace-company",
        "Replace a company",
        tag=_TAG,
        request=CompanyRequestSerializer,
        response=CompanySerializer,
        errors=[400, 404],
    )
    def put(self, request: Request, **kwargs: Any) -> Response:
        """Replace name, description and tags; what is left out is cleared."""
        return self._updated(self.company(), _complete(request))

    @operation(
        "update-company",
        "Update a company",
        tag=_TAG,
        request=CompanyUpdateSerializer,
        response=CompanySerializer,
        errors=[400, 404, 409, 422],
    )
    def patch(self, request: Request, **kwargs: Any) -> Response:
        """Change name, description or tags; what is left out or null stays."""
        company = self.company()
        serializer = CompanyUpdateSerializer(data=_without_nulls(request.data))
        serializer.is_valid(raise_exception=True)
        return self._updated(company, serializer.validated_data)

    @operation("delete-company", "Delete a company", tag=_TAG, response=None, status=204, errors=[404])
    def delete(self, request: Request, **kwargs: Any) -> Response:
        """Delete a company with its connections and all data; that can't be undone."""
        company_delete(company=self.company(), actor=self.actor)
        return Response(status=204)

    def _updated(self, company: Company, changes: dict[str, Any]) -> Response:
        if changes:
            company_update(company=company, actor=self.actor, **changes)
        return Response(CompanySerializer(company).data)


def _complete(request: Request) -> dict[str, Any]:
    serializer = CompanyRequestSerializer(data=request.data)
    serializer.is_valid(raise_exception=True)
    given = serializer.validated_data
    return {
        "name": given["name"],
        "description": given.get("description") or "",
        "tags": given.get("tags") or {},
    }


def _without_nulls(data: Any) -> Any:
    return (
        {key: value for key, value in data.items() if value is not None} if isinstance(data, dict) else data
    )
