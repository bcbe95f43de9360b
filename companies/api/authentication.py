"""API keys are the only way into the API; a session never is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from companies.models import ApiKey


@dataclass(frozen=True)
class ApiClient:
    """The operator's software, as it stands in the audit trail."""

    api_key: ApiKey
    is_authenticated: bool = True

    def __str__(self) -> str:
        return f"API key {self.api_key.name}"


class ApiKeyAuthentication(BaseAuthentication):
    """Take over the key that the tenant middleware found proven."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        api_key: ApiKey | None = request._request.api_key  # type: ignore[attr-defined]
        if api_key:
            return ApiClient(api_key), api_key
        if "Authorization" in request.headers:
            raise AuthenticationFailed("The API key is unknown, expired or revoked.")
        return None

    def authenticate_header(self, request: Request) -> str:
        # A Basic challenge would open a browser's dialog (design: Traps).
        return "Bearer"


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the OpenAPI document says so."""

    target_class = "companies.api.authentication.ApiKeyAuthentication"
    name = ["bearer", "basic"]

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, str]]:
        return [
            {"type": "http", "scheme": "bearer", "description": "The API key as it is."},
            {
                "type": "http",
                "scheme": "basic",
                "description": "The API key as user name, without a password.",
            },
        ]

    def get_security_requirement(self, auto_schema: Any) -> list[dict[str, list[str]]]:
        return [{name: []} for name in self.name]
