from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from billing.api.data_types import DATA_TYPES, DataType
from billing.commerce.taxes import tax_component_id
from billing.commerce.values import money
from billing.models import Component, Customer, Invoice, Payment, SubscriptionMetadatum
from companies.models import Connection
from config.tenancy import tenant_context
from tests.api.conftest import NOW, make_records, path_of, pending, record, tables_read
from tests.api.reference import assert_schema
from tests.conftest import Tenant

# Queries of a page: how many rows, the rows, and what stands on them.
QUERIES = {"commerce-customers": 2, "commerce-orders": 8} | {
    type_.name: 2 + len(type_.parts) for type_ in DATA_TYPES
}
TYPES = list(QUERIES)


def get(tenant: Tenant, connection: Connection, rest: str, **parameters: str) -> Any:
    answer = tenant.api().get(path_of(connection, f"/data/{rest}"), parameters)
    assert answer.status_code == 200, answer.content
    return json.loads(answer.content, parse_float=Decimal)


@pytest.mark.parametrize("data_type", TYPES)
def test_never_requested(northwind: Tenant, data_type: str) -> None:
    connection = pending(northwind)
    for rest in (data_type, f"{data_type}/1"):
        answer = northwind.api().get(path_of(connection, f"/data/{rest}"))
        assert answer.status_code == 409
        assert answer.json()["error"] == "The data set has not been requested."


@pytest.mark.parametrize("data_type", TYPES)
@pytest.mark.parametrize("source_id", ["nope", "%00", "x" * 500])
def test_unknown_record(northwind: Tenant, connection: Connection, data_type: str, source_id: str) -> None:
    answer = northwind.api().get(path_of(connection, f"/data/{data_type}/{source_id}"))
    assert answer.status_code == 404
    shown = source_id.replace("%00", "\0")
    assert answer.json()["error"] == f"No data available for {data_type} for ID {shown}"


def test_customers(northwind: Tenant, connection: Connection) -> None:
    make_records(connection)
    body = get(northwind, connection, "commerce-customers")
    assert_schema(json.loads(json.dumps(body)), "Commerce", "Customers")
    assert [row["id"] for row in body["results"]] == ["c1", "c2", "c3"]
    first = get(northwind, connection, "commerce-customers/c1")
    assert first == body["results"][0]
    assert (first["customerName"], first["emailAddress"]) == ("Customer 1", "customer1@example.org")
    assert first["addresses"][0]["city"] == "Riga"
    assert body["results"][2]["addresses"] == []
    assert first["createdDate"] == "2026-03-02T12:00:00Z"
    assert first["isTest"] is True


def test_orders(northwind: Tenant, connection: Connection) -> None:
    make_records(connection)
    order = get(northwind, connection, "commerce-orders/inv2")
    assert_schema(json.loads(json.dumps(order, default=float)), "Commerce", "Order")
    # 20.01 less 1.00 refunded.
    assert (order["totalAmount"], order["totalRefund"]) == (Decimal("19.01"), Decimal("-1.00"))
    assert (order["totalTaxAmount"], order["totalDiscount"]) == (Decimal("0.50"), Decimal("0.25"))
    assert order["customerRef"] == {"id": "c2", "name": "Customer 2"}
    assert (order["currency"], order["closedDate"], order["status"]) == (
        "USD",
        "2026-03-01T00:00:00Z",
        "paid",
    )
    (line,) = order["orderLineItems"]
    assert line["quantity"] == Decimal("1.5")
    assert line["unitPrice"] == Decimal("0.00000001")
    assert line["taxPercentage"] == Decimal("21.5")
    component = {"id": tax_component_id("VAT", Decimal("21.5")), "name": "VAT"}
    assert line["taxes"] == [{"taxComponentRef": component, "rate": Decimal("0.215")}]
    assert line["discountAllocations"] == [{"name": "Spring", "totalAmount": Decimal("0.25")}]
    assert line["productRef"] == {"id": "p1", "name": "Gold plan"}
    assert [(part["amount"], part["type"]) for part in order["payments"]] == [
        (Decimal("10.01"), "OnlineCard"),
        (Decimal("-1.00"), "Unknown"),
    ]
    many = get(northwind, connection, "commerce-orders")
    assert_schema(json.loads(json.dumps(many, default=float)), "Commerce", "Orders")
    assert order in many["results"]


def test_amounts_are_json_numbers(northwind: Tenant, connection: Connection) -> None:
    make_records(connection, 1)
    body = northwind.api().get(path_of(connection, "/data/commerce-orders/inv1")).content
    assert b'"totalAmount":9.01,' in body


@pytest.mark.parametrize(
    ("minor", "currency", "amount"),
    [
        (1, "USD", "0.01"),
        (1, "jpy", "1"),
        (1, "KWD", "0.001"),
        (-5, "", "-0.05"),
        (2**62, "EUR", "46116860184273879.04"),
    ],
)
def test_money(minor: int, currency: str, amount: str) -> None:
    assert str(money(minor, currency)) == amount
    assert money(None, currency) is None


def test_subscriptions(northwind: Tenant, connection: Connection) -> None:
    make_records(connection)
    body = get(northwind, connection, "billing-subscriptions", orderBy="priceMinor")
    assert [row["priceMinor"] for row in body["results"]] == [1000, 2000, 3000]
    first = get(northwind, connection, "billing-subscriptions/s1")
    assert first == body["results"][0]
    assert (first["id"], first["customerId"], first["currency"]) == ("s1", "c1", "USD")
    assert (first["interval"], first["intervalUnit"], first["isTest"]) == (1, "month", True)
    assert not {"contentHash", "bodyChunk", "operator", "connection"} & first.keys()
    assert first["deletedAt"] is None


