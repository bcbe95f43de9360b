"""What is arranged ahead: prepayments, proforma invoices, notices, and a billing date that moves (facts §3, §6)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import requests

from integrations.simulator import Simulator, SiteSpec
from integrations.simulator.bodies import webhooks
from integrations.simulator.business.records import Event, Group, Prepayment, Proforma, Subscription

from .conftest import NOW, Vendor

Row = dict[str, Any]


@pytest.fixture(scope="module")
def long() -> Iterator[Vendor]:
    """A site with enough customers for what is rare."""
    spec = SiteSpec(customers=250, months=30, now=NOW)
    with Simulator([spec]) as simulator, requests.Session() as session:
        session.auth = (spec.api_key, "x")
        yield Vendor(simulator, spec, session)


def events(vendor: Vendor, key: str) -> list[Event]:
    return vendor.site.store.find(Event, key=key)


class TestPrepayments:
    def prepaid(self, vendor: Vendor) -> set[int]:
        return {row.subscription_id for row in vendor.site.store.find(Prepayment) if row.group_id is None}

    def test_each_is_read_at_its_subscription(self, long: Vendor) -> None:
        for number in self.prepaid(long):
            rows = long.rows(f"/subscriptions/{number}/prepayments.json")
            assert {row["subscription_id"] for row in rows} == {number}
            assert all(0 <= row["remaining_amount_in_cents"] <= row["amount_in_cents"] for row in rows)

    def test_what_is_left_is_the_balance(self, long: Vendor) -> None:
        for number in self.prepaid(long):
            rows = long.rows(f"/subscriptions/{number}/prepayments.json")
            left = sum(row["remaining_amount_in_cents"] for row in rows)
            body = long.get(f"/subscriptions/{number}.json").json()["subscription"]
            account = long.get(f"/subscriptions/{number}/account_balances.json").json()["prepayments"]
            assert body["prepayment_balance_in_cents"] == account["balance_in_cents"] == left

    def test_what_is_gone_paid_invoices(self, long: Vendor) -> None:
        """An invoice's payment says that it was taken from a prepayment (openapi.yaml, Invoice-Payment)."""
        rows = long.all("/invoices.json", payments="true")
        paid = sum(
            Decimal(part["applied_amount"]) for row in rows for part in row["payments"] if part["prepayment"]
        )
        used = sum(row.amount - row.left for row in long.site.store.find(Prepayment))
        assert paid * 100 == used > 0

    def test_a_groups_stand_with_the_group_in_wrappers(self, long: Vendor) -> None:
        row = next(row for row in long.site.store.find(Prepayment) if row.group_id)
        uid = long.site.store.require(Group, row.group_id).uid
        body = long.get(f"/subscription_groups/{uid}/prepayments.json").json()
        assert body["prepayments"][0]["prepayment"]["subscription_group_uid"] == uid
        assert long.rows(f"/subscriptions/{row.subscription_id}/prepayments.json") == []


class TestProformas:
    def test_all_are_found_at_subscriptions_and_counted(self, long: Vendor) -> None:
        made = long.site.store.find(Proforma)
        found: list[Row] = []
        for number in {row.subscription_id for row in made}:
            body = long.get(f"/subscriptions/{number}/proforma_invoices.json").json()
            assert body["meta"]["total_count"] == len(body["proforma_invoices"])
            found += body["proforma_invoices"]
        assert {row["uid"] for row in found} == {row.uid for row in made}

    def test_details_are_absent_unless_asked_for(self, long: Vendor) -> None:
        """Facts §3, as with invoices; the single one has them all."""
        number, uid = next((row.subscription_id, row.uid) for row in long.site.store.find(Proforma))
        path = f"/subscriptions/{number}/proforma_invoices.json"
        assert "line_items" not in long.rows(path)[0]
        assert long.rows(path, line_items="true")[0]["line_items"]
        single = long.get(f"/proforma_invoices/{uid}.json").json()
        assert {"line_items", "discounts", "taxes", "credits", "payments", "custom_fields"} <= single.keys()

    def test_lines_add_up_to_the_total(self, long: Vendor) -> None:
        for row in long.site.store.find(Proforma):
            body = long.get(f"/proforma_invoices/{row.uid}.json").json()
            total = sum(Decimal(line["total_amount"]) for line in body["line_items"])
            assert abs(total - Decimal(body["total_amount"])) <= Decimal("0.01")

    def test_dates_filter_on_the_delivery(self, long: Vendor) -> None:
        """Facts §3: start_date and end_date on the due or delivery date."""
        number = next(row.subscription_id for row in long.site.store.find(Proforma))
        path = f"/subscriptions/{number}/proforma_invoices.json"
        day = long.rows(path)[0]["delivery_date"]
        assert long.rows(path, start_date=day, end_date=day)
        assert long.rows(path, start_date="2035-01-01") == []

    def test_it_is_delivered_when_the_period_begins_that_it_is_about(self, long: Vendor) -> None:
        for row in long.site.store.find(Proforma):
            body = long.get(f"/proforma_invoices/{row.uid}.json").json()
            starts = {line["period_range_start"] for line in body["line_items"]}
            assert starts == {body["delivery_date"]}
            assert body["created_at"][:10] < body["delivery_date"]

    def test_a_groups_are_consolidated(self, long: Vendor) -> None:
        row = next(row for row in long.site.store.find(Proforma) if row.group_id)
        uid = long.site.store.require(Group, row.group_id).uid
        rows = long.rows(f"/subscription_groups/{uid}/proforma_invoices.json")
        assert {found["consolidation_level"] for found in rows} == {"parent"}

    def test_none_is_an_invoice(self, long: Vendor) -> None:
        uid = long.site.store.find(Proforma)[0].uid
        assert long.get(f"/invoices/{uid}.json").status_code == 404


