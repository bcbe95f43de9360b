"""The API of reading what a company's product needs."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from companies.api.base import ClientView
from companies.api.products import product_of
from companies.models import Connection
from config.api.serializers import CamelSerializer
from config.api.views import operation
from integrations.api.syncs import linked_of, streams_read
from integrations.services.syncs import sync_request


class ProductRefreshSerializer(CamelSerializer[Any]):
    """Which data types to read."""

    data_types = serializers.ListField(
        child=serializers.CharField(max_length=60),
        required=False,
        allow_null=True,
        allow_empty=False,
        help_text="Without them, those that are fetched on first link.",
    )


class ProductRefreshView(ClientView):
    """A sync for a product of a company."""

    @operation(
        "refresh-product-data",
        "Refresh a product's data",
        tag="Companies",
        request=ProductRefreshSerializer,
        response=None,
        status=202,
        errors=[400, 404, 409, 422],
    )
    def post(self, request: Request, **kwargs: Any) -> Response:
        """Queue a sync of every linked connection of a company that has the product; safe to repeat."""
        company = self.company()
        product_of(company, kwargs["productIdentifier"])
        serializer = ProductRefreshSerializer(data=request.data or {})
        serializer.is_valid(raise_exception=True)
        data_types, linked = serializer.validated_data.get("data_types"), list(linked_of(company))
        _refuse_unknown(linked, data_types or [])
        for connection in linked:
            streams = data_types and [name for one in data_types for name in streams_read(connection, one)]
            if streams or not data_types:
                sync_request(connection=connection, requested_by=self.actor, streams=streams)
        return Response(status=202)


def _refuse_unknown(linked: list[Connection], data_types: list[str]) -> None:
    unknown = [one for one in data_types if not any(streams_read(connection, one) for connection in linked)]
    if unknown:
        text = f"No linked connection of this company has the data type {unknown[0]}."
        raise ValidationError({"dataTypes": [text]})
