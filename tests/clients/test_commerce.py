"""Every commerce operation of the published clients, against the running program and what its simulator states."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.clients.environments import Call, PublishedClient
from tests.stack import SITE_KEY, OperatorAccount, Stack

pytestmark = pytest.mark.slow

COMMERCE = PublishedClient("codat-commerce", "0.35.0", "CodatCommerce")
LENDING = [
    PublishedClient("codat-lending", "12.0.0", "CodatLending"),
    pytest.param(PublishedClient("codat-lending", "11.0.1", "CodatLending"), marks=pytest.mark.older),
]


@dataclass(frozen=True)
class Kind:
    """A data type: what a client calls its list and one of it, and the parameter that names one."""

    many: str
    one: str
    parameter: str


# By data type, as codat-commerce has them.
KINDS = {
    "customers": Kind("customers.list", "customers.get", "customer_id"),
    "orders": Kind("orders.list", "orders.get", "order_id"),
    "payments": Kind("payments.list", "payments.get", "payment_id"),
    "paymentMethods": Kind("payments.list_methods", "payments.get_method", "payment_method_id"),
    "products": Kind("products.list", "products.get", "product_id"),
    "productCategories": Kind("products.list_categories", "products.get_category", "product_id"),
    "transactions": Kind("transactions.list", "transactions.get", "transaction_id"),
    "taxComponents": Kind("tax_components.list", "tax_components.get", "tax_id"),
    "disputes": Kind("disputes.list", "disputes.get", "dispute_id"),
    "locations": Kind("locations.list", "locations.get", "location_id"),
}
# codat-lending groups them, and has no tax components.
LENDING_KINDS = {
    name: Kind(f"sales.{group}.list", f"sales.{group}.get", KINDS[name].parameter)
    for name, group in {
        "customers": "customers",
        "orders": "orders",
        "payments": "payments",
        "paymentMethods": "payment_methods",
        "products": "products",
        "productCategories": "product_categories",
        "transactions": "transactions",
        "disputes": "disputes",
        "locations": "locations",
    }.items()
}
METRICS = {
    "revenue": "sales.metrics.get_revenue",
    "orders": "sales.reports.get_orders",
    "refunds": "sales.reports.get_refunds",
    "customer_retention": "sales.metrics.get_customer_retention",
    "lifetime_value": "sales.metrics.get_lifetime_value",
}
EMPTY = {"disputes", "locations"}


@dataclass(frozen=True)
class Shop:
    """A company whose account was read whole, and what is true of it."""

    account: OperatorAccount
    company_id: str
    connection_id: str
    ledger: Mapping[str, Any]

    def request(self, **others: Any) -> dict[str, Any]:
        """Return what every request of a client names."""
        return {"company_id": self.company_id, "connection_id": self.connection_id, **others}

    def get(self, rest: str) -> Any:
        """Return what the API answers to a plain request."""
        return self.account.get(f"/companies/{self.company_id}/connections/{self.connection_id}/data/{rest}")


@pytest.fixture(scope="module")
def shop(stack: Stack) -> Shop:
    """The company of the simulated site acme."""
    account = stack.operator()
    stack.manage("integration_enable", "--operator", account.id, "--platform-key", "rkgp")
    made = json.loads(
        stack.manage("company_create", "--operator", account.id, "--name", "Corner Bakery", "--json")
    )
    arguments = ("connect", "--company", made["company_id"], "--site", "acme", "--api-key-stdin")
    connection_id = stack.manage(*arguments, stdin=f"{SITE_KEY}\n")
    stack.manage("sync", "--connection", connection_id)
    ledger = stack.simulator.site("us", "acme").ledger()
    return Shop(account, made["company_id"], connection_id, ledger)


def lists(client: PublishedClient, shop: Shop, kinds: Mapping[str, Kind]) -> dict[str, Any]:
    """Return what a client's lists give, by data type; locations take no page."""
    calls: list[Call] = [
        (kind.many, shop.request(**({} if name == "locations" else {"page": 1, "page_size": 5000})))
        for name, kind in kinds.items()
    ]
    return dict(zip(kinds, client.values(shop.account, calls), strict=True))