@pytest.mark.parametrize("data_type", DATA_TYPES, ids=lambda type_: type_.name)
def test_a_record_in_our_own_shape_is_what_the_document_says(
    northwind: Tenant, connection: Connection, data_type: DataType
) -> None:
    make_records(connection)
    body = get(northwind, connection, data_type.name)
    first, *_ = body["results"]
    assert len(body["results"]) == body["totalResults"] == 3
    assert first == get(northwind, connection, f"{data_type.name}/{first['id']}")
    assert set(first) == set(data_type.serializer().fields)
    assert first["isTest"] is True


def test_a_credit_note_has_its_lines(northwind: Tenant, connection: Connection) -> None:
    make_records(connection)
    note = get(northwind, connection, "billing-creditNotes/creditnote2")
    (line,) = note["lines"]
    assert (line["creditNoteId"], line["totalMinor"]) == ("creditnote2", 200)
    assert line["quantity"] == Decimal("1.5")


def test_prices_are_exact(northwind: Tenant, connection: Connection) -> None:
    tier = {"id": "1", "startingQuantity": "1", "endingQuantity": None, "unitPrice": "0.00000001"}
    with tenant_context(northwind.operator.id):
        record(Component, connection, "seat", unit_price=Decimal("0.00000001"), tiers=[tier])
    for query, found in (("unitPrice<0.00000002", 1), ("unitPrice=0.00000001", 1), ("unitPrice>1.5", 0)):
        body = get(northwind, connection, "billing-components", query=query)
        assert body["totalResults"] == found
    seat = get(northwind, connection, "billing-components/seat")
    assert (seat["unitPrice"], seat["tiers"]) == (Decimal("0.00000001"), [tier])


def test_what_the_vendor_deleted_but_lists_says_so(northwind: Tenant, connection: Connection) -> None:
    with tenant_context(northwind.operator.id):
        record(SubscriptionMetadatum, connection, "1", source_deleted_at=NOW)
    body = get(northwind, connection, "billing-subscriptionMetadata/1")
    assert body["deletedAt"] == "2026-03-01T12:00:00Z"


@pytest.mark.parametrize("data_type", TYPES)
def test_records_are_never_shown_to_another_operator(
    northwind: Tenant, southbank: Tenant, connection: Connection, data_type: str
) -> None:
    make_records(connection, 1)
    (own,) = get(northwind, connection, data_type)["results"]
    for rest in (data_type, f"{data_type}/{own['id']}"):
        answer = southbank.api().get(path_of(connection, f"/data/{rest}"))
        assert answer.status_code == 404
        assert "No data" not in answer.json()["error"]


@pytest.mark.parametrize("data_type", TYPES)
def test_deleted_records_are_left_out(northwind: Tenant, connection: Connection, data_type: str) -> None:
    make_records(connection)
    with tenant_context(northwind.operator.id):
        for model in (Customer, Invoice):
            model.objects.filter(source_id__in=["c1", "inv1"]).update(deleted_at=timezone.now())
        Payment.objects.update(deleted_at=timezone.now())
    assert get(northwind, connection, "commerce-customers")["totalResults"] == 2
    assert northwind.api().get(path_of(connection, "/data/commerce-orders/inv1")).status_code == 404
    assert len(get(northwind, connection, "commerce-orders/inv2")["payments"]) == 1


def test_records_of_another_connection_are_left_out(northwind: Tenant, connection: Connection) -> None:
    from tests.api.conftest import linked

    make_records(linked(northwind, "Other"))
    for data_type in TYPES:
        assert get(northwind, connection, data_type)["totalResults"] == 0


@pytest.mark.parametrize(("data_type", "tables"), QUERIES.items())
def test_queries_do_not_grow_with_rows(
    northwind: Tenant, connection: Connection, data_type: str, tables: int
) -> None:
    make_records(connection, 4)
    # Company and connection, each with Link URLs and errors, and the company's connections; the total is known.
    path = path_of(connection, f"/data/{data_type}")
    few, many = (tables_read(northwind.api(), f"{path}?pageSize={size}") for size in (1, 4))
    assert few == many == tables + 6


@pytest.mark.parametrize(
    ("data_type", "query", "ids"),
    [
        ("commerce-orders", "totalAmount>=19.01 && currency=USD", ["inv2", "inv3"]),
        ("commerce-orders", "totalAmount=9.01", ["inv1"]),
        ("commerce-orders", "totalAmount=9.011", []),
        ("commerce-orders", "totalAmount>9.011", ["inv2", "inv3"]),
        ("commerce-orders", "totalAmount<9.019", ["inv1"]),
        ("commerce-orders", "customerRef.id=c2", ["inv2"]),
        ("commerce-orders", "createdDate>2026-03-03 && status!=open", ["inv2", "inv3"]),
        ("commerce-orders", "closedDate=2026-03-01 && {id=inv1||id=inv3}", ["inv1", "inv3"]),
        ("commerce-customers", "emailAddress~CUSTOMER1@", ["c1"]),
        ("commerce-customers", "customerName!=Customer 1", ["c2", "c3"]),
        ("commerce-customers", "sourceModifiedDate>=2026-03-04T12:00:00Z", ["c3"]),
        ("billing-subscriptions", "state=active", ["s1", "s3"]),
        ("billing-subscriptions", "priceMinor>1000.5", ["s2", "s3"]),
        ("billing-subscriptions", "customerId=c1 || state=canceled && priceMinor=2000", ["s1", "s2"]),
    ],
)
def test_queries(
    northwind: Tenant, connection: Connection, data_type: str, query: str, ids: list[str]
) -> None:
    make_records(connection)
    body = get(northwind, connection, data_type, query=query, orderBy="id")
    assert [row["id"] for row in body["results"]] == ids
    assert body["totalResults"] == len(ids)
