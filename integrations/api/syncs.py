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
from integrations.services.syncs import CannotSync, sync_request

_TAG = "Refresh data"
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
        operation of the first connection.
        """
        company, data_type = self.company(), kwargs["dataType"]
        asked = request.query_params.get("connectionId")
        chosen = [self.connection_of(company, asked)] if asked else list(linked_of(company))
        able = [connection for connection in chosen if streams_of(connection, data_type)]
        if not able:
            raise ParseError(f"No linked connection of this company has the data type {data_type}.")
        queued = [self._queue(connection, data_type) for connection in able]
        return Response(PullOperationSerializer(queued[0]).data)

    def _queue(self, connection: Connection, data_type: str) -> PullOperation:
        try:
            sync = sync_request(
                connection=connection, requested_by=self.actor, streams=streams_of(connection, data_type)
            )
        except CannotSync as error:
            raise Conflict(str(error)) from error
        operations = _operations(connection.company).filter(sync=sync, data_type=data_type)
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
        """Return the latest pull operation of each data type that was ever asked for."""
        newest = ("data_type", "-sync__requested_at", "-position")
        operations = _operations(self.company()).order_by(*newest).distinct("data_type")
        succeeded = operations.filter(status=PullOperation.Status.COMPLETE)
        successes = {operation.data_type: operation for operation in succeeded}
        return Response(
            {latest.data_type: _status(latest, successes.get(latest.data_type)) for latest in operations}
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


def streams_of(connection: Connection, data_type: str) -> list[str]:
    """Return the names of the streams that a data type is read by."""
    streams = connector_for(connection.platform_key).streams
    return [stream.name for stream in streams if stream.data_type == data_type]


def _operations(company: Company) -> QuerySet[PullOperation]:
    seen = Connection.objects.filter(company=company)
    return PullOperation.objects.filter(connection__in=seen).select_related("connection", "sync")


def _status(latest: PullOperation, success: PullOperation | None) -> dict[str, Any]:
    status = {
        "dataType": latest.data_type,
        "currentStatus": latest.status,
        "latestSyncId": latest.id,
    }
    if success:
        status |= {"lastSuccessfulSync": success.finished_at, "latestSuccessfulSyncId": success.id}
    return status
