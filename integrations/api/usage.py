"""The API of what an operator uses."""

from __future__ import annotations

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from companies.api.base import ClientView
from companies.models import UsageDay
from config.api.query import Day, Integer
from config.api.serializers import CamelModelSerializer
from config.api.views import ListApiView, operation
from integrations.services.usage import usage_count


class UsageDaySerializer(CamelModelSerializer[UsageDay]):
    """What was used on one day in UTC."""

    requests = serializers.IntegerField(help_text="Requests to this API.")
    rows_read = serializers.IntegerField(
        help_text="Rows that vendors sent, by the day on which a read ended."
    )
    rows_changed = serializers.IntegerField(help_text="Rows of these that were new or had changed.")

    class Meta:
        model = UsageDay
        fields = ("day", "requests", "rows_read", "rows_changed")


class UsageView(ClientView, ListApiView):
    """What the operator used, day by day."""

    query_fields = {
        "day": Day("day"),
        "requests": Integer("requests"),
        "rowsRead": Integer("rows_read"),
        "rowsChanged": Integer("rows_changed"),
    }
    serializer_class = UsageDaySerializer

    def get_queryset(self) -> QuerySet[UsageDay]:
        return UsageDay.objects.order_by("-day")

    @operation(
        "list-usage",
        "List usage",
        tag="Monitoring",
        response=UsageDaySerializer(many=True),
        errors=[400],
    )
    def get(self, request: Request) -> Response:
        """Return requests and rows of each day on which there were any, the latest first; today's are up to date."""
        usage_count()
        return self.get_paginated_response(UsageDaySerializer(self.page(), many=True).data)