def assert_lists(found: Mapping[str, Any], shop: Shop) -> None:
    """Check counts and sums against what the simulator states."""
    rows, sums = shop.ledger["rows"], shop.ledger["sums"]["USD"]
    expected = {
        "customers": rows["customers"],
        "orders": rows["invoices"],
        "products": rows["products"] + rows["components"],
        "productCategories": rows["product_families"],
        "disputes": 0,
        "locations": 0,
    }
    assert {name: found[name]["totalResults"] for name in expected} == expected
    for body in found.values():
        assert len(body["results"]) == body["totalResults"]
        assert body["_links"]["self"]["href"].startswith("/companies/")
    amounts = [cents(payment["amount"]) for payment in found["payments"]["results"]]
    assert -sum(amount for amount in amounts if amount < 0) == sums["refunded"]
    assert sum(amount for amount in amounts if amount > 0) == sums["paid"]
    totals = [cents(move["totalAmount"]) for move in found["transactions"]["results"]]
    assert sorted(totals) == sorted(amounts)


def assert_objects(found: Mapping[str, Any]) -> None:
    """Check that what objects say of each other is there."""
    methods = {method["id"]: method["name"] for method in found["paymentMethods"]["results"]}
    assert methods["credit_card"] == "Credit card"
    paid_by = [payment.get("paymentMethodRef") for payment in found["payments"]["results"]]
    assert {ref["id"]: ref["name"] for ref in paid_by if ref}.items() <= methods.items()
    payments = {payment["id"]: cents(payment["amount"]) for payment in found["payments"]["results"]}
    on_orders = [payment for order in found["orders"]["results"] for payment in order["payments"]]
    # What stands on the children of consolidated orders stands on their parents as well.
    assert payments.items() <= {payment["id"]: cents(payment["amount"]) for payment in on_orders}.items()
    sources = {move["transactionSourceRef"]["id"] for move in found["transactions"]["results"]}
    assert sources == set(payments)
    products = {product["id"] for product in found["products"]["results"]}
    lines = [line for order in found["orders"]["results"] for line in order["orderLineItems"]]
    assert {line["productRef"]["id"] for line in lines if line.get("productRef")} <= products
    prices = [
        price
        for product in found["products"]["results"]
        for variant in product["variants"]
        for price in variant["prices"]
    ]
    assert prices
    assert {type(price["unitPrice"]) for price in prices} <= {int, float}


def assert_each_can_be_got(
    client: PublishedClient, shop: Shop, kinds: Mapping[str, Kind], found: Mapping[str, Any]
) -> None:
    """Check that the last object of each list is the same when it is asked for by its id."""
    full = [name for name in kinds if name not in EMPTY]
    last = [found[name]["results"][-1] for name in full]
    calls = [
        (kinds[name].one, shop.request(**{kinds[name].parameter: row["id"]}))
        for name, row in zip(full, last, strict=True)
    ]
    assert client.values(shop.account, calls) == last


def assert_unknown_ones_are_refused(client: PublishedClient, shop: Shop, kinds: Mapping[str, Kind]) -> None:
    """Check that a client reads the refusal of an unknown id."""
    calls = [(kind.one, shop.request(**{kind.parameter: "nope"})) for kind in kinds.values()]
    for (method, _), outcome in zip(calls, client.drive(shop.account, calls), strict=True):
        assert (method, outcome.get("status")) == (method, 404)
        assert "No data available for commerce-" in outcome["text"]


def test_every_operation_of_the_commerce_client(shop: Shop) -> None:
    found = lists(COMMERCE, shop, KINDS)
    assert_lists(found, shop)
    assert_objects(found)
    taxes = {(tax["id"], tax["name"]) for tax in found["taxComponents"]["results"]}
    lines = [line for order in found["orders"]["results"] for line in order["orderLineItems"]]
    refs = [tax["taxComponentRef"] for line in lines for tax in line["taxes"]]
    assert {(ref["id"], ref["name"]) for ref in refs} <= taxes
    assert_each_can_be_got(COMMERCE, shop, KINDS, found)
    assert_unknown_ones_are_refused(COMMERCE, shop, KINDS)
    (info,) = COMMERCE.values(shop.account, [("company_info.get", shop.request())])
    assert (info["companyName"], info["baseCurrency"]) == ("Acme Projects", "USD")


