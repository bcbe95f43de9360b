"""The vendor's own Python SDK reads every resource, and makes of each value what was sent (facts §9)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from .allowed import SDK, without_allowed
from .conftest import Client, Clients
from .endpoint import Endpoint
from .reader import MOST_PAGES, Reader, rows
from .sdk import differences
from .table import TABLE

# The MRR endpoints are deprecated (facts §3), and the SDK says so.
pytestmark = pytest.mark.filterwarnings("ignore::deprecation.DeprecatedWarning")

READ_BY_THE_SDK = [endpoint for endpoint in TABLE if endpoint.sdk]


def assert_read(endpoint: Endpoint, client: Client, most_pages: int = MOST_PAGES) -> None:
    """Fail with what the SDK reads otherwise than it was sent, a line each; it must read at least one row."""
    found: dict[tuple[str, str], str] = {}
    count = 0
    for arguments in calls(endpoint, client.reader, most_pages):
        made, sent = client.sdk.call(endpoint.sdk, arguments)
        count += len(rows(sent))
        for path, message in differences(made, sent):
            found.setdefault((path, message.split()[0]), message)
    lines = without_allowed(endpoint.operation, [(*key, message) for key, message in found.items()], SDK)
    assert count, f"{endpoint.path} has no rows for the SDK"
    assert not lines, "\n".join(lines)


def calls(endpoint: Endpoint, reader: Reader, most_pages: int) -> Iterator[dict[str, Any]]:
    """Yield the arguments of each request that the table asks for, and of each further page."""
    for places, query in endpoint.requests(reader):
        if any("[" in name.removesuffix("[]") or name in endpoint.not_for_sdk for name in query):
            continue  # the SDK takes filters as objects of its own
        arguments = endpoint.arguments(places, query)
        yield arguments
        pages = reader.pages(endpoint.path.format_map(places), query, endpoint.paging, most_pages)
        yield from ({**arguments, "page": number} for number, _ in enumerate(pages, 1) if number > 1)


@pytest.mark.parametrize("endpoint", READ_BY_THE_SDK, ids=str)
def test_the_sdk_reads_what_was_sent(endpoint: Endpoint, clients: Clients) -> None:
    assert_read(endpoint, clients.us)


@pytest.mark.parametrize("endpoint", [entry for entry in READ_BY_THE_SDK if not entry.fill], ids=str)
def test_the_sdk_reads_what_an_eu_site_sent(endpoint: Endpoint, clients: Clients) -> None:
    assert_read(endpoint, clients.eu, most_pages=1)
