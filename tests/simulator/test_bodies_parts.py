"""What hangs on a subscription: bodies, filters and pages (facts §3, §7)."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.simulator.business.records import Allocation, Application, Note

from .facts import FakeSite, at, invoice, note, subscription
from .shop import CALLS, FAX, OPENED, SEATS, customer, held, refused, shop, usage

PATH = "/subscriptions/30/components"


def kit(*records: Any) -> FakeSite:
    site = shop()
    site.add(
        customer(7, "Alice"), subscription(30, period_started_at=at("2026-11-01T05:00:00")),
        subscription(31, currency="EUR"), held(1, SEATS, quantity=3), held(2, CALLS, balance=40),
        held(3, FAX, subscription_id=31, updated_at=at("2026-05-01")), *records,
    )  # fmt: skip
    return site


def numbers(rows: Any) -> list[int]:
    return [row["id"] for row in rows["subscriptions_components"]]


def test_components_of_all_subscriptions_have_one_wrapper() -> None:
    """Facts §3."""
    body = kit().get("/subscriptions_components.json")
    assert list(body) == ["subscriptions_components"]
    assert numbers(body) == [1, 2, 3]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"subscription_ids": "31,99"}, [3]),
        ({"product_family_ids": "2"}, []),
        ({"date_field": "updated_at", "start_date": "2026-04-30"}, [3]),
        ({"sort": "updated_at", "direction": "desc"}, [3, 2, 1]),
    ],
)
def test_components_are_filtered_and_sorted(query: dict[str, str], found: list[int]) -> None:
    """Facts §3."""
    assert numbers(kit().get("/subscriptions_components.json", **query)) == found


def test_components_show_the_currency_and_on_request_the_subscription() -> None:
    """Facts §3: include=subscription."""
    site = kit()
    row = site.get("/subscriptions_components.json")["subscriptions_components"][2]
    assert row["currency"] == "EUR"
    assert "subscription" not in row
    asked = site.get("/subscriptions_components.json", include="subscription")["subscriptions_components"][0]
    assert asked["subscription"]["state"] == "active"


def test_use_of_earlier_periods_is_summed_up() -> None:
    """Facts §3: include=historic_usages; the running period is not history."""
    site = kit(
        usage(1, "2026-11-03T12:00:00", 5), usage(2, "2026-10-15T12:00:00", 7), usage(3, "2026-10-20T12:00:00", -2),
        usage(4, "2026-09-20T12:00:00", 9),
    )  # fmt: skip
    row = site.get("/subscriptions_components.json", include="historic_usages")["subscriptions_components"][1]
    assert [period["total_usage_quantity"] for period in row["historic_usages"]][:3] == [5, 9, 0]


def test_components_of_a_subscription_have_no_pages_and_list_archived_ones() -> None:
    """Facts §3."""
    site = kit()
    assert len(site.get(f"{PATH}.json", page=2, per_page=1)) == 2
    row = site.get("/subscriptions/31/components.json")[0]["component"]
    assert row["archived_at"]


@pytest.mark.parametrize("key", [str(SEATS), "handle:seats"])
def test_one_component_is_found_by_id_or_handle(key: str) -> None:
    body = kit().get(f"{PATH}/{key}.json")["component"]
    assert (body["component_id"], body["allocated_quantity"], body["enabled"]) == (SEATS, 3, True)


def test_a_component_the_subscription_lacks_is_404() -> None:
    assert kit().get(f"{PATH}/{FAX}.json") is None


def allocation(number: int, **changes: Any) -> Allocation:
    made = {"created_at": OPENED, "updated_at": OPENED, "subscription_id": 30, "component_id": SEATS}
    return Allocation(
        id=number, price_point_id=SEATS * 100, quantity=3, previous=1, memo=None, **{**made, **changes}
    )


def test_allocations_come_fifty_at_a_time_newest_first() -> None:
    """Facts §3: `page` only."""
    site = kit(*map(allocation, range(1, 61)))
    rows = site.get(f"{PATH}/{SEATS}/allocations.json", per_page=200)
    assert [row["allocation"]["allocation_id"] for row in rows] == list(range(60, 10, -1))
    assert len(site.get(f"{PATH}/{SEATS}/allocations.json", page=2)) == 10


def test_allocations_refuse_page_0() -> None:
    """Facts §3."""
    answer = refused(kit(), f"{PATH}/{SEATS}/allocations.json", page="0")
    assert answer == (422, {"errors": ["invalid page: 0"]})


def test_an_allocation_has_a_time_in_utc_and_one_of_the_site() -> None:
    """Facts §7."""
    body = kit(allocation(1)).get(f"{PATH}/{SEATS}/allocations.json")[0]["allocation"]
    assert (body["timestamp"], body["created_at"]) == ("2025-01-01T15:00:00Z", "2025-01-01T10:00:00-05:00")


def test_only_a_charged_allocation_names_its_charge() -> None:
    site = kit(allocation(1), allocation(2, invoice_id=9))
    rows = site.get(f"{PATH}/{SEATS}/allocations.json")
    assert ["charge_id" in row["allocation"] for row in rows] == [True, False]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, [4, 3, 2, 1]),
        ({"since_id": "2", "max_id": "3"}, [3, 2]),
        ({"since_date": "2026-11-02"}, [4, 3, 2]),
        ({"until_date": "2026-11-02"}, [2, 1]),
        ({"per_page": "1", "page": "2"}, [3]),
    ],
)
def test_usages_are_filtered_by_ids_and_midnights(query: dict[str, str], found: list[int]) -> None:
    """Facts §3: both ids are inclusive, both dates mean midnight of the site."""
    site = kit(
        usage(1, "2026-11-01T12:00:00"), usage(2, "2026-11-02T05:00:00"), usage(3, "2026-11-02T05:00:01"),
        usage(4, "2026-11-09T12:00:00"),
    )  # fmt: skip
    rows = site.get(f"{PATH}/{CALLS}/usages.json", **query)
    assert [row["usage"]["id"] for row in rows] == found


def test_notes_are_of_their_subscription() -> None:
    site = kit(*(Note(id=number, created_at=OPENED, updated_at=OPENED, subscription_id=29 + number, body="x",
                      sticky=False) for number in (1, 2)))  # fmt: skip
    assert [row["note"]["id"] for row in site.get("/subscriptions/30/notes.json")] == [1]
    assert site.get("/subscriptions/30/notes/1.json")["note"]["body"] == "x"
    assert site.get("/subscriptions/30/notes/2.json") is None


def test_notes_refuse_page_0() -> None:
    """Facts §3."""
    assert refused(kit(), "/subscriptions/30/notes.json", page="0")[0] == 422


def test_balances_are_bare_and_split_by_collection() -> None:
    """Facts §3."""
    body = kit(invoice(1), invoice(2, status="pending")).get("/subscriptions/30/account_balances.json")
    assert body["open_invoices"] == {
        "balance_in_cents": 10_000, "automatic_balance_in_cents": 10_000, "remittance_balance_in_cents": 0
    }  # fmt: skip
    assert body["pending_invoices"]["balance_in_cents"] == 10_000


def test_service_credits_run_to_a_balance() -> None:
    """Recorded: a credit first, then what invoices took; newest first."""
    taken = Application(at("2026-03-10"), 1, 1_500)
    site = kit(invoice(1), note(1, applications=(taken,)))
    rows = site.get("/subscriptions/30/service_credits/list.json")["service_credits"]
    assert [(row["entry_type"], row["amount_in_cents"], row["ending_balance_in_cents"]) for row in rows] == [
        ("Debit", 1_500, 2_500), ("Credit", 4_000, 4_000)
    ]  # fmt: skip
    assert [row["invoice_uid"] for row in rows] == [invoice(1).uid, None]


def test_a_credit_note_that_met_its_invoice_at_once_is_no_service_credit() -> None:
    made = note(1)
    made.applications = (Application(made.created_at, 1, 4_000),)
    assert kit(made).get("/subscriptions/30/service_credits/list.json") == {"service_credits": []}


@pytest.mark.parametrize(
    ("path", "name"),
    [("prepayments", "prepayments"), ("scheduled_renewals", "scheduled_renewal_configurations")],
)
def test_what_the_business_never_has_is_an_empty_list(path: str, name: str) -> None:
    site = kit()
    assert site.get(f"/subscriptions/30/{path}.json") == {name: []}
    assert site.get(f"/subscriptions/99/{path}.json") is None
