"""The log of requests to vendors by the API."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from companies.models import Connection
from config.tenancy import tenant_context
from integrations.models import VendorRequest
from tests.api.conftest import NOW, linked, path_of, tables_read
from tests.conftest import Tenant

SYNC = UUID(int=7)  # the same in every process that collects the tests


@pytest.fixture
def path(connection: Connection) -> str:
    """The path of a connection's log, in which there are two requests."""
    make(connection, minutes=0, status=200, vendor_request_id="8f1c", sync=SYNC)
    make(connection, minutes=1, status=None)
    return path_of(connection, "/requests")


def make(connection: Connection, *, minutes: int, **values: object) -> None:
    with tenant_context(connection.operator_id):
        VendorRequest.objects.create(
            connection=connection, at=NOW + timedelta(minutes=minutes), path="/site.json", ms=150, **values
        )


def test_the_newest_comes_first(northwind: Tenant, path: str) -> None:
    answer = northwind.api().get(path).json()
    assert answer["totalResults"] == 2
    assert answer["results"] == [
        {
            "requested": "2026-03-01T12:01:00Z",
            "path": "/site.json",
            "status": None,
            "durationMs": 150,
            "vendorRequestId": "",
            "syncId": None,
        },
        {
            "requested": "2026-03-01T12:00:00Z",
            "path": "/site.json",
            "status": 200,
            "durationMs": 150,
            "vendorRequestId": "8f1c",
            "syncId": str(SYNC),
        },
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [("status=200", 1), (f"syncId={SYNC}", 1), ("requested>2026-03-01T12:00:30Z", 1), ("path=/x.json", 0)],
)
def test_it_can_be_asked_for_some(northwind: Tenant, path: str, query: str, found: int) -> None:
    assert northwind.api().get(path, {"query": query}).json()["totalResults"] == found


def test_it_costs_the_same_queries_however_long(northwind: Tenant, connection: Connection, path: str) -> None:
    # Company with Link URLs, connections and errors, the connection with the same; count, page.
    before = tables_read(northwind.api(), path)
    for minutes in range(2, 12):
        make(connection, minutes=minutes, status=200)
    assert tables_read(northwind.api(), path) == before <= 10


def test_nobody_else_sees_it(northwind: Tenant, southbank: Tenant, path: str) -> None:
    assert southbank.api().get(path).status_code == 404
    foreign = linked(southbank, "Harbour Cafe")
    empty = southbank.api().get(path_of(foreign, "/requests")).json()
    assert empty["totalResults"] == 0
