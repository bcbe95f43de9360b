"""What a simulated site is made from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime


@dataclass(kw_only=True)
class SiteSpec:
    """One site: who it is, how big it is, and the seed that decides everything else."""

    region: str = "us"
    subdomain: str = "acme"
    api_key: str = ""
    shared_key: str = ""  # signs webhooks (facts §6)
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
    legacy: bool = False  # from before Relationship Invoicing: statements and transactions (facts §3)
    live: bool = False  # goes on by itself as time passes
    latency_ms: int = 0
    visible_after_seconds: int = 0

    def __post_init__(self) -> None:
        self.api_key = self.api_key or derived_key(self.region, self.subdomain)
        self.shared_key = self.shared_key or derived_key(self.region, self.subdomain, "shared")


def derived_key(region: str, subdomain: str, *purpose: str) -> str:
    """Return a key that depends on the site's address only, so that a demo can print it."""
    return hashlib.sha256("/".join(("simulator", region, subdomain, *purpose)).encode()).hexdigest()[:40]
