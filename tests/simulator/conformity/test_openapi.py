"""Every answer fits the vendor's OpenAPI descriptions, and holds no key that they do not name (facts §9)."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from .allowed import DESCRIPTION, Allowed, without_allowed
from .conftest import Clients
from .descriptions import Fault, faults
from .endpoint import Endpoint
from .reader import MOST_PAGES, Reader
from .reference import needs_reference
from .table import TABLE
from .thinning import telling

pytestmark = needs_reference


def found_at(endpoint: Endpoint, reader: Reader, most_pages: int = MOST_PAGES) -> Iterable[Fault]:
    """Return each fault of an endpoint's answers once."""
    found = [
        fault
        for body in telling(endpoint.bodies(reader, most_pages))
        for fault in faults(endpoint.operation, 200, body)
    ]
    return {(fault.path, fault.rule): fault for fault in found}.values()


def assert_fits(endpoint: Endpoint, reader: Reader, most_pages: int = MOST_PAGES) -> None:
    """Fail with every fault that no exception covers, a line each."""
    found = without_allowed(endpoint.operation, found_at(endpoint, reader, most_pages), DESCRIPTION)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("endpoint", TABLE, ids=str)
def test_an_answer_fits_its_description(endpoint: Endpoint, clients: Clients) -> None:
    assert_fits(endpoint, clients.of(endpoint).reader)


@pytest.mark.parametrize("endpoint", [entry for entry in TABLE if not (entry.fill or entry.legacy)], ids=str)
def test_a_list_of_the_eu_fits_its_description(endpoint: Endpoint, clients: Clients) -> None:
    assert_fits(endpoint, clients.eu.reader, most_pages=1)


@pytest.mark.parametrize("entry", DESCRIPTION, ids=lambda entry: f"{entry.path} {entry.rule}")
def test_an_exception_is_needed(entry: Allowed, clients: Clients) -> None:
    endpoints = [endpoint for endpoint in TABLE if endpoint.operation in entry.operations]
    assert any(
        entry.covers(endpoint.operation, fault.path, fault.rule)
        for endpoint in endpoints
        for fault in found_at(endpoint, clients.of(endpoint).reader)
    )