def test_the_commerce_client_queries_orders_and_pages(shop: Shop) -> None:
    query = {"query": "type=Refund", "order_by": "-totalAmount", "page": 2, "page_size": 3}
    (body,) = COMMERCE.values(shop.account, [("transactions.list", shop.request(**query))])
    assert {move["type"] for move in body["results"]} == {"Refund"}
    amounts = [move["totalAmount"] for move in body["results"]]
    assert amounts == sorted(amounts, reverse=True)
    assert (body["pageNumber"], body["totalResults"]) == (2, shop.ledger["rows"]["refunds"])
    assert "query=type" in body["_links"]["previous"]["href"]
    (outcome,) = COMMERCE.drive(shop.account, [("orders.list", shop.request(query="nope=1"))])
    assert outcome["status"] == 400
    assert "Could not resolve property nope" in outcome["text"]


@pytest.mark.parametrize("client", LENDING, ids=lambda client: client.version)
def test_every_commerce_operation_of_the_lending_client(shop: Shop, client: PublishedClient) -> None:
    found = lists(client, shop, LENDING_KINDS)
    assert_lists(found, shop)
    assert_objects(found)
    assert_each_can_be_got(client, shop, LENDING_KINDS, found)
    assert_unknown_ones_are_refused(client, shop, LENDING_KINDS)
    (info,) = client.values(shop.account, [("company_info.get_commerce_profile", shop.request())])
    assert (info["companyName"], info["baseCurrency"]) == ("Acme Projects", "USD")


@pytest.mark.parametrize("client", LENDING, ids=lambda client: client.version)
def test_the_lending_client_reads_the_metrics(shop: Shop, client: PublishedClient) -> None:
    today = datetime.now(UTC)
    asked = {
        "report_date": f"{today:%d-%m-%Y}",
        "period_length": 1,
        "number_of_periods": 50,
        "period_unit": "Year",
        "include_display_names": True,
    }
    calls = [(method, shop.request(**asked)) for method in METRICS.values()]
    reports = dict(zip(METRICS, client.values(shop.account, calls), strict=True))
    assert {name: report["reportInfo"]["name"] for name, report in reports.items()} == {
        name: name for name in METRICS
    }
    billed = [order for order in shop.get("commerce-orders?pageSize=5000")["results"] if is_billed(order)]
    added = {
        "revenue": [total(reports["revenue"], 0)],
        "orders": [total(reports["orders"], 0), total(reports["orders"], 1)],
        "refunds": [total(reports["refunds"], 0), total(reports["refunds"], 1)],
    }
    assert added["orders"] == [len(billed), sum(Decimal(str(order["totalAmount"])) for order in billed)]
    refunded = [-Decimal(str(order["totalRefund"])) for order in billed if order["totalRefund"]]
    assert added["refunds"] == [len(refunded), sum(refunded)]
    assert added["revenue"][0] > added["orders"][1] / 2
    assert total(reports["customer_retention"], 1) == len({order["customerRef"]["id"] for order in billed})
    assert total(reports["lifetime_value"], 0) > 0
    calls = [(METRICS["revenue"], shop.request(**asked | {"report_date": "2026-01-01"}))]
    (refused,) = client.drive(shop.account, calls)
    assert refused["status"] == 400
    assert "reportDate" in refused["text"]


def is_billed(order: Mapping[str, Any]) -> bool:
    """Say whether the reports count an order."""
    is_counted = order["status"] not in {"draft", "pending", "voided", "canceled"}
    return is_counted and order["consolidationLevel"] != "child"


def total(report: Mapping[str, Any], item: int) -> Decimal:
    """Return what a line of a report adds up to over all periods."""
    values = [period["components"][item]["measures"][0].get("value") for period in report["reportData"]]
    return sum((Decimal(str(value)) for value in values if value is not None), Decimal(0))


def cents(amount: float | str) -> int:
    """Return an amount of a client, which may be a float, in cents."""
    return round(Decimal(str(amount)) * 100)
