"""What stands between a request and the data: the weather, four workers and the key."""

from __future__ import annotations

import base64
import binascii
import hmac
import time
from collections.abc import Callable

from msgspec.structs import replace

from ..endpoints.routes import answer
from ..site import Site
from .damage import BREAKAGES, DAMAGE
from .fault import Fault
from .giant import giant_page
from .messages import NOT_FOUND, Query, Request, Response
from .refusals import IN_FRONT, TO_VALID_KEYS, UNAUTHORIZED, too_many
from .webhook_admin import administer

PATIENCE = 1.0  # seconds a fifth request is queued before it is refused


def admit(site: Site, request: Request, hook: Callable[[], None]) -> Response:
    """Answer one request to a site, or refuse it when all workers stay busy (facts §4)."""
    if not site.workers.acquire(timeout=PATIENCE):
        return too_many()
    try:
        hook()
        return _serve(site, request)
    finally:
        site.workers.release()


def _serve(site: Site, request: Request) -> Response:
    faults, delay = site.weather.meet(request.path)
    if delay or site.spec.latency_ms:
        time.sleep(delay + site.spec.latency_ms / 1000)
    refused = _refusal(site, request.key, faults)
    if refused is not None:
        return refused
    found = _answer(site, request, giant="giant_page" in faults)
    return _damaged(found, faults) if faults and found.status == 200 else found


def _refusal(site: Site, key: str | None, faults: dict[str, Fault]) -> Response | None:
    if "rate_limited" in faults:
        return too_many()
    for mode in faults.keys() & IN_FRONT.keys():
        return IN_FRONT[mode]
    if key is None or site.api_key is None or not hmac.compare_digest(key.encode(), site.api_key.encode()):
        return UNAUTHORIZED
    for mode in faults.keys() & TO_VALID_KEYS.keys():
        return TO_VALID_KEYS[mode]
    return None


def _answer(site: Site, request: Request, *, giant: bool) -> Response:
    site.keep_up()
    administered = administer(site.webhooks, request)
    if administered is not None:
        return administered
    if not request.reads:
        return NOT_FOUND

    def read(query: Query) -> Response:
        status, body = answer(site, request.path, query)
        return Response(status, body, chunked=status == 200)

    return giant_page(read, request.query) if giant else read(request.query)


def _damaged(response: Response, faults: dict[str, Fault]) -> Response:
    for mode, damage in DAMAGE.items():
        if mode in faults:
            response = damage(response)
    for mode in BREAKAGES:
        if mode in faults:
            response = replace(response, breakage=mode, silence=faults[mode].silence)
    return response


def basic_key(header: str | None) -> str | None:
    """Return the user name of a Basic header: the key; any password will do (facts §1)."""
    scheme, _, value = (header or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return None
