"""The paths under /control: what a demo or a test changes from outside the process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from .site import Site
from .weather import NOT_FOUND, Response


class WeatherOrder(msgspec.Struct):
    mode: str
    requests: int | None = None
    latency_ms: int = 0


class UpdateOrder(msgspec.Struct):
    resource: str
    count: int = 1


class DeleteOrder(msgspec.Struct):
    resource: str
    id: int


def control(site: Site, method: str, action: str, body: bytes) -> Response:
    """Carry out one order; a bad one is a 400 that says why."""
    perform = ACTIONS.get((method, action))
    if perform is None:
        return NOT_FOUND
    try:
        return Response(200, msgspec.json.encode(perform(site, body)))
    except (ValueError, KeyError) as error:
        return Response(400, msgspec.json.encode({"error": str(error)}))


def _ledger(site: Site, body: bytes) -> Any:
    return site.ledger()


def _weather(site: Site, body: bytes) -> Any:
    order = msgspec.json.decode(body, type=WeatherOrder)
    site.set_weather(order.mode, order.requests, order.latency_ms)
    return {"mode": order.mode}


def _update(site: Site, body: bytes) -> Any:
    order = msgspec.json.decode(body, type=UpdateOrder)
    return {"ids": site.update(order.resource, order.count)}


def _delete(site: Site, body: bytes) -> Any:
    order = msgspec.json.decode(body, type=DeleteOrder)
    site.delete(order.resource, order.id)
    return {"id": order.id}


ACTIONS: dict[tuple[str, str], Callable[[Site, bytes], Any]] = {
    ("GET", "ledger"): _ledger,
    ("POST", "weather"): _weather,
    ("POST", "update"): _update,
    ("POST", "delete"): _delete,
}
