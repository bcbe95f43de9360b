"""Custom data types by the API: an operator's own choice out of what the vendor sent."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from billing.models import BodyChunk
from companies.models import Connection
from config.tenancy import tenant_context
from integrations.models import CustomDataType, Sync
from tests.api.conftest import linked, path_of, pending, tables_read
from tests.api.reference import assert_schema
from tests.api.vendor import day, sent, swept
from tests.conftest import Tenant

JSON = "application/json"
PATH = "/integrations/rkgp/dataTypes/custom/totals"
CHOSEN = {
    "dataSource": "/invoices.json",
    "requiredData": {"total": "$[*].total_amount", "payer": "$[*].customer.organization", "none": "nothing"},
    "keyBy": ["$[*].number"],
    "sourceModifiedDate": None,
}


def put(tenant: Tenant, path: str = PATH, **changes: Any) -> Any:
    return tenant.api().put(path, CHOSEN | changes, content_type=JSON)


@pytest.fixture
def invoices(northwind: Tenant, connection: Connection) -> str:
    """The path of the custom data of a connection with three invoices, of which one is gone."""
    bodies = [
        {
            "uid": f"inv{number}",
            "number": number,
            "total_amount": f"{number}.00",
            "customer": {"organization": "A"},
        }
        for number in (1, 2, 3)
    ]
    sent(connection, "invoices", day(2), *bodies)
    swept(connection, "invoice", day(3), "inv3")
    put(northwind)
    return path_of(connection, "/data/custom/totals")


def test_what_is_set_is_given_back(northwind: Tenant) -> None:
    answer = put(northwind)
    assert (answer.status_code, answer.json()) == (200, CHOSEN)
    assert_schema(answer.json(), "Platform", "CustomDataTypeConfiguration")
    assert put(northwind, dataSource="customers").json()["dataSource"] == "customers"
    assert northwind.api().get(PATH).json() == CHOSEN | {"dataSource": "customers"}
    assert tables_read(northwind.api(), PATH) == 1
    with tenant_context(northwind.operator.id):
        assert CustomDataType.objects.count() == 1


def test_what_is_stored_is_given_at_once(northwind: Tenant, invoices: str) -> None:
    body = northwind.api().get(invoices).json()
    assert_schema(body, "Platform", "CustomDataTypeRecords")
    assert body["totalResults"] == 2
    assert body["results"][0] == {
        "id": "1",
        "content": {"total": {"value": "1.00"}, "payer": {"value": "A"}, "none": {"value": None}},
        "modifiedDate": {"modifiedDate": "2026-03-02T12:00:00Z"},
    }
    second = northwind.api().get(f"{invoices}?page=2&pageSize=1").json()
    assert [row["id"] for row in second["results"]] == ["2"]
    # Company with Link URLs, connections and errors; connection with Link URLs and errors; custom data type; count,
    # page, bodies.
    assert tables_read(northwind.api(), invoices) == 11


def test_without_a_key_the_id_is_the_records(northwind: Tenant, invoices: str) -> None:
    put(northwind, keyBy=[])
    assert [row["id"] for row in northwind.api().get(invoices).json()["results"]] == ["inv1", "inv2"]


def test_a_body_that_is_no_longer_kept(northwind: Tenant, invoices: str) -> None:
    with tenant_context(northwind.operator.id):
        BodyChunk.objects.all().delete()
    row = northwind.api().get(invoices).json()["results"][0]
    assert (row["id"], row["content"]["total"]) == ("inv1", {"value": None})


def test_refresh(northwind: Tenant, connection: Connection) -> None:
    put(northwind)
    answer = northwind.api().post(path_of(connection, "/data/queue/custom/totals"))
    assert answer.status_code == 200
    assert_schema(answer.json(), "Platform", "PullOperation")
    assert answer.json()["dataType"] == "commerce-orders"
    with tenant_context(northwind.operator.id):
        assert [one.stream for one in Sync.objects.get().operations.all()] == ["invoices"]


def test_refresh_of_what_is_not_linked(northwind: Tenant) -> None:
    put(northwind)
    answer = northwind.api().post(path_of(pending(northwind), "/data/queue/custom/totals"))
    assert (answer.status_code, answer.json()["error"]) == (409, "Only a linked connection can be synced.")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"dataSource": "api/purchaseOrders"}, "dataSource"),
        ({"dataSource": "/invoices.json?status=open"}, "dataSource"),
        ({"dataSource": None}, "dataSource"),
        ({"requiredData": {}}, "requiredData"),
        ({"requiredData": []}, "requiredData"),
        ({"requiredData": {"a": "$[*].lines[0].x"}}, "requiredData.a"),
        ({"requiredData": {"a": "$[*]."}}, "requiredData.a"),
        ({"requiredData": {"a": {}}}, "requiredData.a"),
        ({"requiredData": {"a\0": "uid"}}, "requiredData"),
        ({"requiredData": {"x" * 101: "uid"}}, "requiredData"),
        ({"requiredData": {f"p{number}": "uid" for number in range(101)}}, "requiredData"),
        ({"keyBy": ["$[*].a", ""]}, "keyBy.1"),
        ({"keyBy": "uid"}, "keyBy"),
        ({"sourceModifiedDate": [[]]}, "sourceModifiedDate.0"),
    ],
)
def test_odd_choices(northwind: Tenant, changes: dict[str, Any], field: str) -> None:
    answer = put(northwind, **changes)
    assert answer.status_code == 400
    assert [error["itemId"] for error in answer.json()["validation"]["errors"]] == [field]
    assert northwind.api().get(PATH).status_code == 404


def test_odd_names(northwind: Tenant) -> None:
    assert put(northwind, PATH + "x" * 60).status_code == 400
    assert put(northwind, "/integrations/nope/dataTypes/custom/totals").status_code == 404


def test_there_is_an_end_to_them(northwind: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("integrations.api.custom_data._MOST_TYPES", 1)
    assert put(northwind).status_code == put(northwind).status_code == 200
    assert put(northwind, PATH + "2").status_code == 400


def test_another_tenants(northwind: Tenant, southbank: Tenant, invoices: str) -> None:
    assert southbank.api().get(PATH).status_code == 404
    put(southbank)
    assert southbank.api().get(invoices).status_code == 404
    assert southbank.api().post(invoices.replace("/custom", "/queue/custom")).status_code == 404
    assert Client().get(PATH).status_code == Client().get(invoices).status_code == 401


def test_an_unknown_one(northwind: Tenant) -> None:
    connection = linked(northwind)
    for path in (PATH, path_of(connection, "/data/custom/totals")):
        answer = northwind.api().get(path)
        assert answer.status_code == 404
        assert "totals" in answer.json()["error"]
