"""The API of the log of requests to vendors."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from companies.api.base import ClientView
from config.api.query import Identifier, Integer, Moment, Text
from config.api.serializers import CamelModelSerializer
from config.api.views import ListApiView, operation
from integrations.models import VendorRequest


class VendorRequestSerializer(CamelModelSerializer[VendorRequest]):
    """One GET that was sent to a vendor; its query and its answer's body are kept nowhere."""

    requested = serializers.DateTimeField(source="at")
    status = serializers.IntegerField(allow_null=True, help_text="Null where no whole answer came.")
    duration_ms = serializers.IntegerField(source="ms")
    vendor_request_id = serializers.CharField(
        help_text="The vendor's own name for the request, for its support; empty where it gave none."
    )
    sync_id = serializers.UUIDField(source="sync", allow_null=True, help_text="Null for the check of a key.")

    class Meta:
        model = VendorRequest
        fields = ("requested", "path", "status", "duration_ms", "vendor_request_id", "sync_id")


class VendorRequestsView(ClientView, ListApiView):
    """What was sent to a connection's account."""

    query_fields = {
        "requested": Moment("at"),
        "path": Text("path"),
        "status": Integer("status"),
        "syncId": Identifier("sync"),
    }
    serializer_class = VendorRequestSerializer

    def get_queryset(self) -> QuerySet[VendorRequest]:
        return VendorRequest.objects.filter(connection=self.connection()).order_by("-at", "-id")

    @operation(
        "list-vendor-requests",
        "List requests to the vendor",
        tag="Connections",
        response=VendorRequestSerializer(many=True),
        errors=[400, 404],
    )
    def get(self, request: Request, **kwargs: Any) -> Response:
        """Return every request that was sent to the account in the last 30 days, the newest first. All only read."""
        return self.get_paginated_response(VendorRequestSerializer(self.page(), many=True).data)
