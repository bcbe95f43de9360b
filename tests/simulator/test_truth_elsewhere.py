"""The ledger against a full read of other sites: old ones, one of the EU, and one whose lists lag (facts §3, §7)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
import requests

from integrations.simulator import Simulator, SiteSpec

from .conftest import NOW, Vendor

Row = dict[str, Any]
LAG = 6  # seconds, as the vendor's own tests wait (facts §3)


@contextmanager
def serving(**about: Any) -> Iterator[Vendor]:
    spec = SiteSpec(**about)
    with Simulator([spec]) as simulator, requests.Session() as session:
        session.auth = (spec.api_key, "x")
        yield Vendor(simulator, spec, session)


def ledger(vendor: Vendor) -> Row:
    found: Row = vendor.site.ledger()
    return found


@pytest.fixture(scope="module", params=[1, 2, 3], ids="seed {}".format)
def old(request: pytest.FixtureRequest) -> Iterator[Vendor]:
    with serving(legacy=True, customers=50, months=20, seed=request.param, now=NOW) as found:
        yield found


@pytest.fixture(scope="module")
def transactions(old: Vendor) -> dict[int, list[Row]]:
    """The transactions of each subscription, in the order of time."""
    found: dict[int, list[Row]] = defaultdict(list)
    for row in old.all("/transactions.json", direction="asc", order_by="id"):
        found[row["subscription_id"]].append(row)
    return found


@pytest.fixture(scope="module")
def berlin() -> Iterator[Vendor]:
    about: Row = {"region": "eu", "currency": "EUR", "time_zone": "Europe/Berlin"}
    with serving(customers=50, months=20, now=NOW, **about) as found:
        yield found


@pytest.fixture
def lagging() -> Iterator[Vendor]:
    with serving(customers=30, months=12, now=NOW, visible_after_seconds=LAG) as found:
        yield found


class TestLegacySites:
    """Facts §3: statements, transactions and old-style invoices in the place of Relationship Invoicing."""

    @pytest.mark.parametrize("resource", ["invoices", "statements", "transactions", "customers", "events"])
    def test_a_full_read_finds_them_all(self, old: Vendor, resource: str) -> None:
        assert len(old.all(f"/{resource}.json")) == ledger(old)["rows"][resource]

    def test_balances_run_from_nothing_to_what_the_subscription_owes(
        self, old: Vendor, transactions: dict[int, list[Row]]
    ) -> None:
        standing = {row["id"]: row["balance_in_cents"] for row in old.all("/subscriptions.json")}
        for number, rows in transactions.items():
            assert rows[0]["starting_balance_in_cents"] == 0
            assert rows[-1]["ending_balance_in_cents"] == standing[number]
            for before, after in pairwise(rows):
                assert before["ending_balance_in_cents"] == after["starting_balance_in_cents"]

    def test_each_transaction_moves_the_balance_by_its_amount(
        self, transactions: dict[int, list[Row]]
    ) -> None:
        for row in (row for rows in transactions.values() for row in rows):
            moved = row["ending_balance_in_cents"] - row["starting_balance_in_cents"]
            signs = {"Payment": -1 if row["success"] else 0, "Refund": 0}
            assert moved == signs.get(row["type"], 1) * row["amount_in_cents"]

    def test_a_statement_holds_its_transactions(self, old: Vendor) -> None:
        rows = old.all("/statements.json")
        held = [row["id"] for statement in rows for row in statement["transactions"]]
        assert sorted(held) == sorted(row["id"] for row in old.all("/transactions.json"))

    def test_no_group_is_billed_together(self, old: Vendor) -> None:
        assert old.rows("/subscription_groups.json") == []


class TestTheEu:
    """Facts §1, §7: another host and currency, and the offset of Berlin with its summer time."""

    def test_invoices_add_up(self, berlin: Vendor) -> None:
        rows = [row for row in berlin.all("/invoices.json") if row["consolidation_level"] != "child"]
        total = sum(Decimal(row["total_amount"]) for row in rows) * 100
        assert {"EUR": total} == {
            currency: sums["total"] for currency, sums in ledger(berlin)["sums"].items()
        }

    def test_times_have_the_offset_of_their_season(self, berlin: Vendor) -> None:
        times = [row["created_at"] for row in berlin.all("/invoices.json")]
        assert {text[-6:] for text in times} == {"+01:00", "+02:00"}

    def test_a_month_read_by_its_days_is_the_month_read_by_its_moments(self, berlin: Vendor) -> None:
        """Facts §3: days are the site's; March 2026 begins in winter time and ends in summer time."""
        days = {"start_date": "2026-03-01", "end_date": "2026-03-31"}
        rows = berlin.all("/invoices.json", date_field="created_at", **days)
        first, last = "2026-03-01T00:00:00+01:00", "2026-03-31T23:59:59+02:00"
        start, end = map(datetime.fromisoformat, (first, last))
        everything = berlin.all("/invoices.json")
        wanted = [row for row in everything if start <= datetime.fromisoformat(row["created_at"]) <= end]
        assert rows
        assert {row["uid"] for row in rows} == {row["uid"] for row in wanted}


class TestLaggingLists:
    """Facts §3, eventual consistency: a new record is seen some seconds later."""

    def test_a_new_customer_is_seen_after_the_lag_and_not_before(self, lagging: Vendor) -> None:
        number = lagging.site.add_customer()
        lagging.site.advance(LAG - 1)
        assert number not in [row["id"] for row in lagging.all("/customers.json")]
        lagging.site.advance(1)
        assert number in [row["id"] for row in lagging.all("/customers.json")]

    def test_a_reader_whose_readings_overlap_misses_no_event(self, lagging: Vendor) -> None:
        seen: set[int] = set()
        since = NOW - timedelta(days=400)
        for _ in range(8):
            begun = NOW + timedelta(seconds=lagging.site.ahead)
            query = {"date_field": "created_at", "start_datetime": since.isoformat()}
            seen |= {row["id"] for row in lagging.all("/events.json", direction="asc", **query)}
            since = begun - timedelta(seconds=LAG)
            lagging.site.add_customer()
            lagging.site.advance(3 * 86_400 + 1)
        lagging.site.advance(LAG)
        query = {"date_field": "created_at", "start_datetime": since.isoformat()}
        seen |= {row["id"] for row in lagging.all("/events.json", direction="asc", **query)}
        assert len(seen) == ledger(lagging)["rows"]["events"]

    def test_one_whose_readings_do_not_overlap_does(self, lagging: Vendor) -> None:
        """The proof that the overlap is what finds them."""
        lagging.site.add_customer()
        at_once = {row["id"] for row in lagging.all("/events.json")}
        lagging.site.advance(1)
        later = {"date_field": "created_at", "start_datetime": (NOW + timedelta(seconds=1)).isoformat()}
        lagging.site.advance(LAG)
        at_once |= {row["id"] for row in lagging.all("/events.json", **later)}
        assert len(at_once) < ledger(lagging)["rows"]["events"]
