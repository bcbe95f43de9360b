"""Bodies in standard form: exact where they can be, a warning where not."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.connectors.base import UnreadableRow

from . import records
from .support import ACCOUNT, row, stream

AT = 1_585_074_295
MOMENT = datetime(2020, 3, 24, 18, 24, 55, tzinfo=UTC)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def subscription(**values: Any) -> dict[str, Any]:
    return records.subscription(1, AT, catalogue=2) | values


def test_a_customer() -> None:
    found = row("customers", records.customer(0, AT))
    assert (found.source_id, found.source_created_at, found.warnings) == ("cust_0", MOMENT, ())
    assert found.values == {
        "name": "Alice Number 0",
        "organization": "Bakery 0",
        "email": "alice0@example.org",
        "phone": "+1 555 0100",
        "reference": "",
        "address_line1": "1 Main Street",
        "address_line2": "2nd floor left",
        "city": "Oslo",
        "region": "03",
        "postal_code": "0150",
        "country": "NO",
        "tax_exempt": True,
        "parent_source_id": "cust_1",
    }


def test_a_subscription_of_product_catalog_2() -> None:
    found = row("subscriptions", subscription())
    assert (found.source_id, found.source_updated_at, found.warnings) == ("sub_1", MOMENT, ())
    assert (
        found.values.items()
        >= {
            "customer_source_id": "cust_1",
            "product_source_id": "",
            "product_price_point_source_id": "gold-USD-monthly",
            "price_minor": 4900,
            "currency": "USD",
            "interval": 1,
            "interval_unit": "month",
            "balance_minor": 1250,
            "coupon_codes": "SPRING, LOYAL",
            "state": "active",
            "cancel_at_end_of_period": False,
            "current_period_started_at": MOMENT,
        }.items()
    )


def test_a_subscription_of_product_catalog_1() -> None:
    found = row("subscriptions", records.subscription(1, AT, catalogue=1))
    assert found.values["product_source_id"] == "gold"
    assert found.values["product_price_point_source_id"] == ""
    assert (found.values["price_minor"], found.warnings) == (4900, ())


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("future", "awaiting_signup"),
        ("in_trial", "trialing"),
        ("active", "active"),
        ("non_renewing", "active"),
        ("paused", "on_hold"),
        ("cancelled", "canceled"),
        ("transferred", "transferred"),
    ],
)
def test_a_state_has_our_word(status: str, state: str) -> None:
    found = row("subscriptions", subscription(status=status))
    assert (found.values["state"], found.warnings) == (state, ())


def test_an_unknown_state_is_kept_and_warned_of() -> None:
    found = row("subscriptions", subscription(status="asleep"))
    assert found.values["state"] == "asleep"
    assert found.warnings == ("status: has a value that we don't know",)


def test_the_end_of_a_subscription_that_runs_out_lies_ahead() -> None:
    values = row("subscriptions", subscription(status="non_renewing", cancelled_at=AT)).values
    assert values["cancel_at_end_of_period"] is True
    assert (values["canceled_at"], values["delayed_cancel_at"]) == (None, MOMENT)
    values = row("subscriptions", subscription(status="cancelled", cancelled_at=AT)).values
    assert (values["canceled_at"], values["delayed_cancel_at"]) == (MOMENT, None)


@pytest.mark.parametrize("value", ["12", 12.5, True, 2**63, [], {}])
def test_an_odd_amount_is_none_and_a_warning(value: Any) -> None:
    found = row("subscriptions", subscription(total_dues=value))
    assert (found.values["balance_minor"], found.warnings) == (None, ("total_dues: can't be read",))


@pytest.mark.parametrize("value", [-1, 253_402_300_800, "2020-03-24", 1.5])
def test_an_odd_time_is_none_and_a_warning(value: Any) -> None:
    found = row("subscriptions", subscription(activated_at=value))
    assert (found.values["activated_at"], found.warnings) == (None, ("activated_at: can't be read",))


def test_the_last_moment_of_all_is_a_time() -> None:
    assert (
        row("subscriptions", subscription(activated_at=253_402_300_799)).values["activated_at"].year == 9999
    )


def test_a_long_text_is_cut_and_a_nul_replaced() -> None:
    found = row("customers", records.customer(1, AT) | {"company": "x" * 401, "email": "a\0b"})
    assert (len(found.values["organization"]), found.values["email"]) == (400, "a\ufffdb")
    assert set(found.warnings) == {"company: cut to 400 characters", "email: held a NUL character"}


@pytest.mark.parametrize("found", [None, "", " ", 5, "x" * 121])
def test_a_body_without_an_id_is_no_row(found: Any) -> None:
    with pytest.raises(UnreadableRow):
        row("customers", records.customer(1, AT) | {"id": found})


def test_the_hash_knows_no_order_of_keys_but_every_value() -> None:
    body = records.customer(1, AT)
    turned = dict(reversed(body.items()))
    assert row("customers", body).content_hash == row("customers", turned).content_hash
    assert row("customers", body).content_hash != row("customers", body | {"deleted": True}).content_hash


@given(st.sampled_from(["customers", "subscriptions"]), st.data())
def test_whatever_a_field_holds_a_row_comes_of_it(name: str, data: st.DataObject) -> None:
    body = records.customer(1, AT) if name == "customers" else subscription()
    key = data.draw(st.sampled_from(sorted(body.keys() - {"id"})))
    found = stream(name).map(json.dumps(body | {key: data.draw(JSON)}).encode(), ACCOUNT)
    assert found.source_id == body["id"]
