"""Middleware that every request passes: who and what asks, what can't be text, and what is sent with every answer."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from redis.exceptions import RedisError

from config.api.errors import bad_request, error_response, is_page

log = structlog.get_logger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponse]

_STRICT = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
# The admin theme's Alpine evaluates expressions and sets inline styles; therefore no data ever stands in an `x-*`
# attribute (design: Trust). Swagger UI and Redoc need inline styles, Redoc a worker from a blob.
_PORTAL = _STRICT | {"script-src": "'self' 'unsafe-eval'", "style-src": "'self' 'unsafe-inline'"}
_DOCS = _STRICT | {
    "script-src": "'self' 'unsafe-inline'",
    "style-src": "'self' 'unsafe-inline'",
    "worker-src": "'self' blob:",
}
_POLICIES = [("/admin/", _PORTAL), ("/docs/", _DOCS)]


def content_security_policy(path: str) -> str:
    """Return the policy for a path: strict everywhere but in the Portal and the API's documents."""
    policy = next((policy for prefix, policy in _POLICIES if path.startswith(prefix)), _STRICT)
    return "; ".join(f"{name} {value}" for name, value in policy.items())


class ClientAddressMiddleware:
    """Put the client's address in the place of the nearest proxy's, for consents, audit and sign-in limits.

    Each of our PROXY_COUNT proxies appends the address that it was asked by; what stands before those, anybody can
    have written.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        hops = request.headers.get("X-Forwarded-For", "").split(",")
        count: int = settings.PROXY_COUNT
        if count and len(hops) >= count and _is_address(hops[-count].strip()):
            request.META["REMOTE_ADDR"] = hops[-count].strip()
        return self.get_response(request)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


class ContentSecurityPolicyMiddleware:
    """Send the content security policy that fits the page."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", content_security_policy(request.path))
        return response


class RequestIdMiddleware:
    """Give every request an id that its log lines and error answers carry."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.correlation_id = uuid.uuid4().hex  # type: ignore[attr-defined]
        with structlog.contextvars.bound_contextvars(request_id=request.correlation_id):  # type: ignore[attr-defined]
            response = self.get_response(request)
        response.headers["X-Request-Id"] = request.correlation_id  # type: ignore[attr-defined]
        return response


class TextMiddleware:
    """Refuse a page's parameters and form fields, and any cookie, that hold a NUL: PostgreSQL takes none."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> HttpResponse | None:
        """Look before the view does, and after the CSRF check, which puts up with a body that breaks off."""
        found = any("\0" in value for value in request.COOKIES.values())
        if is_page(request):
            # `POST` is empty unless the body is a form.
            found = found or _has_nul(request.GET) or _has_nul(request.POST)
        return bad_request(request, BadRequest("NUL")) if found else None


def _has_nul(fields: QueryDict) -> bool:
    return any("\0" in text for name, values in fields.lists() for text in (name, *values))


class ValkeyDownMiddleware:
    """Ask for patience where a view can't do without Valkey, such as signing in, which has to count the failures."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer 503 when it is Valkey that failed."""
        if not isinstance(exception, RedisError):
            return None
        log.error("valkey_down", exc_info=exception)
        if is_page(request):
            return render(request, "503.html", status=503)
        return error_response(
            request, 503, "A part of Tributary is down for the moment. Try again in a minute."
        )
