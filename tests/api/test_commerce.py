"""The data types of the commerce model that several tables make, and those that stay empty."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from billing.models import (
    Component,
    ComponentPricePoint,
    Invoice,
    Payment,
    PaymentProfile,
    PricePoint,
    Product,
    ProductFamily,
    Refund,
    Site,
    Tax,
    Transaction,
)
from companies.models import Connection
from config.tenancy import tenant_context
from tests.api.conftest import NOW, make_records, path_of, pending, record, tables_read
from tests.api.reference import assert_schema
from tests.conftest import Tenant

# By what a page reads beyond who asks: whether the site is an old one, how many rows, the rows, what stands on them.
QUERIES = {
    "commerce-payments": 2,
    "commerce-transactions": 2,
    "commerce-paymentMethods": 1,
    "commerce-products": 4,
    "commerce-productCategories": 1,
    "commerce-taxComponents": 1,
    "commerce-disputes": 0,
    "commerce-locations": 0,
}
SCHEMAS = {
    "commerce-payments": "Payment",
    "commerce-transactions": "Transaction",
    "commerce-paymentMethods": "PaymentMethod",
    "commerce-products": "Product",
    "commerce-productCategories": "ProductCategory",
    "commerce-taxComponents": "TaxComponent",
}
EMPTY = ("commerce-disputes", "commerce-locations")


def ask(tenant: Tenant, connection: Connection, rest: str, **parameters: str) -> Any:
    return tenant.api().get(path_of(connection, f"/data/{rest}"), parameters)


def get(tenant: Tenant, connection: Connection, rest: str, **parameters: str) -> Any:
    answer = ask(tenant, connection, rest, **parameters)
    assert answer.status_code == 200, answer.content
    return json.loads(answer.content, parse_float=Decimal)


def ids(body: Mapping[str, Any]) -> list[str]:
    return [row["id"] for row in body["results"]]


@pytest.fixture
def shop(connection: Connection) -> Connection:
    """A connection with a catalogue, and three invoices that were paid and refunded in part."""
    make_records(connection)
    with tenant_context(connection.operator_id):
        _make_catalogue(connection)
        for number in (1, 2, 3):
            Payment.objects.filter(source_id=f"inv{number}:p1").update(
                source_created_at=NOW + timedelta(hours=number), gateway="stripe"
            )
        Refund.objects.filter(source_id="inv2:r1").update(source_created_at=NOW + timedelta(hours=2))
        PaymentProfile.objects.update(payment_type="credit_card", disabled=False)
        Payment.objects.filter(source_id="inv3:p1").update(method="external")
    return connection


def _make_catalogue(connection: Connection) -> None:
    for model in (Product, Component, PricePoint, ComponentPricePoint, ProductFamily):
        model.objects.all().delete()
    record(ProductFamily, connection, "f", name="Plans")
    gold = {"name": "Gold", "product_family_source_id": "f", "taxable": True, "description": "All of it"}
    for number, source_id in enumerate("789"):
        created = NOW - timedelta(days=number)
        record(Product, connection, source_id, source_created_at=created, currency="USD", **gold)
    record(Component, connection, "7", name="Seats", unit_name="seat", archived_at=NOW)
    yen = {"currency": "JPY", "role": "baseline", "priceId": "", "price": "1500"}
    price = {"product_source_id": "7", "currency": "USD", "price_minor": 10_50}
    record(PricePoint, connection, "70", name="Monthly", handle="m", currency_prices=[yen], **price)
    record(PricePoint, connection, "71", name="Old", archived_at=NOW, **price)
    record(PricePoint, connection, "72", subscription_source_id="s1", **price)
    tiers = [{"id": "1", "unitPrice": "0.00000001"}, {"id": "2", "unitPrice": "0.5"}]
    euros = [{"currency": "EUR", "role": "", "priceId": tier, "price": tier} for tier in "12"]
    seats = {"component_source_id": "7", "currency": "USD", "currency_prices": euros, "tiers": tiers}
    record(ComponentPricePoint, connection, "70", **seats)


@pytest.mark.parametrize(("data_type", "schema"), SCHEMAS.items())
def test_lists_and_objects_have_the_shape_of_the_contract(
    northwind: Tenant, shop: Connection, data_type: str, schema: str
) -> None:
    body = json.loads(ask(northwind, shop, data_type).content)
    assert body["totalResults"] == len(body["results"]) > 0
    for row in body["results"]:
        assert_schema(row, "Commerce", schema)
        assert json.loads(ask(northwind, shop, f"{data_type}/{row['id']}").content) == row


@pytest.mark.parametrize(("data_type", "tables"), QUERIES.items())
def test_queries_do_not_grow_with_rows(
    northwind: Tenant, shop: Connection, data_type: str, tables: int
) -> None:
    path = path_of(shop, f"/data/{data_type}")
    few, many = (tables_read(northwind.api(), f"{path}?pageSize={size}") for size in (2, 100))
    # Company and connection, each with Link URLs and errors, and the company's connections; the total is known.
    assert few == many == tables + 7


@pytest.mark.parametrize("data_type", [*QUERIES, "commerce-info"])
def test_access(northwind: Tenant, southbank: Tenant, shop: Connection, data_type: str) -> None:
    answer = ask(southbank, shop, data_type)
    assert answer.status_code == 404
    assert "No company was found" in answer.json()["error"]
    assert northwind.portal().get(path_of(shop, f"/data/{data_type}")).status_code == 401
    never = ask(northwind, pending(northwind, "Other"), data_type)
    assert (never.status_code, never.json()["error"]) == (409, "The data set has not been requested.")


@pytest.mark.parametrize("data_type", QUERIES)
@pytest.mark.parametrize("asked", ["nope", "%00", "x" * 500])
def test_unknown_id(northwind: Tenant, shop: Connection, data_type: str, asked: str) -> None:
    answer = ask(northwind, shop, f"{data_type}/{asked}")
    assert answer.status_code == 404
    shown = asked.replace("%00", "\0")
    assert answer.json()["error"] == f"No data available for {data_type} for ID {shown}"


@pytest.mark.parametrize("data_type", QUERIES)
@pytest.mark.parametrize("parameters", [{"query": "{id=1"}, {"page": "0"}, {"pageSize": "x"}], ids=str)
def test_odd_parameters(
    northwind: Tenant, shop: Connection, data_type: str, parameters: dict[str, str]
) -> None:
    assert ask(northwind, shop, data_type, **parameters).status_code == 400


@pytest.mark.parametrize("data_type", SCHEMAS)
def test_every_property_that_can_be_queried_can_be_ordered_by(
    northwind: Tenant, shop: Connection, data_type: str
) -> None:
    from billing.api.commerce.types import COMMERCE_TYPES

    (view,) = [type_.view for type_ in COMMERCE_TYPES if type_.name == data_type]
    texts = {"~": "e", ">": "0", ">=": "2020-01-01"}
    for name, field in view.query_fields.items():
        for order in (name, f"-{name}"):
            assert get(northwind, shop, data_type, orderBy=order)["totalResults"] > 0
        asked = [ask(northwind, shop, data_type, query=f"{name}{key}{value}") for key, value in texts.items()]
        assert 200 in {answer.status_code for answer in asked}, (name, field)
    assert ask(northwind, shop, data_type, query="nope=1").status_code == 400
    assert ask(northwind, shop, data_type, orderBy="nope").status_code == 400


def test_payments_and_negative_refunds_are_one_list(northwind: Tenant, shop: Connection) -> None:
    body = get(northwind, shop, "commerce-payments", query="createdDate>2026-01-01")
    assert ids(body) == ["inv3:p1", "inv2:p1", "inv2:r1", "inv1:p1"]
    paid = get(northwind, shop, "commerce-payments/inv1:p1")
    assert (paid["amount"], paid["currency"], paid["status"]) == (Decimal("10.01"), "USD", "Paid")
    assert paid["paymentMethodRef"] == {"id": "credit_card", "name": "Credit card"}
    assert (paid["paymentProvider"], paid["orderId"]) == ("stripe", "inv1")
    assert (paid["createdDate"], paid["isTest"]) == ("2026-03-01T13:00:00Z", True)
    given_back = get(northwind, shop, "commerce-payments/inv2:r1")
    assert (given_back["amount"], given_back["paymentMethodRef"]) == (Decimal("-1.00"), None)
    assert ids(get(northwind, shop, "commerce-payments", query="amount<0", orderBy="id")) == [
        "inv1:r1",
        "inv2:r1",
        "inv3:r1",
    ]


def test_what_was_paid_for_a_group_counts_once(northwind: Tenant, shop: Connection) -> None:
    with tenant_context(northwind.operator.id):
        Invoice.objects.filter(source_id="inv1").update(consolidation_level="child")
        Invoice.objects.filter(source_id="inv2").update(consolidation_level="parent")
    assert sorted(ids(get(northwind, shop, "commerce-payments"))) == [
        "inv2:p1",
        "inv2:r1",
        "inv3:p1",
        "inv3:r1",
    ]
    assert get(northwind, shop, "commerce-transactions")["totalResults"] == 4


def test_pages_of_a_united_list_neither_lack_nor_repeat(northwind: Tenant, shop: Connection) -> None:
    pages = [get(northwind, shop, "commerce-payments", page=str(page), pageSize="2") for page in (1, 2, 3)]
    found = [row for page in pages for row in ids(page)]
    assert sorted(found) == sorted(f"inv{number}:{part}" for number in (1, 2, 3) for part in ("p1", "r1"))
    assert {page["totalResults"] for page in pages} == {6}
    by_amount = get(northwind, shop, "commerce-payments", orderBy="amount")["results"]
    assert [row["amount"] for row in by_amount] == sorted(row["amount"] for row in by_amount)


def test_transactions_come_from_payments(northwind: Tenant, shop: Connection) -> None:
    refunds = get(northwind, shop, "commerce-transactions", query="type=Refund", orderBy="id")
    assert ids(refunds) == ["inv1:r1", "inv2:r1", "inv3:r1"]
    one = get(northwind, shop, "commerce-transactions/inv2:r1")
    assert (one["type"], one["totalAmount"], one["orderId"]) == ("Refund", Decimal("-1.00"), "inv2")
    assert one["transactionSourceRef"] == {"id": "inv2:r1", "type": "Payment"}
    assert get(northwind, shop, "commerce-payments/inv2:r1")["amount"] == one["totalAmount"]
    paid = get(northwind, shop, "commerce-transactions/inv1:p1")
    assert (paid["type"], paid["subType"]) == ("Payment", "credit_card")


@pytest.fixture
def old_site(connection: Connection) -> Connection:
    """A connection to a site from before Relationship Invoicing."""
    make_records(connection)
    with tenant_context(connection.operator_id):
        Transaction.objects.all().delete()
        Site.objects.update(relationship_invoicing=False)
        for source_id, type_, success in (
            ("1", "Payment", True),
            ("2", "Payment", False),
            ("3", "Refund", True),
            ("4", "Charge", True),
        ):
            values = {"type": type_, "success": success, "amount_minor": 500, "currency": "USD"}
            moment = NOW + timedelta(hours=int(source_id))
            record(Transaction, connection, source_id, source_created_at=moment, **values)
        Transaction.objects.filter(source_id="1").update(masked_number="XXXX-1", gateway="bogus")
    return connection


def test_an_old_site_has_its_transactions(northwind: Tenant, old_site: Connection) -> None:
    payments = get(northwind, old_site, "commerce-payments")["results"]
    assert [(row["id"], row["amount"], row["status"]) for row in payments] == [
        ("3", Decimal("-5.00"), "Paid"),
        ("2", Decimal("5.00"), "Failed"),
        ("1", Decimal("5.00"), "Paid"),
    ]
    assert payments[2]["paymentMethodRef"]["id"] == "credit_card"
    # What failed moved nothing.
    assert ids(get(northwind, old_site, "commerce-transactions")) == ["3", "1"]
    assert get(northwind, old_site, "commerce-payments/2")["status"] == "Failed"
    assert ids(get(northwind, old_site, "commerce-payments", query="status=Failed")) == ["2"]


def test_payment_methods_are_what_is_stored_and_what_was_used(northwind: Tenant, shop: Connection) -> None:
    found = get(northwind, shop, "commerce-paymentMethods")["results"]
    assert [(row["id"], row["name"], row["status"]) for row in found] == [
        ("credit_card", "Credit card", "Active"),
        ("external", "External", "Unknown"),
    ]
    with tenant_context(northwind.operator.id):
        PaymentProfile.objects.update(disabled=True)
    assert get(northwind, shop, "commerce-paymentMethods/credit_card")["status"] == "Archived"


def test_products_have_their_price_points_as_variants(northwind: Tenant, shop: Connection) -> None:
    gold = get(northwind, shop, "commerce-products/7")
    assert (gold["name"], gold["description"], gold["categorization"]) == ("Gold", "All of it", "Plans")
    monthly, old = gold["variants"]
    assert (monthly["id"], monthly["name"], monthly["sku"]) == ("70", "Monthly", "m")
    assert (monthly["isTaxEnabled"], monthly["status"], old["status"]) == (True, "Published", "Unpublished")
    assert monthly["prices"] == [
        {"currency": "USD", "unitPrice": Decimal("10.50")},
        {"currency": "JPY", "unitPrice": Decimal("1500")},
    ]


def test_components_are_products_with_ids_of_their_own(northwind: Tenant, shop: Connection) -> None:
    assert sorted(ids(get(northwind, shop, "commerce-products"))) == ["7", "8", "9", "component:7"]
    seats = get(northwind, shop, "commerce-products/component:7")
    (variant,) = seats["variants"]
    assert (seats["name"], variant["unitOfMeasure"], variant["status"]) == ("Seats", "seat", "Unpublished")
    # The first tier alone.
    assert variant["prices"] == [
        {"currency": "USD", "unitPrice": Decimal("0.00000001")},
        {"currency": "EUR", "unitPrice": Decimal("1")},
    ]
    assert ids(get(northwind, shop, "commerce-products", query="id=component:7")) == ["component:7"]


def test_product_categories(northwind: Tenant, shop: Connection) -> None:
    (family,) = get(northwind, shop, "commerce-productCategories")["results"]
    assert (family["id"], family["name"]) == ("f", "Plans")
    assert (family["ancestorRefs"], family["hasChildren"]) == ([], False)


def test_tax_components_are_distinct_and_named_by_orders(northwind: Tenant, shop: Connection) -> None:
    with tenant_context(northwind.operator.id):
        record(Tax, shop, "t", invoice_source_id="inv1", title="", percentage=None)
    unnamed, vat = get(northwind, shop, "commerce-taxComponents")["results"]
    assert (vat["name"], vat["rate"]) == ("VAT", Decimal("0.215"))
    assert (unnamed["name"], unnamed["rate"]) == ("Tax", None)
    assert get(northwind, shop, "commerce-taxComponents", query="rate=0.215")["totalResults"] == 1
    assert get(northwind, shop, "commerce-taxComponents", query="rate>0.3")["totalResults"] == 0
    (line,) = get(northwind, shop, "commerce-orders/inv1")["orderLineItems"]
    refs = [tax["taxComponentRef"]["id"] for tax in line["taxes"]]
    assert sorted(refs) == sorted([vat["id"], unnamed["id"]])


def test_company_info(northwind: Tenant, shop: Connection) -> None:
    assert ask(northwind, shop, "commerce-info").status_code == 200
    with tenant_context(northwind.operator.id):
        Site.objects.all().delete()
        missing = ask(northwind, shop, "commerce-info")
        record(Site, shop, "4711", name="Acme", currency="EUR", is_test=True, source_created_at=NOW)
    assert missing.status_code == 404
    info = get(northwind, shop, "commerce-info")
    assert_schema(info, "Commerce", "CompanyInfo")
    assert (info["companyName"], info["commercePlatformRef"], info["baseCurrency"]) == ("Acme", "4711", "EUR")
    assert (info["createdDate"], info["isTest"]) == ("2026-03-01T12:00:00Z", True)


@pytest.mark.parametrize("data_type", EMPTY)
def test_what_no_billing_vendor_has_is_empty(northwind: Tenant, shop: Connection, data_type: str) -> None:
    body = get(northwind, shop, data_type, query="status=Won", pageSize="7")
    assert (body["results"], body["totalResults"], body["pageNumber"], body["pageSize"]) == ([], 0, 1, 7)
    assert {"self", "current"} <= body["_links"].keys()
