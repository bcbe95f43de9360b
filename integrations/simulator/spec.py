"""What a simulated site is made from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, tzinfo
from random import Random
from typing import NamedTuple


@dataclass(kw_only=True)
class SiteSpec:
    """One site: who it is, how big it is, and the seed that decides everything else."""

    region: str = "us"
    subdomain: str = "acme"
    api_key: str = ""
    seed: int = 1
    customers: int = 100
    subscriptions_per_customer: float = 1.2
    months: int = 36
    test: bool = False
    currency: str = "USD"
    non_primary_currencies: tuple[str, ...] = ()
    name: str = "Acme Projects"
    time_zone: str = "America/New_York"
    now: datetime | None = None  # a fixed clock; without one the site lives in real time
    latency_ms: int = 0
    visible_after_seconds: int = 0

    def __post_init__(self) -> None:
        self.api_key = self.api_key or derived_key(self.region, self.subdomain)


def derived_key(region: str, subdomain: str) -> str:
    """Return a key that depends on the site's address only, so that a demo can print it."""
    return hashlib.sha256(f"simulator/{region}/{subdomain}".encode()).hexdigest()[:40]


class World(NamedTuple):
    """What a business is built in: the dice, the moment it is built and the site's time zone."""

    rng: Random
    now: int
    zone: tzinfo
