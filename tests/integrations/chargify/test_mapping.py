"""Bodies in standard form: every column of billing's models, and what a change is."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from hypothesis import given
from hypothesis import strategies as st

from integrations.connectors.base import Row, UnreadableRow

from . import bodies
from .bodies import IDS
from .support import ACCOUNT, INVOICE, SITE, STREAMS, SUBSCRIPTION, row, stream

ROWS: dict[str, dict[str, Any]] = {
    "site": SITE,
    "product_families": {"id": 1, "name": "Plans"},
    "customers": {
        "id": 7,
        "first_name": " Ada ",
        "last_name": "King  Lovelace",
        "state": "MA",
        "parent_id": 3,
    },
    "products": {
        "id": 5,
        "product_family": {"id": 1},
        "price_in_cents": 1000,
        "interval": 1,
        "interval_unit": "month",
    },
    "subscriptions": SUBSCRIPTION,
    "invoices": INVOICE | {key: [{"uid": "a"}] for key in ("discounts", "taxes", "refunds", "credits")},
    **bodies.ROWS,
}
NAMES = tuple(ROWS)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
KEYS = sorted(
    {key for body in ROWS.values() for key in body} | {"payment_method", "prepayment", "coupon_code"}
)


def columns(table: str) -> dict[str, models.Field[Any, Any]]:
    """Return the typed columns of a table, without what every record has."""
    model = apps.get_model("billing", table)
    common = {field.name for field in apps.get_model("billing", "site")._meta.fields} & {
        field.name for field in apps.get_model("billing", "tax")._meta.fields
    }
    return {
        field.name: field for field in model._meta.concrete_fields if field.name not in common - {"currency"}
    }


def assert_fits(table: str, found: Row) -> None:
    """Assert that a row's values can stand in its table."""
    fields = columns(table)
    assert set(found.values) == set(fields)
    for name, field in fields.items():
        value = found.values[name]
        assert value is not None or field.null, name
        if isinstance(field, models.CharField | models.TextField):
            assert isinstance(value, str), name
            assert len(value) <= (field.max_length or len(value)), name
            assert "\0" not in value, name
        if isinstance(field, models.JSONField):
            # PostgreSQL's jsonb refuses NUL.
            assert isinstance(json.loads(value), list), name
            assert "\\u0000" not in value, name
        if isinstance(field, ArrayField):
            assert all(isinstance(item, str) and "\0" not in item and len(item) <= 120 for item in value)
        if isinstance(field, models.DecimalField) and value is not None:
            assert abs(value) < 10 ** (field.max_digits - field.decimal_places), name
    assert len(found.source_id) <= 120
    assert len(found.content_hash) == 16


def assert_all_fit(name: str, found: Row) -> None:
    assert_fits(stream(name).table, found)
    for table, children in found.children.items():
        for child in children:
            assert_fits(table, child)
            assert child.values[apps.get_model("billing", table).parent_column] == found.source_id
            assert child.body == b""
        assert len({child.source_id for child in children}) == len(children)


@pytest.mark.parametrize("name", NAMES)
def test_fills_every_column(name: str) -> None:
    assert_all_fit(name, row(name, ROWS[name]))


@pytest.mark.parametrize("name", NAMES)
def test_a_body_with_nothing_but_an_id_is_enough(name: str) -> None:
    found = row(name, dict.fromkeys(IDS.get(name, ("id",)), 1))
    assert_all_fit(name, found)
    assert (found.warnings, found.children) == ((), {})


