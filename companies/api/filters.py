"""By what a list of companies or connections is filtered."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.lookups import IContains
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request

from companies.models import Connection
from config.api.query import Field, Identifier, Moment, Text, malformed, parse_query


class OfAnyConnection(Text):
    """A property of a company that holds where any of its connections meets the condition."""

    sortable = False

    def compare(self, operator: str, value: Any) -> Q:
        matching = Connection.objects.filter(super().compare(operator, value))
        return Q(pk__in=matching.values("company_id"))


CONNECTION_FIELDS: dict[str, Field] = {
    "id": Identifier("id"),
    "integrationId": Identifier("integration_id"),
    "integrationKey": Text("platform_key"),
    "sourceId": Identifier("source_id"),
    "sourceType": Text("source_type"),
    "platformName": Text("platform_name"),
    "status": Text("status"),
    "created": Moment("created_at"),
    "lastSync": Moment("last_synced_at"),
}

COMPANY_FIELDS: dict[str, Field] = {
    "id": Identifier("id"),
    "name": Text("name"),
    "description": Text("description"),
    "created": Moment("created_at"),
    "createdByUserName": Text("created_by"),
    "dataConnections.status": OfAnyConnection("status"),
    "dataConnections.platformName": OfAnyConnection("platform_name"),
    "dataConnections.integrationKey": OfAnyConnection("platform_key"),
    "dataConnections.sourceType": OfAnyConnection("source_type"),
}


class TagsFilter(BaseFilterBackend):
    """`tags=region=uk && team=lending`: equals, not equals and contains, joined as in `query`."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        text = request.query_params.get("tags", "").strip()
        return queryset.filter(parse_query(text, _tag)) if text else queryset

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        description = "Conditions on tags with `=`, `!=` and `~`: `region=uk && team=lending`."
        return [
            {"name": "tags", "in": "query", "description": description, "schema": {"type": "string"}},
        ]


def _tag(name: str, operator: str, value: str) -> Q:
    if operator == "~":
        return Q(IContains(KeyTextTransform(name, "tags"), value))
    if operator not in {"=", "!="}:
        raise malformed()
    same = Q(tags__contains={name: value})
    return same if operator == "=" else ~same
