"""The business behind the answers: its lives, its money, and that time can be cut anywhere (facts §3, §7)."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from integrations.simulator import SiteSpec
from integrations.simulator.business import clock, records
from integrations.simulator.business.catalogue import cost
from integrations.simulator.business.clock import Business
from integrations.simulator.business.money import UNIT
from integrations.simulator.business.records import ComponentPricePoint, Invoice, Subscription, Tier
from integrations.simulator.business.times import DAY

NOW = int(datetime(2026, 11, 20, 15, 30, tzinfo=UTC).timestamp())
Make = Callable[..., Business]


@pytest.fixture(scope="module")
def business() -> Iterator[Business]:
    """A business of 400 customers over five years, in three currencies."""
    spec = SiteSpec(customers=400, months=60, non_primary_currencies=("EUR", "GBP"))
    made = Business(spec, NOW)
    yield made
    made.store.close()


def small(now: int = NOW, **changes: Any) -> Business:
    return Business(SiteSpec(**({"customers": 60, "months": 14} | changes)), now)


def everything(business: Business) -> dict[str, list[Any]]:
    return {kind.__name__: business.store.find(kind) for kind in business.store.kinds}


class TestTime:
    def test_same_seed_and_moment_give_the_same_facts(self) -> None:
        assert everything(small()) == everything(small())
        assert everything(small()) != everything(small(seed=2))

    @pytest.mark.parametrize("days", [1, 9, 45])
    def test_pieces_of_time_give_what_one_piece_gives(self, days: int) -> None:
        whole, cut = small(), small()
        whole.advance(NOW + 90 * DAY)
        for end in range(days, 91, days):
            cut.advance(NOW + end * DAY)
        assert everything(whole) == everything(cut)

    def test_so_does_a_smaller_memory(self, monkeypatch: pytest.MonkeyPatch) -> None:
        whole = everything(small())
        monkeypatch.setattr(clock, "AT_ONCE", 3)
        assert everything(small()) == whole

    def test_the_business_goes_on(self) -> None:
        made = small()
        before = Counter({name: len(rows) for name, rows in everything(made).items()})
        made.advance(NOW + 60 * DAY)
        after = Counter({name: len(rows) for name, rows in everything(made).items()})
        for name in ("Customer", "Subscription", "Invoice", "Event", "Movement", "Usage"):
            assert after[name] > before[name], name

    def test_it_keeps_its_pace(self) -> None:
        """As many customers come in the half year after now as in the half year before, give or take."""
        made = small(customers=2_000, subscriptions_per_customer=0)
        half = 182 * DAY
        before = made.store.count(records.Customer, "created_at > ?", (NOW - half,))
        made.advance(NOW + half)
        assert made.store.count(records.Customer, "created_at > ?", (NOW,)) == pytest.approx(before, rel=0.25)

    def test_nothing_is_changed_before_it_was_made_or_in_the_future(self, business: Business) -> None:
        for name, rows in everything(business).items():
            assert all(row.created_at <= row.updated_at <= NOW for row in rows), name

    def test_ids_ascend_with_time(self, business: Business) -> None:
        for kind in (records.Customer, Subscription, Invoice, records.Event, records.InvoiceEvent):
            times = [row.created_at for row in business.store.find(kind)]
            assert times == sorted(times)


class TestLives:
    def test_every_state_of_a_life_is_there(self, business: Business) -> None:
        """Facts §7, SubscriptionState; the others last for a moment only."""
        states = {row.state for row in business.store.find(Subscription)}
        assert states >= {
            "active", "trialing", "past_due", "canceled", "expired", "trial_ended", "on_hold", "paused",
            "unpaid", "awaiting_signup", "pending", "failed_to_create",
        }  # fmt: skip

    def test_trials_are_won_and_lost(self, business: Business) -> None:
        rows = [
            row
            for row in business.store.find(Subscription)
            if row.trial_ended_at and row.trial_ended_at < NOW
        ]
        assert 0.4 < sum(row.activated_at is not None for row in rows) / len(rows) < 0.8

    def test_every_interval_is_sold(self, business: Business) -> None:
        terms = {row.terms for row in business.store.find(Subscription)}
        assert terms == {(1, "month"), (3, "month"), (12, "month"), (7, "day"), (10, "day")}

    def test_since_2026_some_have_no_product(self, business: Business) -> None:
        """Facts §3, the new catalogue."""
        rows = [row for row in business.store.find(Subscription) if row.product_id is None]
        assert rows
        assert min(row.created_at for row in rows) >= datetime(2026, 1, 1, 5, tzinfo=UTC).timestamp()
        assert all(row.component_ids for row in rows)

    def test_people_leave_at_once_and_with_the_period_and_some_return(self, business: Business) -> None:
        changes = Counter(
            (event.data["previous_subscription_state"], event.data["new_subscription_state"])
            for event in business.store.find(records.Event, key="subscription_state_change")
            if event.data
        )
        assert changes["active", "canceled"] > 0
        assert changes["canceled", "active"] > 0
        assert changes["on_hold", "active"] > 0
        assert changes["past_due", "active"] > 0
        assert changes["past_due", "canceled"] > 0
        gone = [row for row in business.store.find(Subscription) if row.state == "canceled"]
        at_the_end = [row for row in gone if row.canceled_at == row.period_ends_at]
        assert 0 < len(at_the_end) < len(gone)

    def test_customers_come_back_with_a_new_subscription(self, business: Business) -> None:
        by_customer: dict[int, list[Subscription]] = {}
        for row in business.store.find(Subscription):
            by_customer.setdefault(row.customer_id, []).append(row)
        assert any(
            first.canceled_at and first.canceled_at < second.created_at
            for rows in by_customer.values()
            for first, second in itertools.pairwise(rows)
        )

    def test_events_have_their_new_names_since_2026(self, business: Business) -> None:
        """Facts §3."""
        new_year = datetime(2026, 1, 1, 5, tzinfo=UTC).timestamp()
        pairs = (
            ("subscription_product_change", "subscription_plan_change"),
            ("component_allocation_change", "allocation_change"),
        )
        for old, new in pairs:
            assert max(row.created_at for row in business.store.find(records.Event, key=old)) < new_year
            assert min(row.created_at for row in business.store.find(records.Event, key=new)) >= new_year


class TestMoney:
    def test_invoice_lines_make_its_sums(self, business: Business) -> None:
        """openapi.yaml, Invoice: totals are those of the lines, rounded once."""
        for invoice in business.store.find(Invoice):
            assert sum(line.subtotal for line in invoice.lines) == invoice.subtotal * 10**6
            for name in ("discount", "tax"):
                exact = sum(getattr(line, name) for line in invoice.lines)
                assert abs(exact - getattr(invoice, name) * 10**6) <= 500_000

    def test_every_role_and_status_is_there(self, business: Business) -> None:
        rows = business.store.find(Invoice)
        assert {row.role for row in rows} == {"signup", "renewal", "proration", "migration", "reactivation"}
        assert {row.status for row in rows} == {"paid", "open", "voided", "canceled"}
        assert {row.level for row in rows} == {"none", "parent", "child"}

    def test_a_paid_invoice_owes_nothing_and_none_is_overpaid(self, business: Business) -> None:
        for row in business.store.find(Invoice):
            assert row.due >= 0
            assert (row.due == 0) or row.status in ("open", "canceled")
            assert (row.paid_on is not None) == (row.status == "paid")
            assert row.sum("refund") <= row.paid

    def test_a_refund_of_the_whole_gives_back_discount_and_tax_too(self, business: Business) -> None:
        notes = [note for note in business.store.find(records.CreditNote) if note.memo == "Refund on request"]
        whole = [
            (note, origin)
            for note in notes
            if note.total == (origin := business.store.require(Invoice, note.origin_invoice_id)).total
        ]
        assert any(origin.discount and origin.tax for _, origin in whole)
        for note, origin in whole:
            assert (note.subtotal, note.discount, note.tax) == (origin.subtotal, origin.discount, origin.tax)

    def test_ids_leave_gaps_of_every_size(self, business: Business) -> None:
        """As on a host with many sites: nothing may hang on ids being odd or even."""
        ids = [row.id for row in business.store.find(Subscription)]
        assert {after - before for before, after in itertools.pairwise(ids)} == set(range(1, 9))

    def test_a_parent_is_the_sum_of_its_children(self, business: Business) -> None:
        """Facts §7: count parents or children, never both."""
        for parent in business.store.find(Invoice, level="parent"):
            children = business.store.find(Invoice, parent_id=parent.id)
            assert sum(child.subtotal for child in children) == parent.subtotal
            assert {child.status for child in children} == {parent.status}

    def test_a_subscription_owes_what_its_invoices_say(self, business: Business) -> None:
        due: Counter[int] = Counter()
        paid: Counter[int] = Counter()
        for row in business.store.find(Invoice):
            if row.level != "child":
                due[row.subscription_id] += row.due if row.status == "open" else 0
                paid[row.subscription_id] += row.paid - row.sum("refund")
        for subscription in business.store.find(Subscription):
            assert subscription.balance == due[subscription.id]
            assert subscription.revenue == paid[subscription.id]

    def test_coupons_are_used_once_repeatedly_and_for_ever(self, business: Business) -> None:
        used: dict[str, Counter[int]] = {}
        for row in business.store.find(Invoice):
            if row.coupon_code and row.role in ("signup", "renewal", "reactivation"):
                used.setdefault(row.coupon_code, Counter())[row.subscription_id] += 1
        assert max(used["WELCOME10"].values()) == 1
        assert max(used["SPRING25"].values()) == 6
        assert max(used["LOYAL5"].values()) > 6
        assert max(used["MINUS5"].values()) == 1

    def test_a_credit_note_never_gives_more_than_it_has(self, business: Business) -> None:
        notes = business.store.find(records.CreditNote)
        assert all(0 <= note.applied <= note.total for note in notes)
        assert any(note.applied < note.total for note in notes)
        assert any(note.applications for note in notes)
        assert any(note.refunds for note in notes)

    def test_an_upgrade_charges_and_credits_the_rest_of_the_period(self, business: Business) -> None:
        upgrades = [row for row in business.store.find(Invoice) if row.role == "migration"]
        for row in upgrades:
            product = business.world.catalogue.product(row.lines[0].product_id or 0)
            assert 0 <= row.subtotal < product.price
        assert any(row.sum("credit") for row in upgrades)

    @pytest.mark.parametrize(
        ("scheme", "quantity", "expected"),
        [
            ("per_unit", 7, 700),
            ("volume", 7, 350),
            ("tiered", 7, 5 * 100 + 2 * 50),
            ("stairstep", 7, 50),
            ("stairstep", 3, 100),
            (None, 1, 100),
            ("tiered", 0, 0),
        ],
    )
    def test_pricing_schemes(self, scheme: str | None, quantity: int, expected: int) -> None:
        """The vendor's four schemes: five units at 1.00, then at 0.50."""
        tiers = (Tier(1, 1, 5, UNIT), Tier(2, 6, None, UNIT // 2))
        point = ComponentPricePoint(
            id=1, created_at=0, updated_at=0, component_id=1, name="", handle="", kind="default", scheme=scheme,
            tiers=tiers,
        )  # fmt: skip
        assert cost(point, quantity) == expected


def test_currencies_are_mixed(business: Business) -> None:
    assert {row.currency for row in business.store.find(Invoice)} == {"USD", "EUR", "GBP"}


def test_names_are_hostile(business: Business) -> None:
    rows = business.store.find(records.Customer)
    assert any(row.first_name.startswith("<script>") for row in rows)
    assert any(row.first_name == "=1+1" for row in rows)
    assert sum("\0" in (row.organization or "") for row in rows) == 1


def test_some_customers_share_a_second(business: Business) -> None:
    times = Counter(row.created_at for row in business.store.find(records.Customer))
    assert max(times.values()) == 10


def test_the_size_is_as_ordered(business: Business) -> None:
    """400 by now, within the one that may come today."""
    assert business.store.count(records.Customer) == pytest.approx(400, abs=10)
    assert business.at - business.world.opened == timedelta(days=60 * 30).total_seconds()
