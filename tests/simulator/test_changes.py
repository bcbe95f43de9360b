"""What changes by hand and with time, as a reader sees it over HTTP (facts §3)."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import requests

from integrations.simulator import Simulator, SiteSpec

from .conftest import NOW, Vendor

KEYS = {"invoices": "uid"}


def order(vendor: Vendor, action: str, **about: Any) -> requests.Response:
    return requests.post(f"{vendor.simulator.root}/control/us/acme/{action}", json=about, timeout=10)


@pytest.mark.parametrize(
    "resource", ["customers", "subscriptions", "invoices", "products", "components", "coupons"]
)
def test_updates_move_updated_at_to_now(vendor: Vendor, resource: str) -> None:
    ids = order(vendor, "update", resource=resource, count=3).json()["ids"]
    since = {"date_field": "updated_at", "start_datetime": NOW.isoformat()}
    if resource == "coupons":
        since = {f"filter[{name}]": value for name, value in since.items()}
    archived = {"include_archived": "true", "filter[include_archived]": "true"}
    found = vendor.all(f"/{resource}.json", **since, **archived)
    assert set(ids) <= {row[KEYS.get(resource, "id")] for row in found}
    assert len(ids) == 3


def test_paying_an_invoice_settles_it(vendor: Vendor) -> None:
    uid = vendor.rows("/invoices.json", status="open")[0]["uid"]
    vendor.site.pay_invoice(uid)
    row = vendor.get(f"/invoices/{uid}.json").json()
    assert (row["status"], row["due_amount"]) == ("paid", "0.0")
    assert sum(Decimal(part["applied_amount"]) for part in row["payments"]) == Decimal(row["paid_amount"])


def test_a_deleted_customer_leaves_its_invoices_and_an_event(vendor: Vendor) -> None:
    """Facts §3, deletes: gone from the lists, subscription_id null and customer_id set in the event."""
    number = vendor.rows("/invoices.json")[0]["customer_id"]
    assert order(vendor, "delete", resource="customers", id=number).ok
    assert number not in [row["id"] for row in vendor.all("/customers.json")]
    assert vendor.get(f"/customers/{number}.json").status_code == 404
    assert vendor.rows("/invoices.json", customer_ids=number)
    event = vendor.rows("/events.json", filter="customer_delete")[0]
    assert (event["customer_id"], event["subscription_id"]) == (number, None)


def test_a_purged_subscription_leaves_its_invoices_and_an_event(vendor: Vendor) -> None:
    """Facts §3, deletes."""
    number = vendor.rows("/invoices.json")[0]["subscription_id"]
    assert order(vendor, "delete", resource="subscriptions", id=number).ok
    assert number not in [row["id"] for row in vendor.all("/subscriptions.json")]
    assert vendor.rows("/invoices.json", subscription_id=number)
    assert vendor.rows("/events.json", filter="subscription_deletion")[0]["subscription_id"] == number


def test_a_payment_profile_vanishes(vendor: Vendor) -> None:
    """Facts §3: the list shows active ones only."""
    number = vendor.rows("/payment_profiles.json")[0]["id"]
    assert order(vendor, "delete", resource="payment_profiles", id=number).ok
    assert number not in [row["id"] for row in vendor.all("/payment_profiles.json")]


def test_a_new_customer_has_a_subscription_and_an_invoice(vendor: Vendor) -> None:
    before = vendor.site.ledger()["rows"]
    number = order(vendor, "add_customers", count=1).json()["ids"][0]
    after = vendor.site.ledger()["rows"]
    assert vendor.get(f"/customers/{number}.json").json()["customer"]["created_at"] == vendor.site.stamp(
        int(NOW.timestamp())
    )
    for resource in ("customers", "subscriptions", "invoices"):
        assert after[resource] == before[resource] + 1


def test_moving_time_on_lets_the_business_go_on(vendor: Vendor) -> None:
    before = {row["uid"]: row for row in vendor.all("/invoices.json")}
    assert order(vendor, "advance", seconds=40 * 86_400).ok
    later = NOW + timedelta(days=40)
    assert vendor.get("/site.json").headers["date"] == later.strftime("%a, %d %b %Y %H:%M:%S GMT")
    since = {"date_field": "updated_at", "start_datetime": NOW.isoformat()}
    changed = vendor.all("/invoices.json", **since)
    assert any(row["uid"] in before for row in changed)  # paid or credited later
    assert any(row["uid"] not in before for row in changed)
    assert max(datetime.fromisoformat(row["created_at"]) for row in changed) <= later


def test_a_live_site_goes_on_by_itself(vendor: Vendor) -> None:
    vendor.site.ahead += 40 * 86_400  # as if 40 days had passed
    stands_still = len(vendor.all("/invoices.json"))
    assert order(vendor, "live", on=True).ok
    assert len(vendor.all("/invoices.json")) > stands_still


def test_rows_come_while_a_reader_pages(vendor: Vendor) -> None:
    """Newest-first paging repeats rows then; oldest first it loses none (facts §3, page drift)."""
    found: list[int] = []
    for number in (1, 2, 3):
        found += [row["id"] for row in vendor.rows("/subscriptions.json", page=number, per_page=20)]
        vendor.site.add_customer()
    assert len(set(found)) < len(found)
    ascending = {"sort": "id", "direction": "asc", "per_page": 20}
    found = []
    for number in (1, 2, 3):
        found += [row["id"] for row in vendor.rows("/subscriptions.json", page=number, **ascending)]
        vendor.site.add_customer()
    assert found == sorted(set(found))


@pytest.mark.parametrize(
    ("action", "about", "why"),
    [
        ("update", {"resource": "site_id"}, "cannot be updated; one of customers"),
        ("delete", {"resource": "invoices", "id": 1}, "cannot be deleted; one of customers"),
        ("delete", {"resource": "customers", "id": 1}, "no "),
        ("weather", {"mode": "hail"}, "hail"),
    ],
)
def test_bad_orders_are_refused(vendor: Vendor, action: str, about: dict[str, Any], why: str) -> None:
    answer = order(vendor, action, **about)
    assert answer.status_code == 400
    assert why in answer.json()["error"]


def test_times_carry_the_sites_offset_with_daylight_saving(vendor: Vendor) -> None:
    """Facts §7."""
    offsets = {row["created_at"][-6:] for row in vendor.all("/invoices.json")}
    assert offsets == {"-05:00", "-04:00"}


def test_same_seed_and_moment_give_the_same_bytes() -> None:
    """Also after time was moved on: only the signed links of invoices depend on the day."""

    def read() -> list[bytes]:
        spec = SiteSpec(seed=5, customers=20, months=8, now=NOW)
        with Simulator([spec]) as simulator:
            simulator.site("us", "acme").advance(86_400)
            base, auth = simulator.url("us", "acme"), (spec.api_key, "x")
            paths = (
                "site",
                "stats",
                "customers",
                "products",
                "subscriptions",
                "invoices",
                "events",
                "credit_notes",
            )
            return [
                requests.get(f"{base}/{path}.json?per_page=200", auth=auth, timeout=5).content
                for path in paths
            ]

    assert read() == read()
