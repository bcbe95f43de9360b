"""Deep pages: the same rows as counted from the beginning, worked out once for each version of the data."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.db import connections
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from redis.exceptions import ConnectionError as ValkeyDown

from billing.api import paging
from billing.models import Customer
from companies.models import Connection
from config.tenancy import tenant_context
from tests.api.conftest import NOW, path_of, record
from tests.conftest import Tenant

COUNT = 23
# Several rows share a version, as a page of the vendor's does, and the ids run against it.
VERSIONS = [1 + number % 4 for number in range(COUNT)]


@pytest.fixture
def listed(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> str:
    """The path of a list in which a page is deep from the fourth row on."""
    monkeypatch.setattr(paging, "STEP", 4)
    monkeypatch.setattr(paging, "DEEP", 4)
    with tenant_context(connection.operator_id):
        for number, version in enumerate(VERSIONS):
            city = "Riga" if number % 3 else "Oslo"
            record(Customer, connection, f"c{number}", version=version, city=city, source_created_at=NOW)
    return path_of(connection, "/data/billing-customers")


def ids(tenant: Tenant, path: str, **query: Any) -> list[str]:
    answer = tenant.api().get(path, query)
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


def expected(connection: Connection, **only: str) -> list[str]:
    with tenant_context(connection.operator_id):
        found = Customer.objects.filter(connection=connection, **only).order_by("-version", "id")
        return list(found.values_list("source_id", flat=True))


def pages(tenant: Tenant, path: str, size: int, **query: Any) -> list[str]:
    last = COUNT // size + 2
    return [
        found for page in range(1, last) for found in ids(tenant, path, page=page, pageSize=size, **query)
    ]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7, 30])
def test_pages_of_any_size_hold_every_row_once_in_order(
    northwind: Tenant, connection: Connection, listed: str, size: int
) -> None:
    assert pages(northwind, listed, size) == expected(connection)


def test_so_do_pages_of_some(northwind: Tenant, connection: Connection, listed: str) -> None:
    assert pages(northwind, listed, 2, query="city=Riga") == expected(connection, city="Riga")


def test_another_order_is_counted_from_the_beginning(northwind: Tenant, listed: str) -> None:
    assert pages(northwind, listed, 5, orderBy="id") == sorted(f"c{number}" for number in range(COUNT))


def counted(tenant: Tenant, path: str) -> tuple[int, int, list[str]]:
    """Return how often a request counts rows, how often it numbers them, and what it gives."""
    with CaptureQueriesContext(connections["default"]) as captured:
        found = ids(tenant, path, page=4, pageSize=5)
    statements = [query["sql"] for query in captured if "billing_customer" in query["sql"]]
    counts = sum("COUNT(*)" in sql for sql in statements)
    return counts, sum("ROW_NUMBER()" in sql for sql in statements), found


def test_it_is_worked_out_once_for_each_version(
    northwind: Tenant, connection: Connection, listed: str
) -> None:
    first, second = counted(northwind, listed), counted(northwind, listed)
    assert (first[:2], second[:2]) == ((1, 1), (0, 0))
    assert first[2] == second[2] == expected(connection)[15:20]
    with tenant_context(connection.operator_id):
        Customer.objects.filter(source_id="c0").update(version=9)
        Connection.objects.filter(pk=connection.pk).update(data_version=F("data_version") + 1)
    assert counted(northwind, listed) == (1, 1, expected(connection)[15:20])


def test_a_deep_page_passes_over_few_rows(northwind: Tenant, listed: str) -> None:
    ids(northwind, listed, page=11, pageSize=2)
    with CaptureQueriesContext(connections["default"]) as captured:
        ids(northwind, listed, page=11, pageSize=2)
    (read,) = [query["sql"] for query in captured if "LIMIT 2" in query["sql"]]
    assert read.endswith("LIMIT 2"), "20 rows are 5 milestones of 4: nothing is left to pass over"


def test_without_valkey_it_is_worked_out_each_time(
    northwind: Tenant, connection: Connection, listed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*arguments: Any, **options: Any) -> None:
        raise ValkeyDown("connection refused")

    monkeypatch.setattr(cache, "get", down)
    for _ in range(2):
        assert counted(northwind, listed) == (1, 1, expected(connection)[15:20])
