"""The five commerce reports over the API: their sums, their parameters, who may see them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from billing.metrics.commerce import METRICS
from billing.models import Invoice, Site
from companies.models import Connection
from config.tenancy import tenant_context
from tests.api.conftest import linked, pending, record, tables_read
from tests.conftest import Tenant

TWO_MONTHS = {
    "reportDate": "05-02-2026",
    "periodLength": "1",
    "numberOfPeriods": "2",
    "periodUnit": "Month",
}
SUBSCRIPTIONS = ("process", "mrr")


def path_of(connection: Connection, rest: str) -> str:
    return f"/data/companies/{connection.company_id}/connections/{connection.id}/assess/{rest}"


def ask(tenant: Tenant, connection: Connection, report: str, **parameters: str) -> Any:
    return tenant.api().get(path_of(connection, f"commerceMetrics/{report}"), TWO_MONTHS | parameters)


def get(tenant: Tenant, connection: Connection, report: str, **parameters: str) -> Any:
    answer = ask(tenant, connection, report, **parameters)
    assert answer.status_code == 200, answer.content
    return json.loads(answer.content, parse_float=Decimal)


def values(body: Any) -> list[list[Any]]:
    """Return the values by period."""
    return [[cell["measures"][0]["value"] for cell in period["components"]] for period in body["reportData"]]


def order(connection: Connection, source_id: str, created: datetime, customer: str, **values: Any) -> None:
    plain = {"status": "paid", "currency": "USD", "subtotal_minor": 100_00, "total_minor": 110_00}
    named = {"customer_source_id": customer, "source_created_at": created}
    record(Invoice, connection, source_id, **(plain | named | values))


@pytest.fixture
def trade(connection: Connection) -> Connection:
    """Orders from December to February: ann comes back, bea doesn't, cid is new in February."""
    with tenant_context(connection.operator_id):
        record(Site, connection, "1", name="Acme", currency="USD", relationship_invoicing=True)
        order(connection, "a1", datetime(2025, 12, 31, 23, 59, tzinfo=UTC), "ann", subtotal_minor=50_00)
        order(connection, "b1", datetime(2026, 1, 1, tzinfo=UTC), "bea")
        order(connection, "a2", datetime(2026, 1, 31, 23, 59, 59, tzinfo=UTC), "ann", refund_minor=10_00)
        order(connection, "a3", datetime(2026, 2, 1, tzinfo=UTC), "ann", subtotal_minor=33_33)
        order(connection, "c1", datetime(2026, 2, 28, 23, 59, tzinfo=UTC), "cid", subtotal_minor=33_33)
        order(connection, "c2", datetime(2026, 3, 1, tzinfo=UTC), "cid")
        _make_what_does_not_count(connection)
        Connection.objects.update(last_synced_at=datetime(2026, 3, 1, tzinfo=UTC))
    return connection


def _make_what_does_not_count(connection: Connection) -> None:
    february = datetime(2026, 2, 10, tzinfo=UTC)
    for status in ("draft", "pending", "voided", "canceled"):
        order(connection, status, february, "bea", status=status)
    order(connection, "child", february, "bea", consolidation_level="child")
    order(connection, "gone", february, "bea", deleted_at=february)
    record(Invoice, connection, "undated", status="paid", currency="USD", subtotal_minor=1)


def test_revenue(northwind: Tenant, trade: Connection) -> None:
    body = get(northwind, trade, "revenue")
    # Against 50.00 of December, which is no period of the report.
    assert values(body) == [[Decimal("200.00"), Decimal("300.00")], [Decimal("66.66"), Decimal("-66.67")]]
    assert body["reportInfo"] == {"name": "revenue", "displayName": "Revenue"}
    assert body["measures"][0]["units"] == "USD"
    assert "errors" not in body


def test_the_frame_of_a_report(northwind: Tenant, trade: Connection) -> None:
    plain = get(northwind, trade, "revenue")
    periods, lines = plain["dimensions"]
    assert [(item["start"], item["end"]) for item in periods["items"]] == [
        ("2026-01-01", "2026-01-31"),
        ("2026-02-01", "2026-02-28"),
    ]
    assert [item["displayName"] for item in lines["items"]] == ["Revenue", "Revenue growth"]
    assert "itemDisplayName" not in plain["reportData"][0]
    named = get(northwind, trade, "revenue", includeDisplayNames="True")["reportData"][1]
    assert (named["dimensionDisplayName"], named["itemDisplayName"]) == ("Period", "Period 1")
    assert named["components"][1]["itemDisplayName"] == "Revenue growth"
    assert named["components"][1]["measures"][0]["measureDisplayName"] == "Percentage"


def test_orders(northwind: Tenant, trade: Connection) -> None:
    assert values(get(northwind, trade, "orders")) == [
        [2, Decimal("210.00"), Decimal("105.00")],
        [2, Decimal("220.00"), Decimal("110.00")],
    ]


def test_refunds_are_positive_and_their_rate_is_a_percentage(northwind: Tenant, trade: Connection) -> None:
    assert values(get(northwind, trade, "refunds")) == [
        [1, Decimal("10.00"), Decimal("50.00")],
        [0, Decimal("0.00"), Decimal("0.00")],
    ]


def test_customer_retention(northwind: Tenant, trade: Connection) -> None:
    # January: ann had come before, bea is new. February: ann of the two, and cid.
    assert values(get(northwind, trade, "customerRetention")) == [
        [1, 1, 2, Decimal("100.00"), Decimal("50.00")],
        [1, 1, 2, Decimal("50.00"), Decimal("50.00")],
    ]


