"""What hangs on products, subscriptions, customers and invoices in standard form."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from integrations.connectors.base import UnreadableRow

from .bodies import CREDIT_NOTE, INVOICE_EVENT, METADATUM, PAYMENT_PROFILE, ROWS
from .support import ACCOUNT, row, stream


def test_prices_in_tiers_are_exact() -> None:
    found = row("components", ROWS["components"])
    assert found.values["unit_price"] == Decimal("0.00000001")
    assert json.loads(found.values["tiers"]) == [
        {"id": "1", "startingQuantity": "1", "endingQuantity": "10", "unitPrice": "0.10000001"},
        {"id": "2", "startingQuantity": "11", "endingQuantity": None, "unitPrice": "0.05"},
    ]
    assert found.warnings == ()


def test_a_tier_that_cannot_be_read_is_warned_of() -> None:
    found = row("component_price_points", {"id": 1, "prices": [{"unit_price": "a\0b"}, None]})
    assert json.loads(found.values["tiers"])[0]["unitPrice"] is None
    assert found.warnings == ("prices: holds something else than objects", "unit_price: can't be read")


@pytest.mark.parametrize(
    ("name", "price"),
    [
        ("product_price_points", {"currency": "EUR", "role": "baseline", "priceId": "3", "price": "9.5"}),
        ("component_price_points", {"currency": "EUR", "role": "", "priceId": "1", "price": "0.09"}),
    ],
)
def test_prices_in_other_currencies_are_exact(name: str, price: dict[str, str]) -> None:
    assert json.loads(row(name, ROWS[name]).values["currency_prices"]) == [price]


@pytest.mark.parametrize(
    ("given", "amount", "percentage"),
    [
        ({"amount": 10.0, "amount_in_cents": 1001}, 1001, None),
        ({"amount": 10.29}, 1029, None),
        ({"percentage": 10}, None, Decimal(10)),
        ({"percentage": "12.5"}, None, Decimal("12.5")),
    ],
)
def test_what_a_coupon_takes_off(given: dict[str, object], amount: int, percentage: Decimal) -> None:
    values = row("coupons", {"id": 1} | given).values
    assert (values["amount_minor"], values["percentage"]) == (amount, percentage)


def test_a_component_of_a_subscription_is_known_by_both_ids() -> None:
    found = row("subscription_components", ROWS["subscription_components"])
    assert found.source_id == "9:11"
    assert (found.values["allocated_quantity"], found.values["enabled"]) == (Decimal("2.5"), True)
    assert row("subscription_components", ROWS["subscription_components"] | {"id": 3}).source_id == "9:11"


def test_ids_too_long_for_one_column_are_no_row() -> None:
    with pytest.raises(UnreadableRow):
        row("subscription_components", {"subscription_id": "s" * 70, "component_id": "c" * 70})


def test_a_group_lists_its_subscriptions() -> None:
    found = row("subscription_groups", ROWS["subscription_groups"])
    assert (found.source_id, found.values["subscription_ids"]) == ("grp_1", ["9", "10"])
    odd = row("subscription_groups", {"uid": "g", "subscription_ids": "9,10"})
    assert (odd.values["subscription_ids"], odd.warnings) == ([], ("subscription_ids: can't be read",))


def test_a_payment_profile_is_masked() -> None:
    found = row("payment_profiles", PAYMENT_PROFILE)
    assert found.values["masked_number"] == "XXXX-XXXX-XXXX-1111"
    assert found.values["holder_name"] == "Ada King"
    assert "token-of" not in str(found.values)
    bank = row("payment_profiles", {"id": 1, "masked_bank_account_number": "XXXX3344"})
    assert bank.values["masked_number"] == "XXXX3344"


def test_a_credit_note_in_a_currency_without_cents() -> None:
    found = row("credit_notes", CREDIT_NOTE)
    assert (found.source_id, found.values["total_minor"], found.values["remaining_minor"]) == (
        "cn_1",
        126,
        26,
    )
    assert (found.values["issue_date"], found.values["origin_invoice_ids"]) == (date(2026, 1, 31), ["inv_1"])
    (line,) = found.children["creditnoteline"]
    assert (line.source_id, line.values["credit_note_source_id"]) == ("cn_1:cnli_1", "cn_1")
    assert (line.values["unit_price"], line.values["total_minor"]) == (Decimal("11.5"), 126)


def test_lines_that_were_not_sent_say_nothing() -> None:
    assert row("credit_notes", {"uid": "cn_1"}).children == {}
    assert row("credit_notes", {"uid": "cn_1", "line_items": []}).children == {"creditnoteline": []}


def test_an_event_of_an_invoice() -> None:
    found = row("invoice_events", INVOICE_EVENT)
    values = found.values
    assert (values["event_type"], values["currency"], values["amount_minor"]) == (
        "apply_payment",
        "EUR",
        16861,
    )
    assert (values["invoice_source_id"], values["subscription_source_id"]) == ("inv_1", "9")
    assert found.source_created_at == datetime(2026, 1, 31, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "data", "column", "value"),
    [
        ("create_credit_note", {"uid": "cn_1"}, "credit_note_source_id", "cn_1"),
        ("apply_credit_note", {"uid": "a", "credit_note_uid": "cn_2"}, "credit_note_source_id", "cn_2"),
        (
            "refund_invoice",
            {"credit_note_attributes": {"uid": "cn_3"}, "refund_amount": "1.5"},
            "credit_note_source_id",
            "cn_3",
        ),
        ("refund_invoice", {"refund_amount": "1.5", "applied_amount": "9"}, "amount_minor", 150),
        ("failed_payment", {"amount_in_cents": 1250, "applied_amount": 12}, "amount_minor", 1250),
        ("issue_invoice", {"total_amount": "12.5"}, "total_minor", 1250),
        ("change_invoice_status", {"to_status": "paid"}, "to_status", "paid"),
    ],
)
def test_what_the_kinds_of_events_hold(
    kind: str, data: dict[str, object], column: str, value: object
) -> None:
    found = row("invoice_events", {"id": 1, "event_type": kind, "event_data": data})
    assert found.values[column] == value


def test_a_new_signed_url_in_an_event_is_no_change() -> None:
    invoice = INVOICE_EVENT["invoice"] | {"public_url": "https://b"}  # type: ignore[operator]
    again = row("invoice_events", INVOICE_EVENT | {"invoice": invoice})
    assert again.content_hash == row("invoice_events", INVOICE_EVENT).content_hash


@pytest.mark.parametrize(
    ("name", "owner"),
    [("customer_metadata", "customer_source_id"), ("subscription_metadata", "subscription_source_id")],
)
def test_a_custom_field_names_whose_it_is_and_when_it_was_deleted(name: str, owner: str) -> None:
    values = row(name, METADATUM).values
    assert (values[owner], values["name"], values["value"]) == ("7", "Color", "green")
    assert values["source_deleted_at"] == datetime(2026, 1, 31, 21, tzinfo=UTC)


def test_an_event_keeps_what_is_special_in_its_body() -> None:
    found = stream("events").map(json.dumps(ROWS["events"]).encode(), ACCOUNT)
    assert (found.values["key"], found.values["subscription_source_id"]) == ("payment_success", "9")
    assert json.loads(found.body)["event_specific_data"] == {"transaction_id": 44}


def test_a_code_names_its_coupon() -> None:
    found = row("coupon_codes", ROWS["coupon_codes"])
    assert found.source_id == "14:SPRING-FAIR"
    assert found.values == {"coupon_source_id": "14", "code": "SPRING-FAIR"}


def test_what_a_site_says_of_itself() -> None:
    found = row("site_statistics", ROWS["site_statistics"])
    amounts = {name: value for name, value in found.values.items() if name.endswith("_minor")}
    assert (found.source_id, found.values["total_subscriptions"], found.warnings) == ("12345", 120, ())
    assert amounts == {
        "total_revenue_minor": 4597881,
        "revenue_today_minor": -12,
        "revenue_this_month_minor": 1000000,
        "revenue_this_year_minor": None,
    }


@pytest.mark.parametrize("text", ["27.935,24 €", "$1,00", "many", "1.2.3", "$"])
def test_an_amount_that_is_written_otherwise_is_not_guessed_at(text: str) -> None:
    found = row("site_statistics", {"site_id": 1, "stats": {"total_revenue": text}})
    assert found.values["total_revenue_minor"] is None
    assert found.warnings == ("total_revenue: can't be read",)


def test_a_sites_mrr_is_of_a_time() -> None:
    found = row("site_mrr", ROWS["site_mrr"])
    assert (found.source_id, found.source_updated_at) == (
        ACCOUNT.id,
        datetime(2021, 2, 3, 19, 23, 17, tzinfo=UTC),
    )
    assert found.values == {
        "currency": "EUR",
        "amount_minor": 9915593,
        "plan_minor": 9913593,
        "usage_minor": 2000,
    }
