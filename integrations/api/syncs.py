"""The API of syncs: asking for them, and how they stand."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import NotFound, ParseError
from rest_framework.request import Request
from rest_framework.response import Response

from companies.api.base import ClientView, uuid_of
from companies.models import Company, Connection
from config.api.errors import Conflict
from config.api.query import Identifier, Moment, Text
from config.api.views import ListApiView, operation
from integrations.api.serializers import (
    CompletenessSerializer,
    DataStatusesSerializer,
    PullOperationSerializer,
)
from integrations.catalogue import connector_for
from integrations.models import PullOperation, StreamProof
from integrations.services.data_types import furthest_behind, operations_by_data_type, streams_of
from integrations.services.syncs import CannotSync, sync_request

_TAG = "Refresh data"
_COMPLETE = PullOperation.Status.COMPLETE
_CONNECTION = OpenApiParameter(
    "connectionId", OpenApiTypes.UUID, description="Ask for this connection alone."
)
_FULL = OpenApiParameter(
    "full", OpenApiTypes.BOOL, description="Read everything again, and compare it with what is stored."
)


class RefreshAllView(ClientView):
    """A sync of what is fetched on first link."""

    @operation(
        "refresh-company-data",
        "Refresh all data",
        tag=_TAG,
        response=None,
        status=204,
        errors=[404, 409, 422],
        parameters=[_FULL],
    )
    def post(self, request: Request, **kwargs: Any) -> Response:
        """Queue a sync of every linked connection, with the data types that are fetched on first link; safe to repeat.

        A list that the vendor can't filter is left out where it was read within a day, unless everything is asked for.
        """
        is_full = request.query_params.get("full") == "true"
        for connection in linked_of(self.company()):
            sync_request(connection=connection, requested_by=self.actor, is_full=is_full)
        return Response(status=204)


class RefreshDataTypeView(ClientView):
    """A sync of one data type."""

    @operation(
        "refresh-data-type",
        "Refresh a data type",
        tag=_TAG,
        response=PullOperationSerializer,
        errors=[400, 404, 409, 422],
        parameters=[_CONNECTION],
    )
    def post(self, request: Request, **kwargs: Any) -> Response:
        """Queue a sync of one data type of every linked connection, or of one.

        While a sync is running, it is read after that one, unless it is still before it. The answer is the pull
        operation of the first connection; that of what is read with orders, such as payments, is the orders' own.
        """
        company, data_type = self.company(), kwargs["dataType"]
        asked = request.query_params.get("connectionId")
        chosen = [self.connection_of(company, asked)] if asked else list(linked_of(company))
        able = [connection for connection in chosen if streams_read(connection, data_type)]
        if not able:
            raise ParseError(f"No linked connection of this company has the data type {data_type}.")
        queued = [self._queue(connection, data_type) for connection in able]
        return Response(PullOperationSerializer(queued[0]).data)

    def _queue(self, connection: Connection, data_type: str) -> PullOperation:
        streams = streams_read(connection, data_type)
        try:
            sync = sync_request(connection=connection, requested_by=self.actor, streams=streams)
        except CannotSync as error:
            raise Conflict(str(error)) from error
        operations = _operations(connection.company).filter(sync=sync, stream__in=streams)
        return operations.order_by("position")[0]


class DataStatusView(ClientView):
    """Where each data type stands."""

    @operation(
        "get-company-data-status",
        "Get data status",
        tag=_TAG,
        response=DataStatusesSerializer,
        errors=[404],
    )
    def get(self, request: Request, **kwargs: Any) -> Response:
        """Return how each data type stands that was ever asked for; of several streams, as the one furthest behind."""
        operations = _operations(self.company()).order_by("stream", "-sync__requested_at", "-position")
        newest = operations.distinct("stream")
        latest, complete = (
            operations_by_data_type(newest),
            operations_by_data_type(newest.filter(status=_COMPLETE)),
        )
        return Response(
            {name: _status(name, found, complete.get(name, [])) for name, found in latest.items()}
        )


class CompletenessView(ClientView):
    """How complete a connection's data are."""

    @operation(
        "get-connection-completeness",
        "Get a connection's completeness",
        tag=_TAG,
        response=CompletenessSerializer,
        errors=[404],
    )
    def get(self, request: Request, **kwargs: Any) -> Response:
        """Return the verdict on a connection and on each of its streams, with the evidence and what was found."""
        connection = self.connection_of(self.company(), kwargs["connectionId"])
        proofs = StreamProof.objects.filter(connection=connection).order_by("pk")
        found = {"completeness": connection.completeness, "streams": proofs}
        return Response(CompletenessSerializer(found).data)


class HistoryView(ClientView, ListApiView):
    """A company's pull operations."""

    query_fields = {
        "id": Identifier("id"),
        "connectionId": Identifier("connection_id"),
        "dataType": Text("data_type"),
        "status": Text("status"),
        "requested": Moment("requested_at"),
        "completed": Moment("finished_at"),
    }
    serializer_class = PullOperationSerializer

    def get_queryset(self) -> QuerySet[PullOperation]:
        return _operations(self.company()).order_by("-requested_at", "id")

    @operation(
        "list-pull-operations",
        "List pull operations",
        tag=_TAG,
        response=PullOperationSerializer(many=True),
        errors=[400, 404],
    )
    def get(self, request: Request, **kwargs: Any) -> Response:
        """Return what was asked for and read, the newest first."""
        return self.get_paginated_response(PullOperationSerializer(self.page(), many=True).data)


class PullOperationView(ClientView):
    """One pull operation."""

    @operation(
        "get-pull-operation",
        "Get a pull operation",
        tag=_TAG,
        response=PullOperationSerializer,
        errors=[404],
    )
    def get(self, request: Request, **kwargs: Any) -> Response:
        """Return one pull operation with its progress."""
        return Response(PullOperationSerializer(operation_named(self.company(), kwargs["datasetId"])).data)


def operation_named(company: Company, asked: str) -> PullOperation:
    """Return a pull operation of a company; raise NotFound."""
    found = _operations(company).filter(pk=uuid_of(asked)).first()
    if found is None:
        raise NotFound(f"No pull operation was found with ID {asked}")
    return found


def linked_of(company: Company) -> QuerySet[Connection]:
    """Return the connections of a company that can be read, the oldest first."""
    return Connection.objects.filter(company=company, status=Connection.Status.LINKED).order_by("created_at")


def streams_read(connection: Connection, data_type: str) -> list[str]:
    """Return the names of the streams that a connection's data type is read by."""
    return streams_of(connector_for(connection.platform_key), data_type)


def _operations(company: Company) -> QuerySet[PullOperation]:
    seen = Connection.objects.filter(company=company)
    return PullOperation.objects.filter(connection__in=seen).select_related("connection", "sync")


def _status(data_type: str, latest: list[PullOperation], complete: list[PullOperation]) -> dict[str, Any]:
    current = furthest_behind(latest)
    status = {"dataType": data_type, "currentStatus": current.status, "latestSyncId": current.id}
    if len(complete) == len(latest):
        # All of it was there when the last of its streams was read.
        success = min(complete, key=lambda one: one.sync.requested_at)
        status |= {"lastSuccessfulSync": success.finished_at, "latestSuccessfulSyncId": success.id}
    return status
