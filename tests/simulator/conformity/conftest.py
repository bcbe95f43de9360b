"""Three simulated sites, and a reader and an SDK client of each, for the whole session."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
import requests

from integrations.simulator import Simulator, SiteSpec

from .endpoint import Endpoint
from .reader import Reader
from .sdk import Sdk

NOW = datetime(2026, 8, 20, 15, 30, tzinfo=UTC)
SEASON = 92 * 86_400  # seconds


@dataclass(frozen=True)
class Client:
    """What asks one site."""

    reader: Reader
    sdk: Sdk


@dataclass(frozen=True)
class Clients:
    """One client of each site; an endpoint of the table is asked at the site that has it."""

    us: Client
    eu: Client
    legacy: Client

    def of(self, endpoint: Endpoint) -> Client:
        """Return the client of the site that the endpoint is of."""
        return self.legacy if endpoint.legacy else self.us


@pytest.fixture(scope="session")
def clients() -> Iterator[Clients]:
    """Serve a site of each kind: US, EU, and one from before Relationship Invoicing."""
    specs = (
        SiteSpec(subdomain="acme", customers=60, non_primary_currencies=("EUR", "GBP"), now=NOW),
        SiteSpec(
            subdomain="acme", region="eu", customers=60, currency="EUR", time_zone="Europe/Berlin", now=NOW
        ),
        SiteSpec(subdomain="bygone", customers=60, legacy=True, now=NOW),
    )
    with Simulator(specs) as simulator:
        for spec in specs[:2]:
            send_webhooks(simulator, spec)
            order(simulator, spec, "advance", {"seconds": SEASON})
        made = [_client(simulator.url(spec.region, spec.subdomain), spec.api_key) for spec in specs]
        yield Clients(*made)
        for client in made:
            client.reader.close()


def send_webhooks(simulator: Simulator, spec: SiteSpec) -> None:
    """Let a site send webhooks: it keeps what it sent, even if nobody is there to take it."""
    order(simulator, spec, "endpoints", {"url": "http://127.0.0.1:1/"})
    order(simulator, spec, "webhooks", {"on": True})


def order(simulator: Simulator, spec: SiteSpec, name: str, body: dict[str, object]) -> None:
    """Tell a site what to do on its control path."""
    url = f"{simulator.root}/control/{spec.region}/{spec.subdomain}/{name}"
    requests.post(url, json=body, timeout=60).raise_for_status()


def _client(base: str, key: str) -> Client:
    return Client(Reader(base, key), Sdk(base, key))
