"""The API of the catalogue of integrations."""

from __future__ import annotations

import operator as operators
from collections.abc import Callable
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from companies.api.base import ClientView
from companies.models import Scope
from config.api.query import malformed, parse_query, unknown_property
from config.api.serializers import CamelSerializer
from config.api.views import ListApiView, operation
from integrations.api.serializers import (
    BrandingSerializer,
    IntegrationSerializer,
    branding_body,
    integration_body,
)
from integrations.catalogue import UnknownIntegration, catalogue, connector_for, enabled_keys
from integrations.connectors.base import Connector
from integrations.models.settings import MOST_IN_FLIGHT
from integrations.services.settings import has_proxy, in_flight_of
from integrations.services.switches import integration_set_in_flight, integration_switch_proxy

_TAG = "Integrations"
_QUERYABLE = (
    "key",
    "name",
    "sourceType",
    "integrationId",
    "sourceId",
    "enabled",
    "isBeta",
    "isOfflineConnector",
)
_MATCHES: dict[str, Callable[[str, str], bool]] = {
    "=": operators.eq,
    "!=": operators.ne,
    "~": operators.contains,
}


class CatalogueFilter:
    """`query` and `orderBy` over a list that is no table."""

    def filter_queryset(
        self, request: Request, queryset: list[dict[str, Any]], view: Any
    ) -> list[dict[str, Any]]:
        query, order = (request.query_params.get(name, "").strip() for name in ("query", "orderBy"))
        if query:
            keys = parse_query(query, lambda *clause: _matching(queryset, *clause))
            queryset = [body for body in queryset if body["key"] in keys]
        if order:
            name = _known(order.removeprefix("-"))
            queryset = sorted(queryset, key=lambda body: str(body[name]), reverse=order.startswith("-"))
        return queryset

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        names = ("query", "orderBy")
        return [{"name": name, "in": "query", "schema": {"type": "string"}} for name in names]


class IntegrationsView(ClientView, ListApiView):
    """All integrations."""

    filter_backends = [CatalogueFilter]  # type: ignore[list-item]
    serializer_class = IntegrationSerializer

    @operation(
        "list-integrations",
        "List integrations",
        tag=_TAG,
        response=IntegrationSerializer(many=True),
        errors=[400],
    )
    def get(self, request: Request) -> Response:
        """Return what companies can connect, and whether you have switched it on."""
        enabled = enabled_keys()
        bodies = [integration_body(connector, enabled) for connector in catalogue().values()]
        return self.get_paginated_response(self.paginate_queryset(self.filter_queryset(bodies)))  # type: ignore[arg-type]


class IntegrationView(ClientView):
    """One integration."""

    @operation(
        "get-integration", "Get an integration", tag=_TAG, response=IntegrationSerializer, errors=[404]
    )
    def get(self, request: Request, **kwargs: Any) -> Response:
        """Return one integration by its platform key."""
        return Response(integration_body(connector_named(kwargs["platformKey"]), enabled_keys()))


class BrandingView(ClientView):
    """How to show one integration."""

    @operation(
        "get-integrations-branding", "Get branding", tag=_TAG, response=BrandingSerializer, errors=[404]
    )
    def get(self, request: Request, **kwargs: Any) -> Response:
        """Return logo and button of an integration."""
        return Response(branding_body(connector_named(kwargs["platformKey"])))


class IntegrationSettingsSerializer(CamelSerializer[Any]):
    """How an operator has an integration's accounts read."""

    requests_at_once = serializers.IntegerField(
        min_value=1,
        max_value=MOST_IN_FLIGHT,
        help_text="How many requests one account gets at the same time at most, from all syncs together.",
    )
    proxy_enabled = serializers.BooleanField(
        required=False,
        help_text="Whether accounts can be looked at through the proxy; left out, it stays as it is.",
    )


class IntegrationSettingsView(ClientView):
    """How hard an integration's accounts are asked, and whether through the proxy too."""

    scope = Scope.ADMIN

    @operation(
        "get-integration-settings",
        "Get the settings of an integration",
        tag=_TAG,
        response=IntegrationSettingsSerializer,
        errors=[404],
    )
    def get(self, request: Request, **kwargs: Any) -> Response:
        """Return how many requests one account gets at the same time, and whether the proxy is on."""
        return Response(_settings_body(connector_named(kwargs["platformKey"]).platform_key))

    @operation(
        "set-integration-settings",
        "Set the settings of an integration",
        tag=_TAG,
        request=IntegrationSettingsSerializer,
        response=IntegrationSettingsSerializer,
        errors=[400, 404, 422],
    )
    def put(self, request: Request, **kwargs: Any) -> Response:
        """Set how many requests one account gets at the same time, and the proxy; Syncs follow within 20 seconds.

        More is faster, and leaves less for your customer's own software. When an account refuses or slows down, half
        as many are sent for a while.
        """
        connector = connector_named(kwargs["platformKey"])
        serializer = IntegrationSettingsSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        key, given = connector.platform_key, serializer.validated_data
        integration_set_in_flight(platform_key=key, in_flight=given["requests_at_once"], actor=self.actor)
        if "proxy_enabled" in given:
            integration_switch_proxy(platform_key=key, enabled=given["proxy_enabled"], actor=self.actor)
        return Response(_settings_body(key))


def _settings_body(platform_key: str) -> dict[str, Any]:
    return {"requestsAtOnce": in_flight_of(platform_key), "proxyEnabled": has_proxy(platform_key)}


def connector_named(platform_key: str) -> Connector:
    """Return the connector of an integration; raise NotFound."""
    try:
        return connector_for(platform_key)
    except UnknownIntegration as error:
        raise NotFound(str(error)) from error


def _known(name: str) -> str:
    if name not in _QUERYABLE:
        raise unknown_property(name)
    return name


def _matching(bodies: list[dict[str, Any]], name: str, operator: str, value: str) -> set[str]:
    _known(name)
    if operator not in _MATCHES:
        raise malformed()
    matches = _MATCHES[operator]
    return {body["key"] for body in bodies if matches(str(body[name]).lower(), value.lower())}
