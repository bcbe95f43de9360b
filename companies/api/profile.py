"""The API of the operator itself: its profile, and the origins whose pages may speak to the API."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from companies.api.base import ClientView
from companies.models import Operator, Scope
from companies.redirects import NOT_ALLOWED, is_allowed, is_safe
from companies.services.operators import (
    operator_cors_origins_set,
    operator_redirects_set,
    operator_rename,
)
from config.api.serializers import CamelSerializer
from config.api.views import operation

_TAG = "Settings"
_MOST = 50
_LONGEST_HOST = 253


class HostField(serializers.CharField):
    """A host, given as a URL or alone."""

    default_error_messages = {"host": "Must be a URL such as https://app.example.com."}

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data).lower()
        host = _host_of(text if "://" in text else f"https://{text}")
        if host is None:
            self.fail("host")
        return host

    def to_representation(self, value: str) -> str:
        return f"https://{value}"


class OriginField(serializers.CharField):
    """An origin: scheme, host and port of a page."""

    default_error_messages = {
        "origin": "Must be an origin such as https://app.example.com: https, a host, and no path."
    }

    def to_internal_value(self, data: Any) -> str:
        origin = super().to_internal_value(data).lower().removesuffix("/")
        host = _host_of(origin)
        if (
            host is None
            or not is_safe(urlsplit(origin), host.partition(":")[0])
            or "/" in _after_scheme(origin)
        ):
            self.fail("origin")
        return origin


class ProfileSerializer(CamelSerializer[Operator]):
    """Who the operator is to its customers, and where Link sends them."""

    client_id = serializers.UUIDField(source="id", read_only=True)
    name = serializers.CharField(max_length=100, help_text="Your customers read it when they connect.")
    redirect_url = serializers.CharField(
        max_length=200,
        allow_blank=True,
        help_text="Where Link leads after Finish; empty where it leads nowhere.",
    )
    white_list_urls = serializers.ListField(
        child=HostField(max_length=300),
        source="allowed_redirect_hosts",
        max_length=_MOST,
        required=False,
        help_text="The hosts that the redirect URL may lead to. Left out, they stay; empty, it may lead nowhere.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a redirect URL that Finish would not lead to."""
        url, hosts = attrs["redirect_url"], attrs.get("allowed_redirect_hosts", self._hosts())
        if url and not is_allowed(url, hosts):
            raise serializers.ValidationError({"redirectUrl": [NOT_ALLOWED]})
        return attrs

    def _hosts(self) -> list[str]:
        operator: Operator = self.context["operator"]
        return operator.allowed_redirect_hosts


class AllowedOriginsSerializer(CamelSerializer[Any]):
    """The origins whose pages may speak to the API."""

    allowed_origins = serializers.ListField(child=OriginField(max_length=300), max_length=_MOST)


class ProfileView(ClientView):
    """The operator's profile."""

    scope = Scope.ADMIN

    @operation("get-profile", "Get profile", tag=_TAG, response=ProfileSerializer)
    def get(self, request: Request) -> Response:
        """Return the operator's name, and where Link sends its customers."""
        return Response(ProfileSerializer(Operator.objects.get()).data)

    @operation(
        "update-profile",
        "Update profile",
        tag=_TAG,
        request=ProfileSerializer,
        response=ProfileSerializer,
        errors=[400],
    )
    def put(self, request: Request) -> Response:
        """Set the operator's name, and where Link sends its customers; logo and icon are not kept."""
        serializer = ProfileSerializer(data=request.data, context={"operator": Operator.objects.get()})
        serializer.is_valid(raise_exception=True)
        given = serializer.validated_data
        hosts = given.get("allowed_redirect_hosts", serializer.context["operator"].allowed_redirect_hosts)
        operator_rename(name=given["name"], actor=self.actor)
        operator_redirects_set(redirect_url=given["redirect_url"], hosts=hosts, actor=self.actor)
        return Response(ProfileSerializer(Operator.objects.get()).data)


class CorsSettingsView(ClientView):
    """The origins whose pages may speak to the API."""

    scope = Scope.ADMIN

    @operation("get-cors-settings", "Get CORS settings", tag=_TAG, response=AllowedOriginsSerializer)
    def get(self, request: Request) -> Response:
        """Return the allowed origins."""
        return Response({"allowedOrigins": Operator.objects.get().cors_origins})

    @operation(
        "set-cors-settings",
        "Set CORS settings",
        tag=_TAG,
        request=AllowedOriginsSerializer,
        response=AllowedOriginsSerializer,
        errors=[400, 409, 422],
    )
    def post(self, request: Request) -> Response:
        """Set the allowed origins, in the place of those before."""
        serializer = AllowedOriginsSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        origins = list(dict.fromkeys(serializer.validated_data["allowed_origins"]))
        operator_cors_origins_set(origins=origins, actor=self.actor)
        return Response({"allowedOrigins": origins})


class OldCorsSettingsView(CorsSettingsView):
    """The same under its former path."""

    @operation(
        "get-connection-management-cors-settings",
        "Get CORS settings (old)",
        tag=_TAG,
        response=AllowedOriginsSerializer,
    )
    def get(self, request: Request) -> Response:
        """Return the allowed origins; use `GET /corsSettings` instead."""
        return super().get(request)

    @operation(
        "set-connection-management-cors-settings",
        "Set CORS settings (old)",
        tag=_TAG,
        request=AllowedOriginsSerializer,
        response=AllowedOriginsSerializer,
        errors=[400, 409, 422],
    )
    def post(self, request: Request) -> Response:
        """Set the allowed origins; use `POST /corsSettings` instead."""
        return super().post(request)


def _host_of(url: str) -> str | None:
    """Return host and port of a URL, None where it has none that can be listed."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return None
    plain = url.isascii() and url.isprintable() and not set(url) & set("@{}\\ ?#*")
    return parts.netloc if plain and host and len(parts.netloc) <= _LONGEST_HOST else None


def _after_scheme(origin: str) -> str:
    return origin.partition("://")[2]
