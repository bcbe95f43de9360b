"""What stands between a request and the data: the weather, four workers and the key."""

from __future__ import annotations

import base64
import binascii
import hmac
import time
import uuid
from collections.abc import Callable

from .api import answer
from .listing import Query
from .site import Site
from .weather import BLOCKED, IN_FRONT, NOT_FOUND, UNAUTHORIZED, Response, too_many, truncated

PATIENCE = 1.0  # seconds a fifth request is queued before it is refused


def admit(
    site: Site, method: str, path: str, query: Query, key: str | None, hook: Callable[[], None]
) -> Response:
    """Answer one request to a site, or refuse it when all workers stay busy (facts §4)."""
    if not site.workers.acquire(timeout=PATIENCE):
        return too_many(str(uuid.uuid4()))
    try:
        hook()
        return _serve(site, method, path, query, key)
    finally:
        site.workers.release()


def _serve(site: Site, method: str, path: str, query: Query, key: str | None) -> Response:
    mode, latency_ms = site.weather.take()
    time.sleep((latency_ms + site.spec.latency_ms) / 1000)
    if mode == "rate_limited":
        return too_many(str(uuid.uuid4()))
    if mode in IN_FRONT:
        return IN_FRONT[mode]
    if key is None or not hmac.compare_digest(key.encode(), site.spec.api_key.encode()):
        return UNAUTHORIZED
    if mode in BLOCKED:
        return BLOCKED[mode]
    found = answer(site, path, query) if method == "GET" else NOT_FOUND
    return truncated(found) if mode == "truncated" else found


def basic_key(header: str | None) -> str | None:
    """Return the user name of a Basic header: the key; any password will do (facts §1)."""
    scheme, _, value = (header or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return None
