"""How each list is asked for, and how its bodies are taken out, to the byte."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import parse_qsl, urlsplit

import pytest
import responses
from pytest_django import Settings

from integrations.connectors.base import ConnectorError, Pager, Problem
from integrations.connectors.chargify import ChargifyConnector

from .support import KEY, SITE, STREAMS, stream

SINCE = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=timezone(timedelta(hours=2)))
FILTER = {"date_field": "updated_at", "start_datetime": "2026-01-02T01:04:05+00:00"}
NESTED = {f"filter[{name}]": value for name, value in FILTER.items()}
PAGE = {"page": "3", "per_page": "200"}
DETAILS = ("line_items", "discounts", "taxes", "credits", "payments", "custom_fields", "refunds")
QUERIES: dict[str, dict[str, str]] = {
    "site": {},
    "product_families": {},
    "customers": {"direction": "asc", **FILTER, **PAGE},
    "products": {"include_archived": "true", **FILTER, **PAGE},
    "subscriptions": {"sort": "id", "direction": "asc", **FILTER, **PAGE},
    "invoices": {
        "sort": "created_at",
        "direction": "asc",
        **dict.fromkeys(DETAILS, "true"),
        **FILTER,
        **PAGE,
    },
    "site_statistics": {},
    "site_mrr": {},
    "legacy_invoices": PAGE,
    "statements": {"sort": "created_at", "direction": "asc", **PAGE},
    "transactions": {"since_id": "0", "direction": "asc", **PAGE},
    "components": {"include_archived": "true", **FILTER, **PAGE},
    "product_price_points": {"direction": "asc", "include": "currency_prices", **NESTED, **PAGE},
    "component_price_points": {"direction": "asc", "include": "currency_prices", **NESTED, **PAGE},
    "coupons": {"filter[include_archived]": "true", "currency_prices": "true", **NESTED, **PAGE},
    "reason_codes": PAGE,
    "payment_profiles": PAGE,
    "subscription_components": {"sort": "id", "direction": "asc", **FILTER, **PAGE},
    "subscription_groups": PAGE,
    "credit_notes": {
        **dict.fromkeys(("line_items", "discounts", "taxes", "refunds", "applications"), "true"),
        **PAGE,
    },
    "invoice_events": {"with_change_invoice_status": "true", **PAGE},
    "events": {"direction": "asc", **PAGE},
    "customer_metadata": {"with_deleted": "true", "direction": "asc", **FILTER, **PAGE},
    "subscription_metadata": {"with_deleted": "true", "direction": "asc", **FILTER, **PAGE},
}
WRAPPERS = {
    "invoices": "invoices",
    "product_price_points": "price_points",
    "component_price_points": "price_points",
    "subscription_components": "subscriptions_components",
    "subscription_groups": "subscription_groups",
    "credit_notes": "credit_notes",
    "invoice_events": "events",
    "customer_metadata": "metadata",
    "subscription_metadata": "metadata",
}
ALONE = {"site": b'{"site":{}}', "site_statistics": b'{"stats":{}}', "site_mrr": b'{"mrr":{}}'}
EMPTY = ALONE | {name: b'{"%s":[]}' % key.encode() for name, key in WRAPPERS.items()}
PATHS = {
    "product_price_points": "products_price_points",
    "component_price_points": "components_price_points",
    "subscription_components": "subscriptions_components",
    "invoice_events": "invoices/events",
    "legacy_invoices": "invoices",
    "site_statistics": "stats",
    "site_mrr": "mrr",
    "customer_metadata": "customers/metadata",
    "subscription_metadata": "subscriptions/metadata",
}


@pytest.mark.parametrize("name", QUERIES)
@responses.activate
def test_asks_for(settings: Settings, name: str) -> None:
    settings.CHARGIFY_US_URL = "https://{site}.chargify.com"
    wanted = stream(name)
    answer = EMPTY.get(name, b"[]")
    responses.get(
        f"https://acme.chargify.com/{PATHS.get(name, name)}.json",
        answer,
        headers={"Date": "Fri, 02 Jan 2026 03:04:05 GMT"},
    )
    session = ChargifyConnector().open({"site": "acme", "region": "us"}, KEY)
    page = session.fetch(wanted, page=3, per_page=wanted.page_size, since=SINCE)
    assert page.server_time == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert dict(parse_qsl(urlsplit(str(responses.calls[0].request.url)).query)) == QUERIES[name]
    session.fetch(wanted, page=1, per_page=1, since=None)
    assert "start_datetime" not in str(responses.calls[1].request.url)


def test_every_stream_was_asked_for() -> None:
    # Codes are asked for coupon by coupon: test_coupon_codes.py.
    assert set(QUERIES) | {"coupon_codes"} == {each.name for each in STREAMS}


@pytest.mark.parametrize("name", ["events", "invoice_events", "transactions"])
@responses.activate
def test_events_are_asked_for_behind_the_last(settings: Settings, name: str) -> None:
    settings.CHARGIFY_US_URL = "https://{site}.chargify.com"
    responses.get(f"https://acme.chargify.com/{PATHS.get(name, name)}.json", EMPTY.get(name, b"[]"))
    session = ChargifyConnector().open({"site": "acme", "region": "us"}, KEY)
    session.fetch(stream(name), page=1, per_page=200, since=None, after="83")
    query = dict(parse_qsl(urlsplit(str(responses.calls[0].request.url)).query))
    assert query == QUERIES[name] | {"page": "1", "since_id": "83"}


def test_only_lists_with_paging_are_paged() -> None:
    single = {s.name for s in ChargifyConnector.streams if s.pager is Pager.SINGLE}
    assert single == {"site", "product_families", "site_statistics", "site_mrr"}
    by_id = {s.name for s in ChargifyConnector.streams if s.pager is Pager.SINCE_ID}
    assert by_id == {"events", "invoice_events", "transactions"}
    assert {s.name for s in ChargifyConnector.streams if s.total} == {
        "subscriptions",
        "events",
        "transactions",
    }


def test_what_a_site_may_lack_is_optional() -> None:
    optional = {s.name for s in ChargifyConnector.streams if s.optional}
    assert optional == {
        "subscription_groups",
        "credit_notes",
        "invoice_events",
        "site_statistics",
        "site_mrr",
    }


def test_bodies_are_exact() -> None:
    customers = stream("customers").items(
        b'[{"customer": {"id":1,  "x":1.10}},\n{"customer":{"id":2,"\\u00e9":"\xc3\xa9"}}]'
    )
    assert [bytes(body) for body in customers] == [b'{"id":1,  "x":1.10}', b'{"id":2,"\\u00e9":"\xc3\xa9"}']
    invoices = stream("invoices").items(b'{"meta":{}, "invoices":[ {"uid":"a"} ,{"uid":"b" }]}')
    assert [bytes(body) for body in invoices] == [b'{"uid":"a"}', b'{"uid":"b" }']
    assert [bytes(body) for body in stream("site").items(b'{"site": {"id":1 }}')] == [b'{"id":1 }']


@pytest.mark.parametrize(
    ("name", "answer", "problem"),
    [
        ("customers", b"<html>", Problem.NOT_JSON),
        ("customers", b"", Problem.NOT_JSON),
        ("customers", b'[{"\xff":{}}]', Problem.NOT_JSON),
        ("customers", b'[{"customer":{"id":1}},{"cust', Problem.NOT_JSON),
        ("invoices", b'{"invoices":[{"uid":"a"}', Problem.NOT_JSON),
        ("customers", b"{}", Problem.INTERNAL),
        ("customers", b'[{"subscription":{}}]', Problem.INTERNAL),
        ("customers", b"[1]", Problem.INTERNAL),
        ("invoices", b'{"price_points":[]}', Problem.INTERNAL),
        ("invoices", b'{"invoices":{}}', Problem.INTERNAL),
        ("site", b"[]", Problem.INTERNAL),
    ],
)
def test_another_shape_is_trouble(name: str, answer: bytes, problem: Problem) -> None:
    with pytest.raises(ConnectorError) as caught:
        stream(name).items(answer)
    assert caught.value.problem is problem


def test_what_one_kind_of_site_has_and_the_other_has_not() -> None:
    needs = {s.name: s.needs for s in ChargifyConnector.streams if s.needs}
    assert {name for name, feature in needs.items() if feature == "statements"} == {
        "statements",
        "transactions",
    }
    assert {name for name, feature in needs.items() if feature == "relationship_invoicing"} == {
        "subscription_groups",
        "invoices",
        "credit_notes",
        "invoice_events",
    }


@pytest.mark.parametrize(
    ("enabled", "names"),
    [
        ({"relationship_invoicing_enabled": False}, ["legacy_invoices", "statements", None]),
        ({"relationship_invoicing_enabled": True}, ["invoices", None, "credit_notes"]),
        ({}, ["invoices", None, "credit_notes"]),
    ],
)
@responses.activate
def test_a_site_says_of_which_kind_it_is(
    settings: Settings, enabled: dict[str, bool], names: list[str | None]
) -> None:
    settings.CHARGIFY_US_URL = "https://{site}.chargify.com"
    site = responses.get("https://acme.chargify.com/site.json", json={"site": SITE | enabled})
    session = ChargifyConnector().open({"site": "acme", "region": "us"}, KEY)
    assert session.offered(stream("customers")) is stream("customers")
    assert site.call_count == 0
    offered = [session.offered(stream(name)) for name in ("invoices", "statements", "credit_notes")]
    assert [each and each.name for each in offered] == names
    assert site.call_count == 1
