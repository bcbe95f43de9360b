"""The API of the audit trail."""

from __future__ import annotations

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from companies.api.base import ClientView
from companies.models import AuditEvent, Scope
from config.api.query import Moment, Text
from config.api.serializers import CamelModelSerializer
from config.api.views import ListApiView, operation


class AuditEventSerializer(CamelModelSerializer[AuditEvent]):
    """Who did what, when and from where."""

    class Meta:
        model = AuditEvent
        fields = ("id", "at", "actor", "action", "subject", "details", "ip_address")


class AuditView(ClientView, ListApiView):
    """The audit trail."""

    scope = Scope.ADMIN
    query_fields = {
        "at": Moment("at"),
        "actor": Text("actor"),
        "action": Text("action"),
        "subject": Text("subject"),
    }
    serializer_class = AuditEventSerializer

    def get_queryset(self) -> QuerySet[AuditEvent]:
        return AuditEvent.objects.order_by("-at", "-id")

    @operation(
        "list-audit-events",
        "List the audit trail",
        tag="Monitoring",
        response=AuditEventSerializer(many=True),
        errors=[400],
    )
    def get(self, request: Request) -> Response:
        """Return what members, API keys, customers and the system did, the newest first."""
        return self.get_paginated_response(AuditEventSerializer(self.page(), many=True).data)
