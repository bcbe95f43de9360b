"""The vendor's calls that administer webhooks: the only ones here that write (openapi.yaml, Webhooks)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from .form import hmac_signature, legacy_signature
from .messages import NOT_FOUND, Query, Request, Response
from .webhooks import Endpoint, Webhook, Webhooks

PAGE, LARGEST_PAGE, LARGEST_REPLAY = 20, 200, 1000


class EndpointFields(msgspec.Struct):
    url: str
    webhook_subscriptions: list[str]


class EndpointOrder(msgspec.Struct):
    endpoint: EndpointFields


class SettingsOrder(msgspec.Struct):
    webhooks_enabled: bool


class ReplayOrder(msgspec.Struct):
    ids: list[int]


def administer(webhooks: Webhooks, request: Request) -> Response | None:
    """Answer a call about webhooks; None if it is about something else."""
    method = "GET" if request.reads else request.method
    for verb, pattern, respond in ROUTES:
        if verb == method and (match := pattern.fullmatch(request.path)):
            return _respond(respond, webhooks, request, *match.groups())
    return None


def _respond(respond: Callable[..., Any], webhooks: Webhooks, request: Request, *parts: str) -> Response:
    try:
        body = respond(webhooks, request, *parts)
    except msgspec.DecodeError as error:  # malformed or of another shape: the vendor's words are unknown [I]
        return _refused(422 if isinstance(error, msgspec.ValidationError) else 400, error)
    except ValueError as error:
        return _refused(422, error)
    return NOT_FOUND if body is None else Response(200, msgspec.json.encode(body), chunked=True)


def _refused(status: int, error: Exception) -> Response:
    return Response(status, msgspec.json.encode({"errors": [str(error)]}))


def _list_endpoints(webhooks: Webhooks, request: Request) -> list[Endpoint]:
    """A bare array without pages (facts §3)."""
    return webhooks.endpoints


def _create_endpoint(webhooks: Webhooks, request: Request) -> dict[str, Endpoint]:
    fields = msgspec.json.decode(request.body, type=EndpointOrder).endpoint
    return {"endpoint": webhooks.register(fields.url, fields.webhook_subscriptions)}


def _update_endpoint(webhooks: Webhooks, request: Request, number: str) -> dict[str, Endpoint] | None:
    if webhooks.endpoint(int(number)) is None:
        return None
    fields = msgspec.json.decode(request.body, type=EndpointOrder).endpoint
    return {"endpoint": webhooks.register(fields.url, fields.webhook_subscriptions, int(number))}


def _settings(webhooks: Webhooks, request: Request) -> dict[str, bool]:
    webhooks.enabled = msgspec.json.decode(request.body, type=SettingsOrder).webhooks_enabled
    return {"webhooks_enabled": webhooks.enabled}


def _replay(webhooks: Webhooks, request: Request) -> dict[str, str]:
    numbers = msgspec.json.decode(request.body, type=ReplayOrder).ids
    if len(numbers) > LARGEST_REPLAY:
        raise ValueError(f"ids: at most {LARGEST_REPLAY}")
    webhooks.replay(numbers)
    return {"status": "ok"}


def _list_webhooks(webhooks: Webhooks, request: Request) -> list[dict[str, Any]]:
    query, zone = request.query, ZoneInfo(webhooks.spec.time_zone)
    found = [webhook for webhook in webhooks.kept() if _matches(webhook, query, zone)]
    if query.get("order") != "oldest_first":
        found.reverse()  # newest first unless told otherwise [I]
    number = max(1, _integer(query.get("page"), 1))
    size = min(LARGEST_PAGE, _integer(query.get("per_page"), PAGE) or PAGE)
    page = found[(number - 1) * size : number * size]
    return [{"webhook": _body(webhook, webhooks.spec.shared_key, zone)} for webhook in page]


def _matches(webhook: Webhook, query: Query, zone: ZoneInfo) -> bool:
    since, until = _day(query.get("since_date")), _day(query.get("until_date"))
    created = datetime.fromtimestamp(webhook.created_at, zone).date()
    return (
        query.get("status", webhook.status) == webhook.status
        and query.get("subscription", str(webhook.subscription)) == str(webhook.subscription)
        and (since is None or created >= since)
        and (until is None or created <= until)
    )


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None  # what the vendor does with a malformed date is unknown; ignored [I]


def _integer(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() else default


def _body(webhook: Webhook, shared_key: str, zone: ZoneInfo) -> dict[str, Any]:
    def stamp(seconds: int | None) -> str | None:
        return None if seconds is None else datetime.fromtimestamp(seconds, zone).isoformat()

    return {
        "event": webhook.event,
        "id": webhook.id,
        "created_at": stamp(webhook.created_at),
        "last_error": webhook.last_error,
        "last_error_at": stamp(webhook.last_error_at),
        "accepted_at": stamp(webhook.accepted_at),
        "last_sent_at": stamp(webhook.last_sent_at),
        "last_sent_url": webhook.last_sent_url,
        "successful": webhook.accepted_at is not None,
        "body": webhook.body,
        "signature": legacy_signature(shared_key, webhook.body),
        "signature_hmac_sha_256": hmac_signature(shared_key, webhook.body),
    }


ROUTES: list[tuple[str, re.Pattern[str], Callable[..., Any]]] = [
    (method, re.compile(pattern), respond)
    for method, pattern, respond in (
        ("GET", r"/endpoints\.json", _list_endpoints),
        ("POST", r"/endpoints\.json", _create_endpoint),
        ("PUT", r"/endpoints/(\d+)\.json", _update_endpoint),
        ("PUT", r"/webhooks/settings\.json", _settings),
        ("GET", r"/webhooks\.json", _list_webhooks),
        ("POST", r"/webhooks/replay\.json", _replay),
    )
]
