"""What writes to a vendor: nothing does, and clients that ask are told so."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from companies.api.base import ClientView
from config.api.serializers import CamelSerializer
from config.api.views import ListApiView, operation

_TAG = "Push data"
_READ_ONLY = "Tributary only reads from your customers' accounts, and pushes nothing."


class PushOperationSerializer(CamelSerializer[Any]):
    """A change of an account, of which there is none."""


class PushOperationsView(ClientView, ListApiView):
    """What was pushed to a company's accounts."""

    filter_backends = []
    serializer_class = PushOperationSerializer

    @operation(
        "get-company-push-history",
        "List push operations",
        tag=_TAG,
        response=PushOperationSerializer(many=True),
        errors=[400, 404],
    )
    def get(self, request: Request, **kwargs: Any) -> Response:
        """Return an empty list: Tributary pushes nothing."""
        self.company()
        nothing: list[Any] = []
        return self.get_paginated_response(self.paginate_queryset(nothing))


class PushOperationView(ClientView):
    """One push operation."""

    @operation(
        "get-push-operation", "Get a push operation", tag=_TAG, response=PushOperationSerializer, errors=[404]
    )
    def get(self, request: Request, **kwargs: Any) -> Response:
        """Answer 404: Tributary pushes nothing."""
        self.company()
        raise NotFound(f"No push operation was found with key {kwargs['pushOperationKey']}. {_READ_ONLY}")


class PushOptionsView(ClientView):
    """What could be pushed."""

    @operation(
        "get-create-update-model-options-by-data-type",
        "Get push options",
        tag=_TAG,
        response=PushOperationSerializer,
        errors=[404],
    )
    def get(self, request: Request, **kwargs: Any) -> Response:
        """Answer 404: Tributary pushes nothing."""
        self.connection()
        raise NotFound(f"There are no options for {kwargs['dataType']}. {_READ_ONLY}")
