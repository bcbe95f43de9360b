"""Middleware that every request passes: a request id for the logs, and the content security policy."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from ipaddress import ip_address

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

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
