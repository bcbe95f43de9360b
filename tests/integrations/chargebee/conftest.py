"""The vendor: its own hosts answered by `responses`, or the simulator in their place."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import responses

from integrations.connectors.chargebee import addresses
from tests.integrations.chargebee.simulator import ChargebeeSimulator, Site
from tests.integrations.chargebee.support import KEY


@pytest.fixture
def vendor() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def chargebee(monkeypatch: pytest.MonkeyPatch) -> Iterator[ChargebeeSimulator]:
    """A Chargebee with the live site acme, of Product Catalog 2.0, and the test site old-test, of 1.0."""
    sites = {
        "acme": Site(key=KEY, customers=250),
        "old-test": Site(key="test_other", catalogue=1, customers=3),
    }
    with ChargebeeSimulator(sites) as running:
        monkeypatch.setattr(addresses, "URL", running.url)
        yield running


@pytest.fixture
def acme(chargebee: ChargebeeSimulator) -> Site:
    return chargebee.sites["acme"]
