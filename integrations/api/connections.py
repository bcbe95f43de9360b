"""The API of connections, with one's own flow of authorization."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from companies.api.base import ClientView
from companies.api.filters import CONNECTION_FIELDS
from companies.api.rows import connections
from companies.models import Connection
from companies.services.audit import audit
from companies.services.connections import NotLinked, connection_delete, connection_unlink
from config.api.errors import Conflict
from config.api.views import ListApiView, operation
from config.tenancy import tenant_context
from integrations.api.serializers import (
    AuthorizationSerializer,
    ConnectionRequestSerializer,
    ConnectionUpdateSerializer,
    ConnectionWithHealthSerializer,
    connection_bodies,
)
from integrations.api.waiting import wait_for
from integrations.catalogue import UnknownIntegration, connector_for
from integrations.connectors.base import InvalidAccount
from integrations.models import CredentialCheck
from integrations.services.connections import IntegrationOff, connection_create
from integrations.services.credentials import credential_submit
from integrations.texts import text_for

_TAG = "Connections"


class ConnectionsView(ClientView, ListApiView):
    """A company's connections."""

    query_fields = CONNECTION_FIELDS
    serializer_class = ConnectionWithHealthSerializer

    def get_queryset(self) -> QuerySet[Connection]:
        return connections().filter(company=self.company()).order_by("created_at", "id")

    @operation(
        "list-connections",
        "List connections",
        tag=_TAG,
        response=ConnectionWithHealthSerializer(many=True),
        errors=[400, 404],
    )
    def get(self, request: Request, **kwargs: Any) -> Response:
        """Return a company's connections, the oldest first."""
        return self.get_paginated_response(connection_bodies(self.page()))

    @operation(
        "create-connection",
        "Create a connection",
        tag=_TAG,
        request=ConnectionRequestSerializer,
        response=ConnectionWithHealthSerializer,
        errors=[400, 404, 409, 422],
    )
    def post(self, request: Request, **kwargs: Any) -> Response:
        """Create a pending connection; its `linkUrl` leads your customer straight to it."""
        company, platform_key = self.company(), _platform_key(request.data)
        try:
            connection = connection_create(company=company, platform_key=platform_key, actor=self.actor)
        except (UnknownIntegration, IntegrationOff) as error:
            raise ValidationError({"platformKey": [str(error)]}) from error
        return Response(_shown(connection))


class ConnectionView(ClientView):
    """One connection."""

    @operation(
        "get-connection", "Get a connection", tag=_TAG, response=ConnectionWithHealthSerializer, errors=[404]
    )
    def get(self, request: Request, **kwargs: Any) -> Response:
        """Return one connection."""
        return Response(connection_bodies([self.connection()])[0])

    @operation(
        "unlink-connection",
        "Unlink a connection",
        tag=_TAG,
        request=ConnectionUpdateSerializer,
        response=ConnectionWithHealthSerializer,
        errors=[400, 404, 409, 422],
    )
    def patch(self, request: Request, **kwargs: Any) -> Response:
        """Stop reading from a connection; what was read stays."""
        connection = self.connection()
        serializer = ConnectionUpdateSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        wanted = serializer.validated_data.get("status")
        if wanted and connection.status != wanted:
            _unlink(connection, wanted, self.actor)
        return Response(_shown(connection))

    @operation("delete-connection", "Delete a connection", tag=_TAG, response=None, errors=[404])
    def delete(self, request: Request, **kwargs: Any) -> Response:
        """Delete a connection and its data; that can't be undone."""
        connection_delete(connection=self.connection(), actor=self.actor)
        return Response()


class AuthorizationView(ClientView):
    """Credentials that the operator's own pages have asked for."""

    in_transaction = False

    @operation(
        "update-connection-authorization",
        "Authorize a connection",
        tag=_TAG,
        request=AuthorizationSerializer,
        response=ConnectionWithHealthSerializer,
        errors=[400, 404],
    )
    def put(self, request: Request, **kwargs: Any) -> Response:
        """Check what opens the account, within 4 seconds; a longer check leaves the connection `PendingAuth`.

        No sync starts: ask for one with `POST /companies/{companyId}/data/all`.
        """
        with tenant_context(request.operator_id):  # type: ignore[attr-defined]
            check = self._submit(request.data)
        problem = _problem_of(wait_for(check))
        if problem:
            raise ParseError(problem)
        with tenant_context(request.operator_id):  # type: ignore[attr-defined]
            return Response(connection_bodies([self.connection()])[0])

    def _submit(self, data: Any) -> CredentialCheck:
        connection = self.connection()
        entered = _entered(connection, data)
        secret = entered.pop("api_key")
        audit(actor=self.actor, action="connection.authorized_by_api", subject=str(connection.id))
        try:
            return credential_submit(
                connection=connection, entered=entered, secret=secret, actor=self.actor, starts_sync=False
            )
        except InvalidAccount as error:
            raise ParseError(str(error)) from error


def _shown(connection: Connection) -> Any:
    return connection_bodies([connections().get(pk=connection.pk)])[0]


def _platform_key(data: Any) -> str:
    given = {"platformKey": data} if isinstance(data, str) else data
    serializer = ConnectionRequestSerializer(data=given)
    serializer.is_valid(raise_exception=True)
    key: str = serializer.validated_data["platform_key"]
    return key


def _unlink(connection: Connection, wanted: str, actor: str) -> None:
    if wanted != Connection.Status.UNLINKED:
        raise ValidationError({"status": ["A connection can only be set to Unlinked."]})
    try:
        connection_unlink(connection=connection, actor=actor)
    except NotLinked as error:
        raise Conflict(str(error)) from error


def _entered(connection: Connection, data: Any) -> dict[str, str]:
    """Return the account's fields and the key; raise ValidationError naming what is missing."""
    serializer = AuthorizationSerializer(data=data)
    for field in connector_for(connection.platform_key).account_fields:
        serializer.fields[field.name] = serializers.CharField(max_length=200)
    serializer.is_valid(raise_exception=True)
    entered: dict[str, str] = serializer.validated_data
    return entered


def _problem_of(check: CredentialCheck) -> str | None:
    return text_for(check.problem).operator if check.outcome == CredentialCheck.Outcome.FAILED else None
