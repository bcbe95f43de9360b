"""What every step of the business needs: the facts, the catalogue, the numbers, the calendar and the dice."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable
from datetime import tzinfo
from heapq import heappush
from random import Random
from zoneinfo import ZoneInfo

from ..spec import SiteSpec
from .catalogue import Catalogue
from .records import Event, Record, Subscription, Transaction
from .store import Store
from .times import stamper

UID_LETTERS = "23456789bcdfghjkmnpqrstvwxyz"
GAPS = 8
# Documents are numbered without gaps, everything else as on a host with many sites.
FIRST = {
    "Customer": 10_000_000,
    "PaymentProfile": 50_000_000,
    "Subscription": 30_000_000,
    "Event": 340_000_000,
    "Transaction": 100_000_000,
}
GAPLESS = ("Invoice", "Proforma", "CreditNote", "InvoiceEvent", "LegacyInvoice")


class World:
    """One business in the making; `born` are subscriptions made by the step that runs."""

    catalogue: Catalogue

    def __init__(self, spec: SiteSpec, store: Store, opened: int) -> None:
        self.spec, self.store, self.opened = spec, store, opened
        self.zone: tzinfo = ZoneInfo(spec.time_zone)
        self.stamp = stamper(self.zone)
        self.born: deque[Subscription] = deque()
        self.expected: list[tuple[int, int, int]] = []  # a heap of sign-ups: when, who, which
        self.heard: Callable[[Event], None] | None = None  # who listens to the feed
        self._seed = f"{spec.seed}/{spec.region}/{spec.subdomain}"  # a site keeps its dice when it is renamed
        self._last: dict[type[Record], int] = {}

    def dice(self, *about: object) -> Random:
        """Return dice that fall the same way whenever the same thing is decided."""
        text = "/".join(map(str, (self._seed, *about)))
        return Random(int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big"))

    def expect(self, at: int, customer_id: int, which: int) -> None:
        """Expect a customer to sign up."""
        heappush(self.expected, (at, customer_id, which))

    def number(self, kind: type[Record]) -> int:
        """Return the next id of a kind; ids ascend with time."""
        last = self._last.get(kind, FIRST.get(kind.__name__, 0))
        gap = 1 if kind.__name__ in GAPLESS else 1 + (last * 40_503 >> 12) % GAPS
        self._last[kind] = last + gap
        return last + gap

    def transaction(self) -> int:
        """Return the id of the next movement of money; a legacy site numbers its charges with them."""
        return self.number(Transaction)


def uid(prefix: str, created: int, number: int) -> str:
    """Return a uid in the vendor's style: a prefix and thirteen letters that sort by time."""
    value, letters = created * 10_000_000 + number, ""
    for _ in range(13):
        value, index = divmod(value, len(UID_LETTERS))
        letters = UID_LETTERS[index] + letters
    return f"{prefix}_{letters}"
