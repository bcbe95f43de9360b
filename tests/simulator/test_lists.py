"""What lists do with their query (facts §3)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from integrations.simulator import Simulator, SiteSpec
from integrations.simulator.business.records import Invoice
from integrations.simulator.business.store import index
from integrations.simulator.endpoints.lists import equals

from .conftest import NOW, Vendor

LISTS = ("/customers.json", "/subscriptions.json", "/invoices.json")
DETAILS = ("line_items", "discounts", "taxes", "credits", "payments", "custom_fields", "refunds")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("path", "wrapper"),
    [
        ("/customers.json", "customer"),
        ("/subscriptions.json", "subscription"),
        ("/products.json", "product"),
        ("/product_families.json", "product_family"),
    ],
)
def test_each_row_of_a_list_is_wrapped(vendor: Vendor, path: str, wrapper: str) -> None:
    body = vendor.get(path).json()
    assert body
    assert all(list(row) == [wrapper] for row in body)


def test_invoices_are_wrapped_once_and_one_invoice_is_bare(vendor: Vendor) -> None:
    body = vendor.get("/invoices.json").json()
    assert list(body) == ["invoices"]
    uid = body["invoices"][0]["uid"]
    assert vendor.get(f"/invoices/{uid}.json").json()["uid"] == uid


@pytest.mark.parametrize(("path", "size"), list(zip(LISTS, (50, 20, 20), strict=True)))
def test_default_page_sizes(vendor: Vendor, path: str, size: int) -> None:
    assert len(vendor.rows(path)) == size


def test_per_page_over_the_maximum_is_clamped_to_200(vendor: Vendor) -> None:
    answer = vendor.get("/invoices.json", per_page=100_000)
    assert answer.status_code == 200
    assert len(answer.json()["invoices"]) == 200


@pytest.mark.parametrize("path", LISTS)
def test_past_the_end_is_200_and_empty(vendor: Vendor, path: str) -> None:
    answer = vendor.get(path, page=9_999)
    assert answer.status_code == 200
    assert vendor.rows(path, page=9_999) == []


@pytest.mark.parametrize("path", LISTS)
def test_pages_join_without_gap_or_repeat(vendor: Vendor, path: str) -> None:
    key = "uid" if path == "/invoices.json" else "id"
    whole = [row[key] for row in vendor.all(path)]
    paged = [row[key] for page in range(1, 8) for row in vendor.rows(path, page=page, per_page=17)]
    assert paged == whole[: len(paged)]
    assert len(set(whole)) == len(whole)


def test_customers_come_oldest_first(vendor: Vendor) -> None:
    ids = [row["id"] for row in vendor.all("/customers.json")]
    assert ids == sorted(ids)
    created = [moment(row["created_at"]) for row in vendor.all("/customers.json", direction="desc")]
    assert created == sorted(created, reverse=True)


def test_subscriptions_come_newest_first(vendor: Vendor) -> None:
    created = [moment(row["created_at"]) for row in vendor.all("/subscriptions.json")]
    assert created == sorted(created, reverse=True)
    ids = [row["id"] for row in vendor.all("/subscriptions.json", sort="id", direction="asc")]
    assert ids == sorted(ids)


def test_invoices_come_by_number_descending(vendor: Vendor) -> None:
    numbers = [int(row["number"]) for row in vendor.all("/invoices.json")]
    assert numbers == list(range(len(numbers), 0, -1))
    created = [
        moment(row["created_at"]) for row in vendor.all("/invoices.json", sort="created_at", direction="asc")
    ]
    assert created == sorted(created)


@pytest.mark.parametrize("path", [*LISTS, "/products.json"])
def test_unknown_date_field_is_silently_no_filter(vendor: Vendor, path: str) -> None:
    future = "2999-01-01"
    assert vendor.rows(path, date_field="updated_at", start_date=future) == []
    assert len(vendor.rows(path, date_field="birthday", start_date=future)) == len(vendor.rows(path))


def test_invoices_are_filtered_on_due_date_by_default(vendor: Vendor) -> None:
    since = (NOW - timedelta(days=200)).date().isoformat()
    rows = vendor.all("/invoices.json", start_date=since)
    everything = vendor.all("/invoices.json")
    assert [row["uid"] for row in rows] == [row["uid"] for row in everything if row["due_date"] >= since]
    assert 0 < len(rows) < len(everything)


def test_invoice_date_times_do_not_reach_plain_dates(vendor: Vendor) -> None:
    """Facts §3: allowed with created_at and updated_at only; ignored otherwise [I]."""
    future = "2999-01-01T00:00:00Z"
    assert vendor.rows("/invoices.json", date_field="updated_at", start_datetime=future) == []
    assert vendor.rows("/invoices.json", date_field="due_date", start_datetime=future)


@pytest.mark.parametrize("path", LISTS)
def test_date_times_are_inclusive_at_both_ends(vendor: Vendor, path: str) -> None:
    at = vendor.rows(path)[3]["created_at"]
    rows = vendor.all(path, date_field="created_at", start_datetime=at, end_datetime=at)
    assert rows
    assert {row["created_at"] for row in rows} == {at}


def test_dates_are_days_of_the_site_and_date_times_override_them(vendor: Vendor) -> None:
    row = vendor.rows("/customers.json")[5]
    on_that_day = {"date_field": "created_at", "start_date": row["created_at"][:10]}
    on_that_day["end_date"] = on_that_day["start_date"]
    rows = vendor.all("/customers.json", **on_that_day)
    assert row["id"] in [found["id"] for found in rows]
    assert {found["created_at"][:10] for found in rows} == {row["created_at"][:10]}
    assert vendor.rows("/customers.json", **on_that_day, start_datetime="2999-01-01 00:00:00") == []


@pytest.mark.parametrize(
    "write", ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d %H:%M:%S %z", "unescaped plus"]
)
def test_date_times_take_a_zone_or_mean_the_sites_own(vendor: Vendor, write: str) -> None:
    row = vendor.rows("/subscriptions.json")[7]
    at = moment(row["created_at"])
    if write != "%Y-%m-%d %H:%M:%S":
        at = at.astimezone(UTC)
    written = at.isoformat().replace("+", " ") if write == "unescaped plus" else at.strftime(write)
    rows = vendor.all("/subscriptions.json", date_field="created_at", start_datetime=written)
    assert min(moment(found["created_at"]) for found in rows) == at


def test_details_are_absent_unless_asked_for(vendor: Vendor) -> None:
    row = vendor.rows("/invoices.json")[0]
    assert not set(DETAILS) & set(row)
    assert "id" not in row  # facts §7
    row = vendor.rows("/invoices.json", line_items="true", refunds="true")[0]
    assert set(DETAILS) & set(row) == {"line_items", "refunds"}
    assert set(DETAILS) <= set(vendor.get(f"/invoices/{row['uid']}.json").json())


def test_filters_of_invoices(vendor: Vendor) -> None:
    rows = vendor.all("/invoices.json")
    voided = vendor.all("/invoices.json", status="voided")
    assert [row["uid"] for row in voided] == [row["uid"] for row in rows if row["status"] == "voided"] != []
    one, two = rows[0]["customer_id"], rows[40]["customer_id"]
    wanted = [row["uid"] for row in rows if row["customer_id"] in (one, two)]
    queries: list[dict[str, Any]] = [{"customer_ids": f"{one},{two}"}, {"customer_ids[]": [one, two]}]
    for query in queries:
        assert [row["uid"] for row in vendor.all("/invoices.json", **query)] == wanted
    number = rows[0]["subscription_id"]
    found = vendor.all("/invoices.json", subscription_id=number)
    assert {row["subscription_id"] for row in found} == {number}


def test_filters_of_subscriptions(vendor: Vendor) -> None:
    rows = vendor.all("/subscriptions.json")
    active = vendor.all("/subscriptions.json", state="active")
    assert [row["id"] for row in active] == [row["id"] for row in rows if row["state"] == "active"] != []
    leaving = vendor.all("/subscriptions.json", state="pending_cancellation")
    assert [row["id"] for row in leaving] == [row["id"] for row in rows if row["cancel_at_end_of_period"]]


def test_subscriptions_of_a_customer_have_no_pages(vendor: Vendor) -> None:
    number = vendor.rows("/subscriptions.json")[0]["customer"]["id"]
    path = f"/customers/{number}/subscriptions.json"
    assert vendor.rows(path) == vendor.rows(path, page=2, per_page=1) != []


def test_product_families_have_no_pages(vendor: Vendor) -> None:
    assert len(vendor.rows("/product_families.json", page=2, per_page=1)) == 2


def test_archived_products_are_hidden_unless_included(vendor: Vendor) -> None:
    shown = vendor.rows("/products.json")
    everything = vendor.rows("/products.json", include_archived="true")
    assert {row["archived_at"] for row in shown} == {None}
    assert len(everything) > len(shown)


def test_lists_may_lag_behind() -> None:
    """Facts §3, eventual consistency: not listed at once, but found by its id."""
    with Simulator([SiteSpec(customers=3, visible_after_seconds=60)]) as simulator:
        site = simulator.site("us", "acme")
        number = site.add_customer()
        read = requests.Session()
        read.auth = (site.spec.api_key, "x")
        base = simulator.url("us", "acme")
        assert number not in [row["customer"]["id"] for row in read.get(f"{base}/customers.json").json()]
        assert read.get(f"{base}/customers/{number}.json").status_code == 200


def test_a_filter_by_a_value_finds_it_by_an_index(vendor: Vendor) -> None:
    """A page for one customer must not read every invoice."""
    where, values = equals("customer_id")("7", 0) or ("", ())
    asked = f"EXPLAIN QUERY PLAN SELECT id FROM {index(Invoice)} WHERE {where}"
    plan = [row[-1] for row in vendor.site.store._db.execute(asked, values)]
    assert plan[0].startswith("SEARCH")
