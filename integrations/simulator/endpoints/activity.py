"""The site's activity (facts §3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..bodies import activity as bodies
from ..business.records import Event
from . import finding
from .lists import Listing, Query, among, max_id, since_id

if TYPE_CHECKING:
    from ..site import Site

EVENTS = Listing(
    kind=Event,
    times={"created_at": "created_at"},
    direction="desc",
    filters={"since_id": since_id(inclusive=True), "max_id": max_id, "filter": among("key")},
)


def events(site: Site, query: Query) -> Any:
    """Return a page of events, the newest first unless asked otherwise."""
    return [{"event": bodies.event(site, row)} for row in site.rows(EVENTS, query)]


def events_of(site: Site, query: Query, number: str) -> Any:
    """Return a page of one subscription's events; dates do not filter here (openapi.yaml)."""
    found = finding.subscription(site, number)
    if found is None:
        return None
    rows = site.rows(EVENTS, query | {"date_field": ""}, "subscription_id = ?", (found.id,))
    return [{"event": bodies.event(site, row)} for row in rows]


def count(site: Site, query: Query) -> Any:
    """Return how many events match the same filters."""
    return {"count": site.total(EVENTS, query)}


ROUTES: dict[str, Callable[..., Any]] = {
    "/events.json": events,
    "/events/count.json": count,
    "/subscriptions/{id}/events.json": events_of,
}