@given(st.sampled_from(NAMES), st.dictionaries(st.sampled_from(KEYS), JSON))
def test_odd_values_never_raise(name: str, odd: dict[str, Any]) -> None:
    try:
        known = {key: ROWS[name][key] for key in IDS.get(name, ("id",))}
        body = json.dumps(ROWS[name] | odd | known, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return
    assert_all_fit(name, stream(name).map(body, ACCOUNT))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("missing", [None, "", " ", True, [1], {"id": 1}, "x" * 121])
def test_without_an_id_there_is_no_row(name: str, missing: Any) -> None:
    for key in IDS.get(name, ("id",)):
        with pytest.raises(UnreadableRow) as caught:
            row(name, ROWS[name] | {key: missing})
        assert caught.value.stream == name


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("body", [b"null", b"[]", b'{"id":1', b'"x"', b'{"id": "\xff"}'])
def test_a_body_that_is_no_object_is_no_row(name: str, body: bytes) -> None:
    with pytest.raises(UnreadableRow):
        stream(name).map(body, ACCOUNT)


def test_a_body_is_kept_to_the_byte() -> None:
    body = b'{"id":1,  "email":"a\\u0000b", "x":1.10}'
    found = stream("customers").map(body, ACCOUNT)
    assert found.body == body
    assert (found.values["email"], found.warnings) == ("a\ufffdb", ("email: held a NUL character",))


def test_a_site() -> None:
    found = row(
        "site", SITE | {"non_primary_currencies": ["EUR", "string"], "relationship_invoicing_enabled": True}
    )
    assert found.source_id == "87359"
    assert found.values == {
        "name": "Acme Projects",
        "subdomain": "acme",
        "currency": "USD",
        "other_currencies": ["EUR"],
        "is_test": True,
        "relationship_invoicing": True,
    }
    assert len(found.warnings) == 1


def test_a_customer() -> None:
    values = row("customers", ROWS["customers"]).values
    assert (values["name"], values["region"], values["parent_source_id"]) == ("Ada King Lovelace", "MA", "3")


def test_a_product_is_priced_in_the_sites_currency() -> None:
    values = row("products", ROWS["products"]).values
    assert (values["price_minor"], values["currency"], values["product_family_source_id"]) == (
        1000,
        "USD",
        "1",
    )


def test_a_subscription() -> None:
    found = row("subscriptions", SUBSCRIPTION)
    values = found.values
    assert (values["customer_source_id"], values["product_source_id"]) == ("33145282", "5216049")
    assert (values["product_name"], values["interval"], values["interval_unit"]) == ("Gold Plan", 1, "month")
    assert (values["price_minor"], values["balance_minor"], values["coupon_codes"]) == (
        1000,
        -250,
        "SPRING, LOYAL",
    )
    assert found.source_updated_at == datetime(2020, 3, 25, 3, 33, 8, tzinfo=UTC)


def test_a_subscription_of_the_2026_catalogue_has_no_product() -> None:
    nothing = {"product": None, "product_price_point_id": None, "product_price_in_cents": None}
    found = row("subscriptions", SUBSCRIPTION | nothing)
    assert (found.values["product_source_id"], found.values["interval"], found.warnings) == ("", None, ())


@pytest.mark.parametrize(
    "card",
    [{"credit_card": None}, {"credit_card": {"id": 1, "masked_card_number": None}}, {"bank_account": {}}],
)
def test_a_card_may_be_null(card: dict[str, Any]) -> None:
    assert row("subscriptions", SUBSCRIPTION | card).warnings == ()


def test_an_old_coupon_and_an_unknown_state_are_kept() -> None:
    body = {"id": 1, "coupon_code": "OLD", "state": "hibernating", "payment_collection_method": "pigeon"}
    values = row("subscriptions", body).values
    assert (values["coupon_codes"], values["state"], values["collection_method"]) == (
        "OLD",
        "hibernating",
        "pigeon",
    )


def test_an_invoice() -> None:
    found = row("invoices", INVOICE)
    values = found.values
    assert (found.source_id, values["number"], values["customer_source_id"]) == (
        INVOICE["uid"],
        "117",
        "20194505",
    )
    assert (values["issue_date"], values["paid_date"]) == (date(2018, 7, 26), None)
    assert (values["total_minor"], values["due_minor"], values["tax_minor"]) == (12650, 0, None)
    line, payment = found.children["invoiceline"][0], found.children["payment"][0]
    assert line.source_id == f"{INVOICE['uid']}:li_1"
    assert (line.values["quantity"], line.values["unit_price"]) == (Decimal("11.0"), Decimal("11.50000001"))
    assert payment.source_id == f"{INVOICE['uid']}:253028955"
    assert (payment.values["amount_minor"], payment.values["original_minor"]) == (10000, 15000)
    assert (payment.values["method"], payment.values["gateway"]) == ("credit_card", "bogus")
    assert payment.values["paid_at"] == datetime(2018, 7, 26, 15, 22, 2, tzinfo=UTC)
    assert payment.source_updated_at == found.source_updated_at


def test_amounts_follow_the_invoices_currency() -> None:
    found = row("invoices", INVOICE | {"currency": "KWD"})
    assert (found.values["total_minor"], found.children["payment"][0].values["amount_minor"]) == (
        126500,
        100000,
    )
    assert found.children["payment"][0].values["currency"] == "KWD"


def test_an_absent_list_says_nothing_and_an_empty_one_says_none() -> None:
    bare = {key: value for key, value in INVOICE.items() if key not in ("line_items", "payments")}
    assert row("invoices", bare).children == {}
    assert row("invoices", bare | {"line_items": None}).children == {}
    assert row("invoices", bare | {"line_items": [], "refunds": []}).children == {
        "invoiceline": [],
        "refund": [],
    }


def test_parts_are_known_by_what_they_have() -> None:
    parts = [{"uid": "u"}, {"transaction_id": 9}, {"code": "SAVE"}, {}, {"uid": "u"}, {"transaction_id": 9}]
    ids = [part.source_id for part in row("invoices", {"uid": "i", "discounts": parts}).children["discount"]]
    assert ids == ["i:u", "i:9", "i:SAVE-2", "i:3", "i:u-4", "i:9-5"]


def test_long_and_colliding_part_ids_stay_distinct() -> None:
    parts = [
        {"uid": "x" * 200},
        {"uid": "x" * 200},
        {"uid": "a\0"},
        {"uid": "u"},
        {"uid": "u-5"},
        {"uid": "u"},
    ]
    for uid in ("i", "i" * 120):
        assert_all_fit("invoices", row("invoices", {"uid": uid, "refunds": parts}))


def test_a_part_that_is_no_object_is_left_out_and_said() -> None:
    found = row("invoices", {"uid": "i", "taxes": [None, {"uid": "t"}]})
    assert [part.source_id for part in found.children["tax"]] == ["i:t"]
    assert len(found.warnings) == 1


def test_a_parts_warnings_are_its_own() -> None:
    found = row("invoices", {"uid": "i", "taxes": [{"uid": "t", "tax_amount": "0.005"}]})
    assert (found.warnings, found.children["tax"][0].warnings) == (
        (),
        ("tax_amount: rounded to minor units",),
    )


UNCHANGED = [
    ("invoices", {"public_url": "https://x/?token=b", "public_url_expires_on": "2026-01-01"}),
    ("subscriptions", {"customer": {"id": 33145282, "first_name": "Renamed"}}),
    ("subscriptions", {"product": SUBSCRIPTION["product"] | {"updated_at": "2026-01-01T00:00:00Z"}}),
    ("subscriptions", {"credit_card": {"id": 22922729, "masked_card_number": "XXXX-2"}}),
    ("subscriptions", {"self_service_page_token": "token"}),
    ("products", {"product_family": {"id": 1, "name": "Renamed"}}),
    ("products", {"public_signup_pages": [{"url": "https://x/?1"}]}),
    ("statements", {"transactions": [{"transaction": bodies.CHARGE | {"payment_id": 34}}]}),
    ("statements", {"events": [{"event": {"id": 16, "message": "Said otherwise"}}]}),
    ("site_mrr", {"at_time": "2026-01-01T00:00:00-05:00"}),
    ("statements", {"html_view": '<img src="https://x/?1">'}),
]
CHANGED = [
    ("site", {"name": "Other"}),
    ("product_families", {"name": "Other"}),
    ("customers", {"email": "new@example.com"}),
    ("customers", {"a_new_field": 1}),
    ("products", {"product_family": {"id": 2}}),
    ("subscriptions", {"state": "canceled"}),
    ("subscriptions", {"customer": {"id": 1}}),
    ("subscriptions", {"product": SUBSCRIPTION["product"] | {"name": "Platinum"}}),
    ("subscriptions", {"product": None}),
    ("subscriptions", {"credit_card": {"id": 1}}),
    ("invoices", {"due_amount": "0.01"}),
    ("invoices", {"customer": {"first_name": "Renamed on the invoice"}}),
    ("invoices", {"line_items": []}),
    ("statements", {"settled_at": "2016-02-01T00:00:00-05:00"}),
    ("statements", {"transactions": [bodies.CHARGE, bodies.PAYMENT]}),
    ("transactions", {"refunded_amount_in_cents": 400}),
    ("legacy_invoices", {"payments_and_credits": []}),
]


@pytest.mark.parametrize(("name", "change"), UNCHANGED)
def test_what_is_no_change(name: str, change: dict[str, Any]) -> None:
    assert row(name, ROWS[name] | change).content_hash == row(name, ROWS[name]).content_hash


@pytest.mark.parametrize(("name", "change"), CHANGED)
def test_what_is_a_change(name: str, change: dict[str, Any]) -> None:
    assert row(name, ROWS[name] | change).content_hash != row(name, ROWS[name]).content_hash


def test_a_part_changes_by_itself() -> None:
    line = INVOICE["line_items"][0]
    before = row("invoices", INVOICE).children
    after = row("invoices", INVOICE | {"line_items": [line | {"title": "Other"}]}).children
    assert after["invoiceline"][0].content_hash != before["invoiceline"][0].content_hash
    assert after["payment"][0].content_hash == before["payment"][0].content_hash


@pytest.mark.parametrize("name", NAMES)
def test_the_order_of_keys_is_no_change(name: str) -> None:
    body = ROWS[name]
    turned = json.loads(json.dumps(body), object_pairs_hook=lambda pairs: dict(reversed(pairs)))
    assert list(turned) != list(body)
    assert row(name, turned).content_hash == row(name, body).content_hash
    spaced = stream(name).map(json.dumps(body, indent=3).encode(), ACCOUNT)
    assert spaced.content_hash == row(name, body).content_hash


MODULES = (
    "mapping",
    "invoices",
    "prices",
    "subscription_parts",
    "payment_profiles",
    "metadata",
    "credit_notes",
    "legacy_invoices",
    "statements",
    "coupon_codes",
    "figures",
    "activity",
)


@pytest.mark.parametrize("module", MODULES)
def test_a_mended_mapper_changes_every_hash(monkeypatch: pytest.MonkeyPatch, module: str) -> None:
    names = [name for name in NAMES if stream(name).map.__module__.endswith(f".{module}")]
    assert names
    before = {name: row(name, ROWS[name]) for name in names}
    monkeypatch.setattr(f"integrations.connectors.chargify.{module}.MAPPER_VERSION", 99)
    for name in names:
        after = row(name, ROWS[name])
        assert after.content_hash != before[name].content_hash
        for table, children in after.children.items():
            for new, old in zip(children, before[name].children[table], strict=True):
                assert new.content_hash != old.content_hash


def test_every_stream_was_tested() -> None:
    assert {each.name for each in STREAMS} == set(NAMES)
