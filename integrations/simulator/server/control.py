"""The orders under /control: what a demo, a person or a test changes from outside the process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from ..site import Site
from .fault import Fault
from .messages import NOT_FOUND, Response
from .sites import Sites
from .webhooks import EVENTS

TEN_YEARS = 10 * 366 * 86_400  # seconds


class WeatherOrder(Struct):
    mode: str
    requests: int | None = None
    latency_ms: int = 0


class ProfileOrder(Struct):
    name: str


class AdvanceOrder(Struct):
    seconds: Annotated[int, Meta(gt=0, le=TEN_YEARS)]


class AddOrder(Struct):
    count: Annotated[int, Meta(gt=0, le=1000)] = 1


class UpdateOrder(Struct):
    resource: str
    count: Annotated[int, Meta(gt=0)] = 1


class DeleteOrder(Struct):
    resource: str
    id: int


class SwitchOrder(Struct):
    on: bool


class RenameOrder(Struct):
    subdomain: str


class KeyOrder(Struct):
    key: str = ""  # the one it began with when left empty


class EndpointOrder(Struct):
    url: str


class NoOrder(Struct):
    pass


def control(sites: Sites, site: Site, method: str, action: str, body: bytes) -> Response:
    """Carry out one order; a bad one is a 400 that says why."""
    name, _, about = action.partition("/")
    if method in ("GET", "HEAD") and name in READINGS:
        return Response(200, msgspec.json.encode(READINGS[name](site, about)))
    if method != "POST" or action not in ORDERS:
        return NOT_FOUND
    shape, perform = ORDERS[action]
    try:
        return Response(200, msgspec.json.encode(perform(sites, site, msgspec.json.decode(body, type=shape))))
    except KeyError as error:
        return _refused(str(error.args[0]))
    except ValueError as error:
        return _refused(str(error))


def _refused(text: str) -> Response:
    return Response(400, msgspec.json.encode({"error": text}))


def _weather(sites: Sites, site: Site, order: WeatherOrder) -> Any:
    site.weather.set(order.mode, order.requests, order.latency_ms)
    return {"mode": order.mode}


def _fault(sites: Sites, site: Site, order: Fault) -> Any:
    site.weather.add(order)
    return site.weather.faults()


def _profile(sites: Sites, site: Site, order: ProfileOrder) -> Any:
    site.weather.follow(order.name)
    return site.weather.faults()


def _advance(sites: Sites, site: Site, order: AdvanceOrder) -> Any:
    site.advance(order.seconds)
    return {"now": site.now()}


def _add_customers(sites: Sites, site: Site, order: AddOrder) -> Any:
    return {"ids": [site.add_customer() for _ in range(order.count)]}


def _update(sites: Sites, site: Site, order: UpdateOrder) -> Any:
    return {"ids": site.update(order.resource, order.count)}


def _delete(sites: Sites, site: Site, order: DeleteOrder) -> Any:
    site.delete(order.resource, order.id)
    return {"id": order.id}


def _live(sites: Sites, site: Site, order: SwitchOrder) -> Any:
    site.live(order.on)
    return {"on": order.on}


def _rename(sites: Sites, site: Site, order: RenameOrder) -> Any:
    sites.rename(site, order.subdomain)
    return {"path": f"/{site.spec.region}/{order.subdomain}"}


def _revoke_key(sites: Sites, site: Site, order: NoOrder) -> Any:
    site.revoke_key()
    return {"api_key": None}


def _restore_key(sites: Sites, site: Site, order: KeyOrder) -> Any:
    site.restore_key(order.key)
    return {"api_key": site.api_key}


def _webhooks(sites: Sites, site: Site, order: SwitchOrder) -> Any:
    site.webhooks.enabled = order.on
    return {"on": order.on}


def _endpoint(sites: Sites, site: Site, order: EndpointOrder) -> Any:
    return site.webhooks.register(order.url, sorted(EVENTS))


def _test_webhooks(sites: Sites, site: Site, order: NoOrder) -> Any:
    site.webhooks.test()
    return {"endpoints": len(site.webhooks.endpoints)}


READINGS: dict[str, Callable[[Site, str], Any]] = {
    "ledger": lambda site, about: site.ledger(),
    "mrr": lambda site, about: {"months": site.months(int(about) if about.isdecimal() else 0)},
    "faults": lambda site, about: site.weather.faults(),
}
ORDERS: dict[str, tuple[type[Struct], Callable[[Sites, Site, Any], Any]]] = {
    "weather": (WeatherOrder, _weather),
    "faults": (Fault, _fault),
    "profile": (ProfileOrder, _profile),
    "advance": (AdvanceOrder, _advance),
    "add_customers": (AddOrder, _add_customers),
    "update": (UpdateOrder, _update),
    "delete": (DeleteOrder, _delete),
    "live": (SwitchOrder, _live),
    "rename": (RenameOrder, _rename),
    "revoke_key": (NoOrder, _revoke_key),
    "restore_key": (KeyOrder, _restore_key),
    "webhooks": (SwitchOrder, _webhooks),
    "endpoints": (EndpointOrder, _endpoint),
    "test_webhooks": (NoOrder, _test_webhooks),
}
