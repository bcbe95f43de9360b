"""A site without a business behind it: tests fill its store by hand and read bodies and endpoints from it."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

import msgspec

from integrations.simulator.business.money import CENT, UNIT
from integrations.simulator.business.records import (
    Address,
    CreditNote,
    Entry,
    Invoice,
    InvoiceEvent,
    Line,
    Person,
    Record,
    Subscription,
)
from integrations.simulator.business.store import Store
from integrations.simulator.business.times import day_of, stamper
from integrations.simulator.endpoints import lists
from integrations.simulator.endpoints.lists import Listing, Query
from integrations.simulator.endpoints.routes import answer
from integrations.simulator.site import Site
from integrations.simulator.spec import SiteSpec

NOW = int(datetime(2026, 11, 20, 15, 30, tzinfo=UTC).timestamp())
DAY = 86_400
ADDRESS = Address(
    "1 Elm St", None, "Boston", "MA", "Massachusetts", "02120", "US", "United States", 625, "MA Tax"
)
ALICE = Person(7, "Alice", "Adams", "Alice & Co", "alice@example.com", "a-1", ADDRESS)
BOB = Person(8, "Bob", "Brown", None, "bob@example.com", None, None)


class FakeSite:
    """What bodies and endpoints need of a site."""

    def __init__(self, **spec: Any) -> None:
        self.spec, self.store = SiteSpec(**spec), Store()
        self.id, self.seller_id = 51_288, 77
        self.zone = ZoneInfo("America/New_York")
        self.stamp = stamper(self.zone)

    def now(self) -> int:
        return NOW

    def keys(self, listing: Listing, query: Query, where: str = "", values: Sequence[Any] = ()) -> array[int]:
        text, found = lists.conditions(query, listing, self.zone, NOW, self.spec.visible_after_seconds)
        both = " AND ".join(part for part in (text, where) if part)
        return self.store.keys(listing.kind, both, (*found, *values), lists.order(query, listing))

    def rows(self, listing: Listing, query: Query, where: str = "", values: Sequence[Any] = ()) -> list[Any]:
        return self.store.many(
            listing.kind, lists.page(self.keys(listing, query, where, values), query, listing)
        )

    def total(self, listing: Listing, query: Query, where: str = "", values: Sequence[Any] = ()) -> int:
        return len(self.keys(listing, query, where, values))

    def add(self, *records: Record) -> None:
        for record in records:
            self.store.put(record)

    @property
    def site(self) -> Site:
        return cast(Site, self)

    def get(self, path: str, **query: Any) -> Any:
        """Return the body of an answer, decoded; none for an empty 404."""
        status, body = answer(self.site, path, {name: str(value) for name, value in query.items()})
        assert status in (200, 404), body
        return msgspec.json.decode(body) if body else None


def at(text: str) -> int:
    """Return the moment of an ISO time, in UTC unless it says otherwise."""
    moment = datetime.fromisoformat(text)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def line(cents: int = 10_000, **changes: Any) -> Line:
    """Return a plan's line over these cents."""
    made: dict[str, Any] = {
        "kind": "baseline", "title": "Team Monthly", "quantity": UNIT, "price": cents * CENT,
        "subtotal": cents * CENT, "discount": 0, "tax": 0, "starts_on": 739_500, "ends_on": 739_530,
        "product_id": 5, "product_version": 1,
    }  # fmt: skip
    return Line(**made | changes)


def invoice(number: int = 1, **changes: Any) -> Invoice:
    """Return an open invoice of Alice over 100.00, issued at noon of 1 March 2026."""
    created = changes.get("created_at", at("2026-03-01T17:00:00"))
    issued = day_of(created, ZoneInfo("America/New_York"))
    made: dict[str, Any] = {
        "id": number, "uid": f"inv_{number:013d}", "created_at": created, "updated_at": created,
        "subscription_id": 30, "customer_id": 7, "payer": ALICE, "product_name": "Team Monthly",
        "family_name": "Projects", "currency": "USD", "collection_method": "automatic", "payment_kind": "card",
        "status": "open", "role": "renewal", "issued_on": issued, "due_on": issued, "lines": (line(),),
        "subtotal": 10_000, "discount": 0, "tax": 0,
    }  # fmt: skip
    return Invoice(**made | changes)


def payment(cents: int = 10_000, moment: str = "2026-03-02T17:00:00", number: int = 900) -> Entry:
    """Return money that came in."""
    return Entry("payment", at(moment), cents, number, "Team Monthly: payment", original=cents)


def note(number: int = 1, **changes: Any) -> CreditNote:
    """Return a credit note of Alice over 40.00 on her invoice 1."""
    created = at("2026-03-03T17:00:00")
    made: dict[str, Any] = {
        "id": number, "uid": f"cn_{number:013d}", "created_at": created, "updated_at": created,
        "subscription_id": 30, "customer_id": 7, "payer": ALICE, "currency": "USD", "memo": "Goodwill",
        "issued_on": 739_680, "lines": (line(4_000),), "subtotal": 4_000, "discount": 0, "tax": 0, "tax_rate": 0,
        "tax_title": "", "origin_invoice_id": 1,
    }  # fmt: skip
    return CreditNote(**made | changes)


def invoice_event(
    number: int, kind: str, moment: str = "2026-03-01T17:00:00", **changes: Any
) -> InvoiceEvent:
    """Return an event of invoice 1."""
    made: dict[str, Any] = {
        "id": number, "created_at": at(moment), "updated_at": at(moment), "kind": kind, "invoice_id": 1,
        "entries": 0, "status": "open",
    }  # fmt: skip
    return InvoiceEvent(**made | changes)


def subscription(number: int = 30, **changes: Any) -> Subscription:
    """Return an active subscription of Alice."""
    made: dict[str, Any] = {
        "id": number, "created_at": at("2026-01-01"), "updated_at": at("2026-01-01"), "customer_id": 7,
        "product_id": 5, "price": 10_000, "terms": (1, "month"), "state": "active", "previous_state": "trialing",
        "currency": "USD", "collection_method": "automatic", "payment_profile_id": None,
    }  # fmt: skip
    return Subscription(**made | changes)