def test_lifetime_value(northwind: Tenant, trade: Connection) -> None:
    january, february = values(get(northwind, trade, "lifetimeValue"))
    # 105.00 an order, one order a customer; ann came first 31 days and 59 seconds ago, bea only now.
    lifespan = (Decimal(31 * 86400 + 59) / 86400) / 2
    assert january == [(Decimal(105) * lifespan).quantize(Decimal("0.01"))]
    assert february == [(Decimal(110) * (Decimal(31 * 86400 + 60) / 86400) / 2).quantize(Decimal("0.01"))]


def test_other_currencies_are_left_out_and_said(northwind: Tenant, trade: Connection) -> None:
    with tenant_context(northwind.operator.id):
        order(trade, "e1", datetime(2026, 2, 2, tzinfo=UTC), "eve", currency="EUR")
    body = get(northwind, trade, "orders")
    assert values(body)[1][0] == 2
    (error,) = body["errors"]
    assert (error["type"], error["details"]) == ("OtherCurrencies", {"currencies": ["EUR"]})
    # Who came is asked of everybody, what they spent in one currency alone.
    assert values(get(northwind, trade, "customerRetention"))[1][:3] == [1, 2, 3]
    assert values(get(northwind, trade, "lifetimeValue"))[1][0] > 1700


def test_a_currency_without_cents(northwind: Tenant, trade: Connection) -> None:
    with tenant_context(northwind.operator.id):
        Site.objects.update(currency="JPY")
        Invoice.objects.update(currency="JPY")
    assert values(get(northwind, trade, "orders"))[0] == [2, Decimal(21000), Decimal(10500)]


def test_what_reaches_beyond_the_data_says_so(northwind: Tenant, trade: Connection) -> None:
    (error,) = get(northwind, trade, "revenue", reportDate="01-03-2026")["errors"]
    assert (error["type"], error["details"]) == ("DatesOutOfRange", {"reportDate": ["2026-03-31"]})


def test_an_old_site_says_that_its_orders_are_not_all(northwind: Tenant, trade: Connection) -> None:
    with tenant_context(northwind.operator.id):
        Site.objects.update(relationship_invoicing=False)
    (error,) = get(northwind, trade, "revenue")["errors"]
    assert error["type"] == "PartialOrders"


@pytest.mark.parametrize("report", METRICS)
def test_nothing_to_add_up(northwind: Tenant, connection: Connection, report: str) -> None:
    for row in values(get(northwind, connection, report)):
        assert not any(row)


@pytest.mark.parametrize("report", METRICS)
def test_one_query_adds_up(northwind: Tenant, trade: Connection, report: str) -> None:
    client, path = northwind.api(), path_of(trade, f"commerceMetrics/{report}")
    query = "&".join(f"{name}={value}" for name, value in TWO_MONTHS.items())
    # The site, and the sums; company and connection, each with Link URLs and errors.
    few, many = (tables_read(client, f"{path}?{query}{more}") for more in ("", "&numberOfPeriods=300"))
    assert few == many == 2 + 7


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("reportDate", ""),
        ("reportDate", "2026-02-05"),
        ("reportDate", "31-02-2026"),
        ("reportDate", "٠٥-٠٢-٢٠٢٦"),
        ("reportDate", "05-02-2026\0"),
        ("reportDate", "01-01-0001"),
        ("reportDate", "31-12-9999"),
        ("periodLength", ""),
        ("periodLength", "0"),
        ("periodLength", "1.5"),
        ("numberOfPeriods", "-1"),
        ("numberOfPeriods", "367"),
        ("periodUnit", ""),
        ("periodUnit", "Quarter"),
        ("includeDisplayNames", "yes"),
    ],
    ids=ascii,
)
@pytest.mark.parametrize("report", ["revenue", "lifetimeValue"])
def test_an_odd_parameter_is_named(
    northwind: Tenant, trade: Connection, report: str, name: str, value: str
) -> None:
    answer = ask(northwind, trade, report, **{name: value})
    assert answer.status_code == 400
    assert [item["itemId"] for item in answer.json()["validation"]["errors"]] == [name]


def test_far_away_dates(northwind: Tenant, trade: Connection) -> None:
    for day in ("01-01-0400", "30-11-9999"):
        assert ask(northwind, trade, "lifetimeValue", reportDate=day, periodUnit="Day").status_code == 200


@pytest.mark.parametrize("report", [f"commerceMetrics/{name}" for name in METRICS])
def test_access(northwind: Tenant, southbank: Tenant, trade: Connection, report: str) -> None:
    answer = southbank.api().get(path_of(trade, report), TWO_MONTHS)
    assert answer.status_code == 404
    assert "No company was found" in answer.json()["error"]
    assert northwind.portal().get(path_of(trade, report), TWO_MONTHS).status_code == 401
    never = northwind.api().get(path_of(pending(northwind, "Other"), report), TWO_MONTHS)
    assert never.status_code == 409


def test_orders_of_another_connection_are_left_out(northwind: Tenant, trade: Connection) -> None:
    other = linked(northwind, "Other")
    with tenant_context(northwind.operator.id):
        order(other, "o1", datetime(2026, 2, 2, tzinfo=UTC) + timedelta(hours=1), "ann")
    assert values(get(northwind, trade, "orders"))[1][0] == 2


@pytest.mark.parametrize("report", SUBSCRIPTIONS)
def test_metrics_of_subscriptions_are_not_there_yet(
    northwind: Tenant, southbank: Tenant, trade: Connection, report: str
) -> None:
    path = path_of(trade, f"subscriptions/{report}")
    answer = northwind.api().get(path)
    assert (answer.status_code, answer.json()["statusCode"]) == (409, 409)
    assert "not available yet" in answer.json()["error"]
    assert southbank.api().get(path).status_code == 404
