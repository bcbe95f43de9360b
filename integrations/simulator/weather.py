"""Bad days: what a site answers instead of data, for how many requests."""

from __future__ import annotations

import threading
from http import HTTPStatus

from msgspec import Struct

JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
MODES = (
    "fair", "latency", "rate_limited", "down", "html", "account_canceled", "trial_ended", "unauthorized",
    "truncated",
)  # fmt: skip


class Response(Struct, frozen=True):
    """An answer before it is put on the wire."""

    status: int
    body: bytes = b""
    content_type: str = JSON
    chunked: bool = False

    @property
    def reason(self) -> str:
        """Return the status's phrase."""
        return HTTPStatus(self.status).phrase


NOT_FOUND = Response(404)  # an empty body that still claims to be JSON (facts §5)
# Plain text under a JSON content type: the type is inferred from an old .xml recording (facts §1 [I]).
UNAUTHORIZED = Response(401, b"HTTP Basic: Access denied.\n")
# How an unknown subdomain answers is not known (facts §1 [?]).
NO_SUCH_SITE = Response(404, b"<!DOCTYPE html><html><body><h1>No such site</h1></body></html>\n", HTML)

# These come from in front of the application, whatever the key is. The vendor's pages are unknown (facts §4).
IN_FRONT = {
    "down": Response(503, b"<!DOCTYPE html><html><body><h1>Service Unavailable</h1></body></html>\n", HTML),
    "html": Response(200, b"<!DOCTYPE html><html><body><h1>Please sign in</h1></body></html>\n", HTML),
}
# A valid key whose account is blocked: 422 on any endpoint (facts §1).
BLOCKED = {
    "account_canceled": Response(
        422,
        b'{"errors":["Your Chargify account has been canceled. '
        b'Please contact support@chargify.com to reactivate."]}',
    ),
    "trial_ended": Response(422, b'{"errors":["Your trial has ended, please contact sales."]}'),
    "unauthorized": UNAUTHORIZED,
}


def too_many(reference: str) -> Response:
    """Return the 429 of a site whose four workers are busy: text, no Retry-After (facts §4)."""
    text = (
        "Your request was denied due to a usage violation. "
        f"You can track this request with support by referencing {reference}"
    )
    return Response(429, text.encode(), TEXT)


def truncated(response: Response) -> Response:
    """Cut a body in half and send it with a Content-Length that agrees with the cut."""
    return Response(response.status, response.body[: len(response.body) // 2], response.content_type)


class Weather:
    """The mode of a site; after `requests` requests it is fair again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._mode, self._latency_ms = "fair", 0
        self._left: int | None = None

    def set(self, mode: str, requests: int | None = None, latency_ms: int = 0) -> None:
        """Change the weather, for a number of requests or until it is changed again."""
        if mode not in MODES:
            raise ValueError(f"unknown weather {mode!r}; one of {', '.join(MODES)}")
        with self._lock:
            self._mode, self._left, self._latency_ms = mode, requests, latency_ms

    def take(self) -> tuple[str, int]:
        """Return the mode and latency of the next request and count it."""
        with self._lock:
            if self._left is not None and self._left <= 0:
                self._mode, self._left, self._latency_ms = "fair", None, 0
            if self._left is not None:
                self._left -= 1
            return self._mode, self._latency_ms
