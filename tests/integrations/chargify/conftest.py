"""The vendor as the connector's unit tests see it: its own hosts, answered by `responses`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import responses
from pytest_django import Settings


@pytest.fixture(autouse=True)
def _vendor_urls(settings: Settings) -> None:
    settings.CHARGIFY_US_URL = "https://{site}.chargify.com"
    settings.CHARGIFY_EU_URL = "https://{site}.ebilling.maxio.com"
    settings.ALLOW_INSECURE_VENDOR_URL = False


@pytest.fixture
def vendor() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock
