"""A running simulator and a client that knows the key of its site."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from integrations.simulator import Simulator, Site, SiteSpec

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)  # fixed, so that no test depends on the day it runs


@dataclass
class Vendor:
    """A client of one simulated site."""

    simulator: Simulator
    spec: SiteSpec
    session: requests.Session

    @property
    def site(self) -> Site:
        return self.simulator.site(self.spec.region, self.spec.subdomain)

    def url(self, path: str) -> str:
        return self.simulator.url(self.spec.region, self.spec.subdomain) + path

    def get(self, path: str, **query: Any) -> requests.Response:
        return self.session.get(self.url(path), params=query, timeout=10)

    def rows(self, path: str, **query: Any) -> list[Any]:
        """Return the records of one page without their wrappers."""
        body = self.get(path, **query).json()
        if isinstance(body, list):
            return [next(iter(row.values())) for row in body]
        return next(found for found in body.values() if isinstance(found, list))

    def all(self, path: str, **query: Any) -> list[Any]:
        """Read pages until one is empty."""
        found: list[Any] = []
        while rows := self.rows(path, per_page=200, page=len(found) // 200 + 1, **query):
            found += rows
            if len(rows) < 200:
                break
        return found


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    """Serve one site of 100 customers in two currencies, and a second one in the other region."""
    spec = SiteSpec(subdomain="acme", customers=60, months=26, non_primary_currencies=("EUR",), now=NOW)
    other = SiteSpec(subdomain="other", region="eu", customers=3)
    with Simulator([spec, other]) as simulator, requests.Session() as session:
        session.auth = (spec.api_key, "x")
        yield Vendor(simulator, spec, session)