class TestWhatIsSaidBeforehand:
    def test_who_pays_for_long_is_told_a_week_before(self, long: Vendor) -> None:
        rows = events(long, "upcoming_renewal_notice")
        terms = {long.site.store.require(Subscription, row.subscription_id).terms for row in rows[:40]}
        assert rows
        assert terms & {(12, "month"), (3, "month")}

    def test_a_card_that_expires_is_told(self, long: Vendor) -> None:
        assert events(long, "expiring_card")

    def test_after_a_billing_date_that_moved_periods_are_as_long_as_before(self, long: Vendor) -> None:
        numbers = {row.subscription_id for row in events(long, "billing_date_change")}
        lengths: dict[str, set[int]] = {}
        for line in (line for number in numbers for line in self.lines(long, number or 0)):
            if line["kind"] == "baseline" and "prorated" not in line["title"]:
                days = date.fromisoformat(line["period_range_end"]) - date.fromisoformat(
                    line["period_range_start"]
                )
                lengths.setdefault(line["title"], set()).add(days.days)
        assert lengths["Team Monthly"] <= {28, 29, 30, 31}
        assert all(max(found) - min(found) <= 3 for found in lengths.values())

    def test_the_next_period_begins_where_the_date_moved_to(self, long: Vendor) -> None:
        event = events(long, "billing_date_change")[0]
        found = long.site.store.require(Subscription, event.subscription_id)
        starts = {line["period_range_start"] for line in self.lines(long, found.id)}
        ends = {line["period_range_end"] for line in self.lines(long, found.id)}
        assert starts - ends  # the one that a gap precedes

    @staticmethod
    def lines(vendor: Vendor, number: int) -> list[Row]:
        rows = vendor.all("/invoices.json", subscription_id=number, line_items="true")
        return [line for row in rows for line in row["line_items"]]

    def test_dunning_says_who_is_dunned_and_what_comes_next(self, long: Vendor) -> None:
        """openapi.yaml, Dunning-Step-Reached: every key is required."""
        data = events(long, "dunning_step_reached")[0].data or {}
        assert data["dunner"]["revenue_at_risk_in_cents"] > 0
        assert data["dunner"]["created_at"] <= data["dunner"]["last_attempted_at"]
        assert data["current_step"]["day_threshold"] < data["next_step"]["day_threshold"]


class TestPayloads:
    """Facts §6: what goes out of an event."""

    def payload(self, vendor: Vendor, key: str) -> Row:
        return webhooks.payload(vendor.site, events(vendor, key)[-1])

    def test_names_of_2026_go_out_under_the_old_ones(self, long: Vendor) -> None:
        event = events(long, "subscription_plan_change")[0]
        assert webhooks.name(event) == "subscription_product_change"
        assert (
            webhooks.payload(long.site, event)["previous_product"]["id"]
            == (event.data or {})["previous_product_id"]
        )

    @pytest.mark.parametrize(("key", "success"), [("payment_success", True), ("payment_failure", False)])
    def test_a_payment_carries_its_transaction(self, long: Vendor, key: str, *, success: bool) -> None:
        found = self.payload(long, key)["transaction"]
        assert (found["type"], found["success"]) == ("Payment", success)
        assert found["amount_in_cents"] > 0

    def test_a_change_of_plan_names_both(self, long: Vendor) -> None:
        found = self.payload(long, "upgrade_downgrade_success")
        assert found["previous_product"]["id"] != found["subscription"]["product"]["id"]

    def test_one_that_failed_names_the_plan_that_was_wanted(self, long: Vendor) -> None:
        assert self.payload(long, "upgrade_downgrade_failure")["target_product"]["price_in_cents"] > 0

    def test_a_notice_is_short(self, long: Vendor) -> None:
        found = self.payload(long, "trial_end_notice")
        assert found["subscription"].keys() == {"id", "state", "current_period_ends_at"}
        assert found["email_sent"] is True

    def test_a_customers_event_carries_the_customer(self, long: Vendor) -> None:
        event = events(long, "custom_field_value_change")[0]
        assert webhooks.payload(long.site, event)["customer"]["id"] == event.customer_id


def test_a_subscription_is_sent_as_it_is_by_then(vendor: Vendor) -> None:
    """Also within a step of the business, before what the step changed was written down."""
    heard: list[tuple[str, str]] = []
    site = vendor.site

    def hear(event: Event) -> None:
        if event.key == "subscription_state_change" and event.data:
            state = webhooks.payload(site, event)["subscription"]["state"]
            heard.append((state, event.data["new_subscription_state"]))

    site.world.heard = hear
    site.advance(40 * 86_400)
    assert heard
    assert all(sent == true for sent, true in heard)


def test_so_is_a_new_one(vendor: Vendor) -> None:
    heard: list[str] = []
    site = vendor.site
    site.world.heard = lambda event: heard.extend(
        [event.key] if "subscription" in webhooks.payload(site, event) else []
    )
    site.add_customer()
    assert "signup_success" in heard
