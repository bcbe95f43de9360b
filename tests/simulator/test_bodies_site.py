"""The site, its figures, and how times and amounts are written (facts §1, §3, §7)."""

from __future__ import annotations

import random
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from integrations.simulator.bodies.amounts import money
from integrations.simulator.business.money import UNIT
from integrations.simulator.business.times import stamper

from .facts import FakeSite, invoice, payment, subscription
from .shop import refused, shop


@pytest.mark.parametrize(
    "name", ["America/New_York", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"]
)
def test_times_carry_the_offset_of_their_moment(name: str) -> None:
    """Facts §7: one record mixes -05:00 and -04:00; some zones are half an hour off."""
    zone, dice = ZoneInfo(name), random.Random(1)
    stamp, moments = stamper(zone), [dice.randrange(10**9, 2 * 10**9) for _ in range(500)]
    assert [stamp(moment) for moment in moments] == [
        datetime.fromtimestamp(moment, zone).isoformat() for moment in moments
    ]


def test_no_time_is_null() -> None:
    assert stamper(ZoneInfo("UTC"))(None) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [(4_597_881 * UNIT // 100, "$45,978.81"), (9_567_901, "$0.09567901"), (-UNIT, "-$1.00"), (0, "$0.00")],
)
def test_formatted_amounts_have_at_least_two_decimals(value: int, text: str) -> None:
    assert money("USD", value) == text


def test_site_has_no_time_zone_and_a_text_for_a_boolean() -> None:
    """Facts §1."""
    body = FakeSite().get("/site.json")["site"]
    assert "time_zone" not in body
    assert body["allocation_settings"]["accrue_charge"] == "true"


def test_site_spells_its_second_address_line_otherwise() -> None:
    """Facts §7."""
    assert "line_2" in FakeSite().get("/site.json")["site"]["organization_address"]


@pytest.mark.parametrize("legacy", [True, False])
def test_site_says_which_invoices_it_has(legacy: bool) -> None:
    """Facts §3, invoices (legacy Statement sites)."""
    body = FakeSite(legacy=legacy).get("/site.json")["site"]
    assert body["relationship_invoicing_enabled"] is not legacy


def figures(site: FakeSite) -> dict[str, Any]:
    found: dict[str, Any] = site.get("/stats.json")["stats"]
    return found


def paid(number: int, day: str, **changes: Any) -> Any:
    when = datetime.fromisoformat(day)
    return invoice(number, status="paid", paid_on=when.toordinal(), entries=[payment()], **changes)


def test_stats_add_up_the_sites_own_currency_by_day_of_payment() -> None:
    """Facts §7: formatted text."""
    site = FakeSite()
    site.add(paid(1, "2026-11-20"), paid(2, "2026-11-03"), paid(3, "2026-02-01"), paid(4, "2025-02-01"))
    site.add(paid(5, "2026-11-20", currency="EUR"))
    found = figures(site)
    names = ("revenue_today", "revenue_this_month", "revenue_this_year", "total_revenue")
    assert [found[name] for name in names] == ["$100.00", "$200.00", "$300.00", "$400.00"]


def test_stats_count_a_part_payment_in_all() -> None:
    site = FakeSite()
    site.add(invoice(1, entries=[payment(2_500)]))
    assert figures(site)["total_revenue"] == "$25.00"


def test_stats_count_a_consolidated_invoice_once() -> None:
    """Facts §7: count parents or children, never both."""
    site = FakeSite()
    site.add(paid(1, "2026-11-20", level="parent"), paid(2, "2026-11-20", level="child", parent_id=1))
    assert figures(site)["total_revenue"] == "$100.00"


def test_stats_leave_deleted_subscriptions_out() -> None:
    site = FakeSite()
    site.add(subscription(30), subscription(31, deleted_at=1))
    assert figures(site)["total_subscriptions"] == 1


@pytest.mark.parametrize("path", ["sales_reps", "sales_reps/1", "sales_commission_settings"])
def test_a_sites_key_does_not_open_what_is_the_sellers(path: str) -> None:
    """Facts §1: those take a user's key."""
    assert refused(FakeSite(), f"/sellers/77/{path}.json") == (401, b"HTTP Basic: Access denied.\n")


def test_reason_codes_refuse_page_0() -> None:
    """Facts §3."""
    assert refused(shop(), "/reason_codes.json", page="0") == (422, {"errors": ["invalid page: 0"]})


def test_reason_codes_stand_in_their_positions() -> None:
    rows = shop().get("/reason_codes.json")
    assert [row["reason_code"]["position"] for row in rows] == [1, 2, 3]


def test_one_reason_code_is_wrapped() -> None:
    site = shop()
    first = site.get("/reason_codes.json")[0]
    assert site.get(f"/reason_codes/{first['reason_code']['id']}.json") == first
