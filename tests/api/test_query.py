from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import pytest
from django.db.models import Q
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.exceptions import ParseError

from billing.api.commerce.fields import ORDER_FIELDS
from billing.api.fields import record_fields
from billing.models import Component, CreditNote, Subscription, Transaction
from companies.api.filters import COMPANY_FIELDS
from companies.models import Connection
from config.api.query import Integer, Moment, parse_query
from tests.api.conftest import path_of
from tests.conftest import Tenant

MALFORMED = "Error parsing query - Malformed query."


def parsed(text: str) -> set[str]:
    """Return which of the rows abc, ab and c meet a query of the kind `a=1`, true where a row has the letter."""
    return parse_query(text, lambda name, operator, value: {row for row in ("abc", "ab", "c") if name in row})


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("a=1", {"abc", "ab"}),
        ("  a = 1  ", {"abc", "ab"}),
        ("a=1&&c=1", {"abc"}),
        ("a=1||c=1", {"abc", "ab", "c"}),
        ("c=1||a=1&&c=1", {"abc", "c"}),
        ("a=1&&b=1||c=1", {"abc", "ab", "c"}),
        ("{c=1||a=1}&&c=1", {"abc", "c"}),
        ("{{{a=1}}}", {"abc", "ab"}),
        ("a=1 && {b=1 || c=1} && c=x y", {"abc"}),
    ],
)
def test_grammar(query: str, rows: set[str]) -> None:
    assert parsed(query) == rows


@pytest.mark.parametrize(
    "query",
    [
        "a",
        "=1",
        "a=",
        "a=1&&",
        "||a=1",
        "a=1 b=1}",
        "{a=1",
        "{}",
        "a=1{b=1}",
        "a=1&&&&b=1",
        "{" * 30 + "a=1" + "}" * 30,
        "a=\0",
    ],
)
def test_malformed(query: str) -> None:
    with pytest.raises(ParseError, match="Malformed query"):
        parsed(query)


def test_too_long() -> None:
    with pytest.raises(ParseError, match="2048"):
        parsed("a=" + "1" * 2047)
    assert parsed("||".join(["a=1"] * 400))


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("nope=1", "Error parsing query - Could not resolve property nope on Dataset"),
        (
            "orderLineItems.unitPrice=1",
            "Error parsing query - Could not resolve property orderLineItems.unitPrice on Dataset",
        ),
        ("totalAmount~1", MALFORMED),
        ("totalAmount=x", MALFORMED),
        ("totalAmount=NaN", MALFORMED),
        ("totalAmount=1e999999", MALFORMED),
        ("orderNumber>1", MALFORMED),
        ("createdDate>yesterday", MALFORMED),
        ("closedDate=2026-02-30", MALFORMED),
    ],
)
def test_errors(northwind: Tenant, connection: Connection, query: str, error: str) -> None:
    answer = northwind.api().get(path_of(connection, "/data/commerce-orders"), {"query": query})
    assert (answer.status_code, answer.json()["error"]) == (400, error)


@pytest.mark.parametrize("order", ["nope", "-", "--number", "totalRefund", "dataConnections.status"])
def test_unknown_order(northwind: Tenant, connection: Connection, order: str) -> None:
    client = northwind.api()
    for path in (path_of(connection, "/data/commerce-orders"), "/companies"):
        assert client.get(path, {"orderBy": order}).status_code == 400


@pytest.mark.parametrize(
    ("operator", "text", "condition"),
    [
        ("=", "1", Q(n__exact=1)),
        ("<", "1.5", Q(n__lte=1)),
        (">=", "1.5", Q(n__gt=1)),
        ("=", "1.5", Q(pk__in=())),
        ("!=", "1.5", ~Q(pk__in=())),
        ("!=", "-2e1", ~Q(n__exact=-20)),
    ],
)
def test_whole_numbers(operator: str, text: str, condition: Q) -> None:
    assert Integer("n").clause(operator, text) == condition


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-01", datetime(2026, 3, 1, tzinfo=UTC)),
        ("2026-03-01T10:00:00", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("2026-03-01T10:00:00.1234567Z", datetime(2026, 3, 1, 10, 0, 0, 123456, tzinfo=UTC)),
        ("2026-03-01T10:00:00+02:00", datetime(2026, 3, 1, 8, tzinfo=UTC)),
    ],
)
def test_moments(text: str, moment: datetime) -> None:
    assert Moment("m").read(text) == moment


VALUES = st.one_of(
    st.text(max_size=20),
    st.integers().map(str),
    st.decimals().map(str),
    st.datetimes().map(str),
    st.dates().map(str),
    st.uuids().map(str),
    st.sampled_from(
        ["true", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "%", "\\", "1e30", "-1e30"]
    ),
)


def queries(names: list[str]) -> st.SearchStrategy[str]:
    operators = st.sampled_from(["=", "!=", "~", "<", ">", "<=", ">="])
    clauses = st.tuples(st.sampled_from(names), operators, VALUES).map("".join)
    joined = st.lists(clauses, min_size=1, max_size=4).flatmap(
        lambda parts: st.sampled_from(["&&", "||"]).map(lambda joint: joint.join(parts))
    )
    pieces = st.lists(st.sampled_from(["&&", "||", "{", "}", "=", "~", "id", "1", " "]), max_size=30).map(
        "".join
    )
    return st.one_of(clauses, joined, pieces, st.text(max_size=200))


LISTS = {
    "/companies": list(COMPANY_FIELDS),
    "/data/commerce-orders": list(ORDER_FIELDS),
    "/data/billing-subscriptions": list(record_fields(Subscription)),
    "/data/billing-components": list(record_fields(Component)),
    "/data/billing-creditNotes": list(record_fields(CreditNote)),
    "/data/billing-transactions": list(record_fields(Transaction)),
}


@pytest.mark.parametrize("rest", LISTS)
def test_no_query_gives_a_500(northwind: Tenant, connection: Connection, rest: str) -> None:
    client = northwind.api()
    path = rest if rest == "/companies" else path_of(connection, rest)

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(query=queries(LISTS[rest]), order=st.sampled_from(["", *LISTS[rest]]))
    def run(query: str, order: str) -> None:
        parameters = {"query": query, "orderBy": order}
        if rest == "/companies":
            parameters["tags"] = query
        encoded = {name: value.encode("utf-8", "surrogatepass") for name, value in parameters.items()}
        answer = client.get(path, encoded, headers={"Authorization": f"Bearer {northwind.api_key}"})
        assert answer.status_code in {200, 400, 429}, answer.content
        if answer.status_code == 429:
            from django.core.cache import cache

            cache.clear()

    run()


def test_a_clause_reader_may_be_anything() -> None:
    assert parse_query("a=1||b=2", partial(lambda *clause: {clause})) == {("a", "=", "1"), ("b", "=", "2")}
