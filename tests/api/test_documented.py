"""The examples in docs/history.md have the shape of the answers that they stand for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from billing.models import BodyChunk
from companies.models import Connection
from config.tenancy import tenant_context
from tests.api.conftest import linked, path_of
from tests.api.vendor import day, sent
from tests.conftest import Tenant
from tests.house.test_docs import blocks, section

LINES = {"line_items": [{"uid": "li_1", "title": "Gold plan"}]}


@pytest.fixture
def connection(northwind: Tenant) -> Connection:
    found = linked(northwind)
    with tenant_context(northwind.operator.id):
        Connection.objects.filter(pk=found.pk).update(created_at=day(1))
    return found


def example(heading: str) -> Any:
    (block,) = blocks(section("docs/history.md", heading), "json")
    return json.loads(block)


def assert_like(example: Any, real: Any, place: str = "") -> None:
    """Check that whatever the example has, the real answer has at the same place, of the same kind."""
    if isinstance(example, dict):
        assert isinstance(real, dict), place
        for key, value in example.items():
            assert key in real, f"{place}.{key}"
            assert_like(value, real[key], f"{place}.{key}")
    elif isinstance(example, list) and example:
        assert isinstance(real, list), place
        assert real, place
        assert_like(example[0], real[0], f"{place}[]")
    elif example is not None and not isinstance(example, list):
        assert isinstance(real, type(example)), place


def get(tenant: Tenant, connection: Connection, rest: str) -> Any:
    return tenant.api().get(path_of(connection, f"/data/{rest}")).json()


def test_of_the_change_feed(northwind: Tenant, connection: Connection) -> None:
    sent(connection, "invoices", day(2), {"uid": "a", "status": "open"} | LINES, {"uid": "b"}, {"uid": "c"})
    shown = example("The change feed")
    real = get(northwind, connection, "billing-invoices?changedSince=0&pageSize=2")
    assert_like(shown, real)
    last = shown["results"][-1]
    assert shown["cursor"].startswith(f"{last['version']}.")
    assert f"changedSince={shown['cursor']}" in shown["_links"]["next"]["href"]


def test_of_an_as_of_read(northwind: Tenant, connection: Connection) -> None:
    sent(connection, "invoices", day(2), {"uid": "a", "status": "open"})
    sent(connection, "invoices", day(2), {"uid": "b", "status": "open"})
    sent(connection, "invoices", day(4), {"uid": "a", "status": "paid"}, {"uid": "b", "status": "paid"})
    with tenant_context(northwind.operator.id):
        BodyChunk.objects.order_by("pk")[1].delete()
    shown = example("As it was known at a time")
    real = get(northwind, connection, "billing-invoices?asOf=2026-03-03T12:00:00Z")
    assert_like(shown, real)
    assert shown["unavailable"][0]["reason"] == real["unavailable"][0]["reason"]


def test_of_a_history(northwind: Tenant, connection: Connection) -> None:
    sent(connection, "subscriptions", day(2), {"id": 1, "state": "active", "balance_in_cents": 0})
    sent(connection, "subscriptions", day(4), {"id": 1, "state": "past_due", "balance_in_cents": 1000})
    shown = example("The history of a Record")
    real = get(northwind, connection, "billing-subscriptions/1/history")
    assert_like(shown, real)
    newest = shown["results"][0]
    assert {**newest, "version": 2} == real["results"][0]
