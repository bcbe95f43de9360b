"""Subscriptions and groups: bodies, filters and order (facts §3, §7)."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.simulator.business.records import Group

from .facts import FakeSite, at, invoice, note, subscription
from .shop import SEATS, STORAGE, TEAM, customer, held, ids, inner, metadata_of, profile, shop


def one(**changes: Any) -> dict[str, Any]:
    site = book(subscription(30, **changes))
    found: dict[str, Any] = site.get("/subscriptions/30.json")["subscription"]
    return found


def book(*records: Any) -> FakeSite:
    site = shop()
    site.add(customer(7, "Alice"), customer(8, "Bob"), profile(51), profile(52, "bank"), *records)
    return site


def three() -> FakeSite:
    """Three subscriptions, the middle one on trial and leaving."""
    return book(
        subscription(30, created_at=at("2026-01-01"), updated_at=at("2026-06-01"), balance=300, coupon_id=71,
                     period_ends_at=at("2026-12-01"), revenue=500, payment_profile_id=51),
        subscription(31, created_at=at("2026-02-01"), updated_at=at("2026-02-01"), state="trialing",
                     trial_started_at=at("2026-02-01"), trial_ended_at=at("2026-02-15"), customer_id=8,
                     delayed_cancel_at=at("2026-12-01"), revenue=100, balance=900),
        subscription(32, created_at=at("2026-03-01"), updated_at=at("2026-03-01"), state="canceled",
                     period_ends_at=at("2027-01-01"), product_id=STORAGE, revenue=900, balance=100),
    )  # fmt: skip


def test_subscriptions_come_newest_first() -> None:
    """Facts §3."""
    assert ids(three().get("/subscriptions.json")) == [32, 31, 30]


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("id", [30, 31, 32]), ("signup_date", [30, 31, 32]), ("created_at", [30, 31, 32]),
        ("updated_at", [31, 32, 30]), ("period_end", [31, 30, 32]), ("total_payments", [31, 30, 32]),
        ("open_balance", [32, 30, 31]), ("next_assessment", [32, 31, 30]),
    ],
)  # fmt: skip
def test_subscriptions_are_sorted(sort: str, order: list[int]) -> None:
    """Facts §3; a canceled one has no next assessment and comes first."""
    assert ids(three().get("/subscriptions.json", sort=sort, direction="asc")) == order


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"state": "canceled"}, [32]),
        ({"state": "pending_cancellation"}, [31]),
        ({"state": "no such word"}, [32, 31, 30]),
        ({"customer_id": 8}, [31]),
        ({"product": STORAGE}, [32]),
        ({"product": TEAM, "product_price_point_id": TEAM * 100}, [31, 30]),
        ({"product": TEAM, "product_price_point_id": TEAM * 100 + 1}, []),
        ({"coupon": 71}, [30]),
        ({"date_field": "updated_at", "start_datetime": "2026-03-01T00:00:00Z"}, [32, 30]),
        ({"date_field": "trial_ended_at", "end_date": "2026-02-15"}, [31]),
        ({"date_field": "current_period_ends_at", "start_date": "2026-12-15"}, [32]),
        ({"date_field": "whatever", "start_date": "2999-01-01"}, [32, 31, 30]),
    ],
)
def test_subscriptions_are_filtered(query: dict[str, Any], found: list[int]) -> None:
    """Facts §3."""
    assert ids(three().get("/subscriptions.json", **query)) == found


def test_expired_cards_are_those_before_this_month() -> None:
    """Facts §7 enums: a filter word that is no state."""
    site = book(
        profile(53, expires=(2026, 10)), profile(54, expires=(2026, 11)), profile(55, "bank", expires=(2020, 1)),
        *(subscription(30 + nth, payment_profile_id=53 + nth) for nth in range(3)),
    )  # fmt: skip
    assert ids(site.get("/subscriptions.json", state="expired_cards")) == [30]


def test_subscriptions_are_filtered_by_custom_fields() -> None:
    """Facts §3: metadata[x]."""
    site = three()
    site.add(metadata_of(31, "Contract", "C-1"), metadata_of(32, "Contract", "C-1", deleted_at=1))
    assert ids(site.get("/subscriptions.json", **{"metadata[Contract]": "C-1"})) == [31]
    assert ids(site.get("/subscriptions.json", **{"metadata[Contract]": "C-2"})) == []


def test_subscriptions_of_a_customer_have_no_pages() -> None:
    """Facts §3."""
    assert ids(three().get("/customers/7/subscriptions.json", page=2, per_page=1)) == [32, 30]


def test_a_deleted_subscription_is_gone() -> None:
    """Facts §3, deletes."""
    site = book(subscription(30, deleted_at=1))
    assert site.get("/subscriptions.json") == []
    assert site.get("/subscriptions/30.json") is None


def test_a_subscription_may_have_no_product() -> None:
    """Facts §3, the new catalogue of 2026."""
    body = one(product_id=None)
    assert (body["product"], body["product_price_point_id"], body["product_price_point_type"]) == (
        None,
        None,
        None,
    )


def test_a_card_and_a_bank_account_have_keys_of_their_own() -> None:
    """Facts §7: absent rather than null."""
    card, bank, none = one(payment_profile_id=51), one(payment_profile_id=52), one()
    assert ("credit_card" in card, "bank_account" in card, card["payment_type"]) == (
        True,
        False,
        "credit_card",
    )
    assert ("credit_card" in bank, "bank_account" in bank, bank["payment_type"]) == (
        False,
        True,
        "bank_account",
    )
    assert ("credit_card" in none, "bank_account" in none, none["payment_type"]) == (False, False, None)


def test_a_deleted_payment_profile_is_not_embedded() -> None:
    site = book(profile(53, deleted_at=1), subscription(30, payment_profile_id=53))
    assert "credit_card" not in site.get("/subscriptions/30.json")["subscription"]


def test_a_stopped_subscription_is_not_assessed() -> None:
    ends = at("2026-12-01")
    assert one(period_ends_at=ends)["next_assessment_at"] == "2026-11-30T19:00:00-05:00"
    assert one(period_ends_at=ends, state="on_hold")["next_assessment_at"] is None


def test_amounts_of_a_subscription_are_cents_but_for_one() -> None:
    """Facts §7: signup_revenue is text."""
    body = one(balance=-250, signup_revenue=26_000)
    assert (body["balance_in_cents"], body["signup_revenue"]) == (-250, "260.00")


def test_coupons_are_spelled_out_on_request() -> None:
    """Facts §3: include[]=coupons."""
    site = book(subscription(30, coupon_id=72, coupon_uses=1))
    assert "coupons" not in site.get("/subscriptions/30.json")["subscription"]
    body = site.get("/subscriptions/30.json", include="coupons")["subscription"]
    assert (body["coupon_codes"], body["coupons"][0]["uses_allowed"]) == (["FIVE"], 1)


def test_page_tokens_are_given_on_request() -> None:
    """openapi.yaml: include[]=self_service_page_token."""
    site = three()
    assert "self_service_page_token" not in inner(site.get("/subscriptions.json"))[0]
    rows = inner(site.get("/subscriptions.json", include="self_service_page_token"))
    assert len({row["self_service_page_token"] for row in rows}) == 3


def test_the_next_bill_is_shown_by_one_subscription_only() -> None:
    """Recorded in 2020 of one, not of the list."""
    site = book(subscription(30), held(1, SEATS, quantity=2))
    assert site.get("/subscriptions/30.json")["subscription"]["current_billing_amount_in_cents"] == 11_800
    assert "current_billing_amount_in_cents" not in inner(site.get("/subscriptions.json"))[0]


def test_service_credit_is_what_credit_notes_have_left() -> None:
    site = book(subscription(30, credit_note_ids=[1]), note(1))
    assert site.get("/subscriptions/30.json")["subscription"]["credit_balance_in_cents"] == 4_000


def test_a_subscription_is_looked_up_by_reference() -> None:
    site = book(subscription(30), subscription(31))
    found = site.get("/subscriptions/30.json")["subscription"]["reference"]
    assert site.get("/subscriptions/lookup.json", reference=found)["subscription"]["id"] == 30
    assert site.get("/subscriptions/lookup.json", reference=f"{found}1") is None


def grouped() -> FakeSite:
    group = Group(id=1, created_at=at("2026-01-01"), updated_at=at("2026-01-01"), uid="grp_a", customer_id=7,
                  subscription_ids=(30, 31))  # fmt: skip
    return book(
        group, subscription(30, group_id=1, period_ends_at=at("2026-12-01")),
        subscription(31, group_id=1, collection_method="remittance"),
        invoice(1, subscription_id=30, level="parent"), invoice(2, subscription_id=31, level="child", parent_id=1),
        invoice(3, subscription_id=31),
    )  # fmt: skip


def test_groups_come_with_a_count_and_balances_on_request() -> None:
    """Facts §3."""
    body = grouped().get("/subscription_groups.json")
    assert body["meta"] == {"current_page": 1, "total_count": 1}
    assert "account_balances" not in body["subscription_groups"][0]
    asked = grouped().get("/subscription_groups.json", include="account_balances")
    assert "account_balances" in asked["subscription_groups"][0]


@pytest.mark.parametrize("path", ["/subscription_groups/grp_a.json", "/subscription_groups/lookup.json"])
def test_a_group_is_bare_and_found_by_uid_or_member(path: str) -> None:
    body = grouped().get(path, subscription_id=31)
    assert (body["uid"], body["primary_subscription_id"]) == ("grp_a", 30)


def test_a_groups_balance_counts_a_consolidated_invoice_once() -> None:
    """Facts §7: parents or children, never both."""
    balance = grouped().get("/subscription_groups/grp_a.json")["account_balances"]["open_invoices"]
    assert balance == {
        "balance_in_cents": 20_000, "automatic_balance_in_cents": 10_000, "remittance_balance_in_cents": 10_000
    }  # fmt: skip


def test_a_groups_bill_is_shown_on_request() -> None:
    body = grouped().get("/subscription_groups/grp_a.json", include="current_billing_amount_in_cents")
    assert body["current_billing_amount_in_cents"] == 20_000


def test_members_name_their_group_and_others_have_no_such_key() -> None:
    """Facts §7."""
    body = grouped().get("/subscriptions/31.json")["subscription"]["group"]
    assert body == {"uid": "grp_a", "scheme": 1, "primary_subscription_id": 30, "primary": False}
    assert "group" not in one()


def test_no_group_is_an_empty_404() -> None:
    site = book(subscription(30))
    paths = ("/subscription_groups/grp_b.json", "/subscription_groups/grp_b/prepayments.json")
    assert [site.get(path) for path in paths] == [None, None]
    assert site.get("/subscription_groups/lookup.json", subscription_id=30) is None
