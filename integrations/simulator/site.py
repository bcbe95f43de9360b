"""One site: its business, its key, its weather, and the changes a test or a demo makes to it."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from random import Random
from typing import Any

from .billing import pay
from .business import build, new_customer, ordinary_names
from .invoices import InvoiceRenderer
from .ledger import ledger
from .listing import Listing, Query, select
from .records import Customer, Invoice, Product, Subscription
from .render import Renderer
from .spec import SiteSpec
from .weather import Weather

Changeable = Customer | Subscription | Invoice | Product
CHANGEABLE = ("customers", "subscriptions", "invoices", "products")
REMEMBERED_LISTS = 32


class Site:
    """Holds the facts of one site; every method may be called from any thread."""

    def __init__(self, spec: SiteSpec) -> None:
        self.spec = spec
        self.business = build(spec, self.now())
        self.renderer = Renderer(spec, self.business)
        self.invoices = InvoiceRenderer(self.renderer)
        self.weather = Weather()
        self.workers = threading.BoundedSemaphore(4)  # per subdomain (facts §4)
        self._lock = threading.RLock()
        self._lists: OrderedDict[tuple[str, ...], list[Any]] = OrderedDict()
        self._changes = 0
        self._last_customer = max(self.business.customers, default=10_000_000)

    def now(self) -> int:
        """Return the site's clock, which is also its `Date` header."""
        return int(self.spec.now.timestamp() if self.spec.now else time.time())

    def ledger(self) -> dict[str, Any]:
        """Return the rows per resource and the sums of invoices, to compare a copy with."""
        with self._lock:
            return ledger(self.business)

    def set_weather(self, mode: str, requests: int | None = None, latency_ms: int = 0) -> None:
        """Change how requests are answered, for a number of them or until the next change."""
        self.weather.set(mode, requests, latency_ms)

    def select(self, resource: str, query: Query, listing: Listing) -> list[Any]:
        """Return the whole ordered list behind a query; pages of it are cut without sorting again."""
        criteria = sorted((name, value) for name, value in query.items() if name not in ("page", "per_page"))
        second = str(self.now()) if self.spec.visible_after_seconds else ""
        key = (resource, second, *(part for pair in criteria for part in pair))
        with self._lock:
            if key not in self._lists:
                self._lists[key] = self._select(resource, query, listing)
            self._lists.move_to_end(key)
            if len(self._lists) > REMEMBERED_LISTS:
                self._lists.popitem(last=False)
            return self._lists[key]

    def _select(self, resource: str, query: Query, listing: Listing) -> list[Any]:
        records = list(getattr(self.business, resource).values())
        if self.spec.visible_after_seconds:
            records = self._indexed(records, query)
        return select(records, query, listing, self.renderer.zone, self.now())

    def _indexed(self, records: list[Any], query: Query) -> list[Any]:
        """Lists lag (facts §3): a new record is missing, a new change is not found by its date."""
        limit, changed = self.now() - self.spec.visible_after_seconds, query.get("date_field") == "updated_at"
        return [row for row in records if (row.updated_at if changed else row.created_at) <= limit]

    def update(self, resource: str, count: int = 1) -> list[int | str]:
        """Change `count` records, spread over the whole resource, and return their ids."""
        if resource not in CHANGEABLE:
            raise ValueError(f"{resource} cannot be updated; one of {', '.join(CHANGEABLE)}")
        with self._lock:
            records = list(getattr(self.business, resource).items())
            step = max(1, len(records) // max(1, count))
            chosen = records[::step][:count]
            for _, record in chosen:
                self._change(record)
            return [key for key, _ in chosen]

    def _change(self, record: Changeable) -> None:
        self._touch(record)
        if isinstance(record, Customer):
            record.phone = f"+1 555 {self._changes:07d}"
        elif isinstance(record, Subscription):
            record.balance += 100
        elif isinstance(record, Invoice):
            record.memo = f"Revised, change {self._changes}."
        else:
            record.description = f"Revised, change {self._changes}."
            record.version += 1

    def _touch(self, record: Changeable) -> None:
        record.updated_at = self.now()
        self._forget()

    def _forget(self) -> None:
        self._changes += 1
        self._lists.clear()

    def add_customer(self) -> int:
        """Sign up a customer now and return its id."""
        with self._lock:
            self._last_customer += 1
            number, now, rng = self._last_customer, self.now(), Random(self._last_customer)
            self.business.customers[number] = new_customer(number, ordinary_names(rng), now, now, rng)
            self._forget()
            return number

    def delete_customer(self, number: int) -> None:
        """Remove a customer from the lists; its subscriptions and invoices stay."""
        self.delete("customers", number)

    def delete(self, resource: str, number: int) -> None:
        """Purge a record: no list shows that it was there. The vendor deletes only these two (facts §3)."""
        if resource not in ("customers", "subscriptions"):
            raise ValueError(f"{resource} cannot be deleted")
        with self._lock:
            del getattr(self.business, resource)[number]
            self._forget()

    def pay_invoice(self, uid: str) -> None:
        """Pay what is due on an invoice, now."""
        with self._lock:
            invoice = self.business.invoices[uid]
            amount, subscription = invoice.due, invoice.subscription
            pay(invoice, self.now(), self.renderer.zone)
            subscription.revenue += amount
            subscription.balance -= amount
            self._touch(subscription)
