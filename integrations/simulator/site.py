"""One site: its business, its key, its weather, and the changes a test or a demo makes to it."""

from __future__ import annotations

import threading
import time
from array import array
from collections import OrderedDict
from typing import Any
from zoneinfo import ZoneInfo

from .bodies import webhooks as payloads
from .business import hand
from .business.clock import Business
from .business.hand import CHANGEABLE, DELETABLE
from .business.ledger import ledger, months
from .business.records import Event
from .business.times import stamper
from .endpoints.lists import Listing, Query, conditions, order, page
from .server.weather import Weather
from .server.webhooks import EVENTS, Webhooks
from .spec import SiteSpec

__all__ = ["CHANGEABLE", "DELETABLE", "Site"]
REMEMBERED_IDS = 3_000_000  # eight bytes each
PAGING = ("page", "per_page")


class Site:
    """One site; every method may be called from any thread."""

    def __init__(self, spec: SiteSpec) -> None:
        self.spec = spec
        self.api_key: str | None = spec.api_key
        self.ahead = 0
        self.zone = ZoneInfo(spec.time_zone)
        self.stamp = stamper(self.zone)
        self.business = Business(spec, self.now())
        self.world, self.store = self.business.world, self.business.store
        dice = self.world.dice("site")
        self.id, self.seller_id = dice.randrange(10_000, 99_999), dice.randrange(10_000, 99_999)
        self.weather = Weather(spec.seed, self.now)
        self.webhooks = Webhooks(spec, self.id, self.now)
        self.workers = threading.BoundedSemaphore(4)  # per subdomain (facts §4)
        self.is_live = spec.live
        self._lock: threading.RLock = self.store.lock
        self._lists: OrderedDict[tuple[object, ...], array[int]] = OrderedDict()
        self.world.heard = self._heard

    # --- time ---

    def now(self) -> int:
        """Return the site's clock, which is also its `Date` header."""
        return self.ahead + int(self.spec.now.timestamp() if self.spec.now else time.time())

    def advance(self, seconds: int) -> None:
        """Move the site's clock on; the business goes on with it."""
        with self._lock:
            self.ahead += seconds
            self.business.advance(self.now())
            self._lists.clear()

    def live(self, on: bool) -> None:
        """Let the business go on by itself with the clock, or only when it is told to."""
        self.is_live = on

    def keep_up(self) -> None:
        """Let happen what is due by now, on a site that lives."""
        if self.is_live and self.now() > self.business.at:
            self.advance(0)

    # --- reading ---

    def keys(
        self, listing: Listing, query: Query, where: str = "", values: tuple[Any, ...] = ()
    ) -> array[int]:
        """Return all ids behind a query, in its order; pages of it are cut without asking again."""
        asked = tuple(sorted((name, value) for name, value in query.items() if name not in PAGING))
        second = self.now() if self.spec.visible_after_seconds else 0
        key = (listing.kind, listing.sort, listing.where, asked, where, values, second)
        with self._lock:
            if key not in self._lists:
                self._remember(key, self._keys(listing, query, where, values))
            self._lists.move_to_end(key)
            return self._lists[key]

    def _keys(self, listing: Listing, query: Query, where: str, values: tuple[Any, ...]) -> array[int]:
        lag = self.spec.visible_after_seconds
        condition, found = conditions(query, listing, self.zone, self.now(), lag)
        condition = " AND ".join(part for part in (condition, where) if part)
        return self.store.keys(listing.kind, condition, (*found, *values), order(query, listing))

    def _remember(self, key: tuple[object, ...], keys: array[int]) -> None:
        self._lists[key] = keys
        while len(self._lists) > 1 and sum(map(len, self._lists.values())) > REMEMBERED_IDS:
            self._lists.popitem(last=False)

    def rows(
        self, listing: Listing, query: Query, where: str = "", values: tuple[Any, ...] = ()
    ) -> list[Any]:
        """Return one page of records."""
        return self.store.many(listing.kind, page(self.keys(listing, query, where, values), query, listing))

    def total(self, listing: Listing, query: Query, where: str = "", values: tuple[Any, ...] = ()) -> int:
        """Return how many records are behind a query."""
        return len(self.keys(listing, query, where, values))

    def ledger(self) -> dict[str, Any]:
        """Return what a complete copy must add up to: rows, sums of invoices, MRR by month."""
        with self._lock:
            return ledger(self.store, legacy=self.spec.legacy)

    def months(self, customer_id: int) -> list[dict[str, Any]]:
        """Return one customer's MRR by month."""
        with self._lock:
            return months(self.store, customer_id)

    # --- changing ---

    def update(self, resource: str, count: int = 1) -> list[int | str]:
        """Change `count` records, spread over the whole resource, and return their ids."""
        with self._lock:
            self._lists.clear()
            return hand.update(self.world, resource, count, self.now())

    def add_customer(self) -> int:
        """Sign up a customer now and return its id."""
        with self._lock:
            self._lists.clear()
            return hand.add_customer(self.world, self.now())

    def delete(self, resource: str, number: int) -> None:
        """Delete a record; what refers to it stays."""
        with self._lock:
            self._lists.clear()
            hand.delete(self.world, resource, number, self.now())

    def delete_customer(self, number: int) -> None:
        """Remove a customer from the lists; its subscriptions and invoices stay."""
        self.delete("customers", number)

    def pay_invoice(self, uid: str) -> None:
        """Pay what is due on an invoice, now."""
        with self._lock:
            self._lists.clear()
            hand.pay_invoice(self.world, uid, self.now())

    # --- what the merchant does in the vendor's own pages ---

    def set_weather(self, mode: str, requests: int | None = None, latency_ms: int = 0) -> None:
        """Change how requests are answered, for a number of them or until the next change."""
        self.weather.set(mode, requests, latency_ms)

    def rename(self, subdomain: str) -> None:
        """Answer under another subdomain from now on."""
        self.spec.subdomain = subdomain

    def revoke_key(self) -> None:
        """Refuse every key."""
        self.api_key = None

    def restore_key(self, key: str = "") -> None:
        """Take a new key, or the one it began with."""
        self.api_key = key or self.spec.api_key

    def close(self) -> None:
        """Stop sending webhooks and give the file back."""
        self.webhooks.stop()
        self.store.close()

    def _heard(self, event: Event) -> None:
        """Send an event out as a webhook, if it is one that goes out."""
        if self.webhooks.enabled and (key := payloads.name(event)) in EVENTS:
            self.webhooks.publish(key, payloads.payload(self, event), event.id)
