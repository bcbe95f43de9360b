"""The books of a site from before Relationship Invoicing, and what its endpoints answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import count, pairwise
from typing import Any

import pytest

from integrations.simulator.business import legacy
from integrations.simulator.business.money import CENT
from integrations.simulator.business.records import (
    Customer,
    Entry,
    Event,
    Invoice,
    LegacyInvoice,
    PaymentProfile,
    Record,
    Statement,
    Transaction,
)

from .facts import ADDRESS, FakeSite, at, invoice, line, payment, subscription

ISSUED, PAID = at("2026-03-01T17:00:00"), at("2026-03-02T17:00:00")


class Books:
    """A legacy site whose invoices are booked as the business books them."""

    def __init__(self, **changes: Any) -> None:
        self.site = FakeSite(legacy=True)
        self.subscription = subscription(**changes)
        self.site.add(self.subscription, customer())
        self._numbers: dict[type[Record], Iterator[int]] = defaultdict(lambda: count(1))

    def book(
        self, kind: str, made: Invoice, change: int, entry: Entry | None = None, moment: int = ISSUED
    ) -> None:
        """Book an event that changes the balance by some cents."""
        if entry:
            made.entries.append(entry)
        self.subscription.balance += change
        store = self.site.store
        legacy.book(
            store, lambda kind: next(self._numbers[kind]), self.subscription, made, kind, entry, moment
        )

    def issue(self, number: int = 1, moment: int = ISSUED, **changes: Any) -> Invoice:
        made = invoice(number, created_at=moment, **changes)
        self.book("issue_invoice", made, made.total, moment=moment)
        return made

    def pay(self, made: Invoice, cents: int, number: int = 900, moment: int = PAID) -> None:
        entry = payment(cents, number=number)
        made.status = "paid" if cents == made.due else made.status
        self.book("apply_payment", made, -cents, entry, moment)

    def rows(self) -> list[Transaction]:
        return self.site.store.find(Transaction)

    def statement(self, number: int = 1) -> Statement:
        return self.site.store.require(Statement, number)

    def bill(self) -> LegacyInvoice:
        return self.site.store.require(LegacyInvoice, 1)


def customer() -> Customer:
    return Customer(
        id=7, created_at=1, updated_at=1, first_name="Alice", last_name="Adams", email="alice@example.com",
        organization=None, reference=None, address=ADDRESS, phone=None, tax_exempt=False, parent_id=None,
        portal=False,
    )  # fmt: skip


@pytest.fixture
def books() -> Iterator[Books]:
    made = Books()
    yield made
    made.site.store.close()


@pytest.fixture
def remittance() -> Iterator[Books]:
    made = Books(collection_method="remittance")
    yield made
    made.site.store.close()


def summary(rows: list[Transaction]) -> list[tuple[str, str | None, int]]:
    return [(row.type, row.kind, row.amount) for row in rows]


# --- what is booked (openapi.legacy.yaml, types and kinds of transactions) ---


def test_a_bill_is_a_charge_for_each_line_then_coupon_then_tax(books: Books) -> None:
    lines = (line(9_000), line(1_000, kind="initial", title="Setup fee"))
    books.issue(lines=lines, discount=1_000, coupon_code="TEN", tax=563, tax_rate=625, tax_title="MA Tax")
    assert summary(books.rows()) == [
        ("Charge", "baseline", 9_000),
        ("Charge", "initial", 1_000),
        ("Adjustment", "coupon", -1_000),
        ("Charge", "tax", 563),
    ]
    assert books.rows()[-1].memo == "MA Tax (6.25%)"


def test_the_balance_runs_through_the_transactions(books: Books) -> None:
    made = books.issue(lines=(line(9_000), line(1_000)), discount=1_000, coupon_code="TEN")
    books.pay(made, 9_000)
    balances = [(row.starting_balance, row.ending_balance) for row in books.rows()]
    assert balances == [(0, 9_000), (9_000, 10_000), (10_000, 9_000), (9_000, 0)]


def test_the_balance_runs_on_from_bill_to_bill(books: Books) -> None:
    first = books.issue()
    books.issue(2, moment=PAID)
    books.pay(first, 10_000, moment=PAID + 1)
    rows = sorted(books.rows(), key=lambda row: row.created_at)
    assert all(before.ending_balance == after.starting_balance for before, after in pairwise(rows))
    assert rows[-1].ending_balance == books.subscription.balance == 10_000


def test_a_declined_payment_leaves_the_balance(books: Books) -> None:
    made = books.issue()
    books.book("failed_payment", made, 0, Entry("failed_payment", PAID, 10_000, 899, "Declined"), PAID)
    row = books.rows()[-1]
    assert (row.type, row.success, row.starting_balance, row.ending_balance) == (
        "Payment",
        False,
        10_000,
        10_000,
    )


def test_charges_name_the_payment_that_paid_them(books: Books) -> None:
    """Vendor's example of a statement."""
    books.pay(books.issue(), 10_000, number=900)
    charge, paid = books.rows()
    assert (charge.payment_id, paid.id, paid.payment_id) == (900, 900, None)


def test_a_refund_leaves_the_balance_and_names_its_payment(books: Books) -> None:
    made = books.issue()
    books.pay(made, 10_000, number=900)
    back = Entry("refund", PAID, 2_500, 901, "On request", of=900, original=10_000)
    books.book("refund_invoice", made, 0, back, PAID)
    _, paid, refund = books.rows()
    assert (refund.type, refund.payment_id) == ("Refund", 900)
    assert (refund.starting_balance, refund.ending_balance) == (0, 0)
    assert paid.refunded == 2_500


@pytest.mark.parametrize("kind", ["apply_credit_note", "void_invoice"])
def test_credits_and_voids_are_adjustments(books: Books, kind: str) -> None:
    made = books.issue()
    books.book(kind, made, -10_000, Entry("credit", PAID, 10_000, 902, "Void"), PAID)
    row = books.rows()[-1]
    assert (row.type, row.amount, row.ending_balance) == ("Adjustment", -10_000, 0)


def test_what_is_canceled_is_adjusted_away(books: Books) -> None:
    made = books.issue()
    made.status = "canceled"
    books.book("change_invoice_status", made, -10_000, moment=PAID)
    row = books.rows()[-1]
    assert (row.type, row.amount, row.ending_balance) == ("Adjustment", -10_000, 0)
    assert books.statement().settled_at == PAID


def test_a_charge_shows_its_tax_and_the_charge_over_it(books: Books) -> None:
    """Vendor's example of a statement."""
    made = invoice(
        lines=(line(4_000, tax=250 * CENT),), subtotal=4_000, tax=250, tax_rate=625, tax_title="MA Tax"
    )
    books.site.add(made)
    books.book("issue_invoice", made, made.total)
    charge = books.site.get("/transactions/1.json")["transaction"]
    assert charge["taxable_amount_in_cents"] == 4_000
    assert charge["taxations"] == [
        {
            "tax_id": None,
            "tax_charge_id": 2,
            "tax_name": "MA Tax",
            "rate": "0.0625",
            "tax_amount_in_cents": 250,
            "tax_rules": [
                {
                    "tax_rule_id": None,
                    "country_code": "US",
                    "subdivision_code": "MA",
                    "rate": "0.0625",
                    "tax_amount_in_cents": 250,
                    "description": "MA Tax",
                }
            ],
        }
    ]


# --- statements ---


def test_a_statement_is_opened_where_the_one_before_was_closed(books: Books) -> None:
    """Vendor's example: the second one is opened a second after the first is closed."""
    books.issue()
    books.issue(2, moment=PAID)
    assert books.statement(1).opened_at == books.subscription.created_at
    assert (books.statement(1).closed_at, books.statement(2).opened_at) == (ISSUED, ISSUED + 1)
    assert books.statement(2).closed_at == PAID


def test_a_statement_is_settled_when_nothing_is_owed(books: Books) -> None:
    made = books.issue()
    assert books.statement().settled_at is None
    books.pay(made, 4_000, moment=PAID)
    assert books.statement().settled_at is None
    books.pay(made, 6_000, number=901, moment=PAID + 5)
    assert books.statement().settled_at == PAID + 5


def test_a_statement_over_nothing_is_settled_at_once(books: Books) -> None:
    books.issue(lines=(line(0),), subtotal=0)
    assert books.statement().settled_at == ISSUED


def test_a_statement_has_balances_of_its_own(books: Books) -> None:
    first = books.issue()
    books.issue(2, moment=PAID)
    books.pay(first, 10_000)
    found = [(row.starting_balance, row.ending_balance) for row in books.site.store.find(Statement)]
    assert found == [(0, 0), (10_000, 20_000)]


# --- old-style invoices ---


def test_only_remittance_customers_get_old_style_invoices(books: Books, remittance: Books) -> None:
    books.issue()
    remittance.issue()
    assert books.site.store.count(LegacyInvoice) == 0
    assert remittance.bill().state == "unpaid"


def test_an_old_style_invoice_is_partial_then_paid(remittance: Books) -> None:
    made = remittance.issue()
    remittance.pay(made, 4_000)
    assert (remittance.bill().state, remittance.bill().due, remittance.bill().paid_at) == (
        "partial",
        6_000,
        None,
    )
    remittance.pay(made, 6_000, number=901, moment=PAID + 5)
    assert (remittance.bill().state, remittance.bill().due, remittance.bill().paid_at) == (
        "paid",
        0,
        PAID + 5,
    )


def test_what_was_given_up_is_archived(remittance: Books) -> None:
    made = remittance.issue()
    made.status = "voided"
    remittance.book("void_invoice", made, -10_000, Entry("credit", PAID, 10_000, 902, "Void"), PAID)
    assert (remittance.bill().state, remittance.bill().due) == ("archived", 0)


# --- /transactions.json (facts §3) ---


@pytest.fixture
def site() -> Iterator[FakeSite]:
    """Transactions whose ids and times are in different orders."""
    made = FakeSite(legacy=True)
    made.add(subscription(), subscription(31), customer())
    made.add(
        transaction(1, "Charge", 30),
        transaction(2, "Payment", 10),
        transaction(3, "Charge", 20, subscription_id=31),
    )
    made.add(transaction(4, "Refund", 20))
    yield made
    made.store.close()


def transaction(number: int, kind: str, day: int, **changes: Any) -> Transaction:
    moment = at(f"2026-03-{day}T17:00:00")
    made: dict[str, Any] = {
        "id": number, "created_at": moment, "updated_at": moment, "type": kind, "kind": None, "subscription_id": 30,
        "customer_id": 7, "product_id": 5, "statement_id": 1, "amount": 100, "starting_balance": 0,
        "ending_balance": 100, "memo": "Team Monthly",
    }  # fmt: skip
    return Transaction(**made | changes)


def listed(site: FakeSite, path: str = "/transactions.json", **query: Any) -> list[int]:
    return [row["transaction"]["id"] for row in site.get(path, **query)]


def test_transactions_are_ordered_by_time_then_id_newest_first(site: FakeSite) -> None:
    assert listed(site) == [1, 4, 3, 2]
    assert listed(site, direction="asc") == [2, 3, 4, 1]


def test_transactions_may_be_ordered_by_id(site: FakeSite) -> None:
    assert listed(site, order_by="id") == [4, 3, 2, 1]


def test_transaction_ids_are_inclusive_bounds_and_order_by_id(site: FakeSite) -> None:
    assert listed(site, since_id=2, order_by="created_at") == [4, 3, 2]
    assert listed(site, max_id=2) == [2, 1]


def test_days_are_inclusive_bounds_in_the_sites_zone(site: FakeSite) -> None:
    assert listed(site, since_date="2026-03-20", until_date="2026-03-20") == [4, 3]
    assert listed(site, since_date="2026-03-20", order_by="id") == [1, 4, 3]


def test_the_id_filter_beats_the_date_filter(site: FakeSite) -> None:
    assert listed(site, since_id=2, since_date="2026-03-30") == [4, 3, 2]


def test_transactions_filter_by_type(site: FakeSite) -> None:
    assert listed(site, kinds="charge,refund") == [1, 4, 3]


def test_transactions_of_a_subscription(site: FakeSite) -> None:
    path = "/subscriptions/30/transactions.json"
    assert listed(site, path, order_by="id") == [1, 4, 2]
    assert site.get("/subscriptions/99/transactions.json") is None


def test_one_transaction_and_the_count(site: FakeSite) -> None:
    assert site.get("/transactions/3.json")["transaction"]["transaction_type"] == "charge"
    assert site.get("/transactions/9.json") is None
    assert site.get("/transactions/count.json", since_id=4) == {"count": 4}


def test_a_payment_shows_the_card(site: FakeSite) -> None:
    """Vendor's example of a transaction."""
    profile = PaymentProfile(
        id=50_000_123, created_at=1, updated_at=1, customer_id=7, kind="card", first_name="Alice",
        last_name="Adams", address=ADDRESS, expires=(2030, 1),
    )  # fmt: skip
    site.add(profile, subscription(payment_profile_id=profile.id))
    found = site.get("/transactions/2.json")["transaction"]
    assert (found["card_number"], found["card_expiration"]) == ("XXXX-XXXX-XXXX-0123", "01/2030")


# --- /statements.json (facts §3) ---


@pytest.fixture
def filed(site: FakeSite) -> FakeSite:
    site.add(statement(1, opened=10, settled=28), statement(2, opened=20, settled=None, subscription_id=31))
    site.add(statement(3, opened=5, settled=12))
    return site


def statement(number: int, opened: int, settled: int | None, **changes: Any) -> Statement:
    closed = at(f"2026-03-{opened + 2:02d}")
    made: dict[str, Any] = {
        "id": number, "created_at": closed, "updated_at": closed, "subscription_id": 30, "customer_id": 7,
        "invoice_id": number, "opened_at": at(f"2026-03-{opened:02d}"), "closed_at": closed,
        "settled_at": at(f"2026-03-{settled:02d}") if settled else None, "starting_balance": 0, "ending_balance": 0,
    }  # fmt: skip
    return Statement(**made | changes)


def filed_ids(site: FakeSite, path: str = "/statements/ids.json", **query: Any) -> list[int]:
    return list(site.get(path, **query)["statement_ids"])


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("opened_at", [3, 1, 2]),
        ("closed_at", [3, 1, 2]),
        ("created_at", [3, 1, 2]),
        ("settled_at", [2, 3, 1]),
    ],
)
def test_statements_sort_by(filed: FakeSite, sort: str, expected: list[int]) -> None:
    assert filed_ids(filed, sort=sort) == expected
    rows = filed.get("/statements.json", sort=sort, direction="desc")
    assert [row["statement"]["id"] for row in rows] == expected[::-1]


def test_settled_since_filters_the_ids_only(filed: FakeSite) -> None:
    since = at("2026-03-28")
    assert filed_ids(filed, settled_since=since) == [1]
    assert filed_ids(filed, settled_since=since + 1) == []
    assert len(filed.get("/statements.json", settled_since=since)) == 3


def test_ten_thousand_ids_a_page(site: FakeSite) -> None:
    site.add(*(statement(number, 1, 2) for number in range(1, 10_002)))
    assert (len(filed_ids(site)), len(filed_ids(site, page=2))) == (10_000, 1)


def test_statements_of_a_subscription(filed: FakeSite) -> None:
    assert filed_ids(filed, "/subscriptions/31/statements/ids.json") == [2]
    rows = filed.get("/subscriptions/31/statements.json")
    assert [row["statement"]["id"] for row in rows] == [2]
    assert filed.get("/subscriptions/99/statements.json") is None


def test_the_site_wide_list_leaves_the_views_out(filed: FakeSite) -> None:
    """Facts §7."""
    views = {"html_view", "basic_html_view", "text_view"}
    assert not views & set(filed.get("/statements.json")[0]["statement"])
    assert views <= set(filed.get("/statements/1.json")["statement"])
    assert views <= set(filed.get("/subscriptions/31/statements.json")[0]["statement"])


def test_one_statement_and_the_count(filed: FakeSite) -> None:
    found = filed.get("/statements/1.json")["statement"]
    assert [row["id"] for row in found["transactions"]] == [1, 2, 3, 4]
    assert found["total_in_cents"] == 200
    assert filed.get("/statements/9.json") is None
    assert filed.get("/statements/count.json") == {"count": 3}


def test_a_statement_shows_what_happened_in_its_period(filed: FakeSite) -> None:
    filed.add(*(event(number, moment) for number, moment in enumerate((10, 11, 12, 13), start=1)))
    found = filed.get("/statements/1.json")["statement"]["events"]
    assert [row["event"]["id"] for row in found] == [1, 2, 3]


def test_a_statement_shows_old_events_with_old_data(filed: FakeSite) -> None:
    """Vendor's example of a statement; the keys of later years are not in openapi.legacy.yaml."""
    changed, issued = event(1, 11), event(2, 11)
    changed.data, issued.key = {"new_product_id": 6, "effective_at": None}, "invoice_issued"
    filed.add(changed, issued)
    found = filed.get("/statements/1.json")["statement"]["events"]
    assert [row["event"]["event_specific_data"] for row in found] == [{"new_product_id": 6}]


def event(number: int, day: int) -> Event:
    moment = at(f"2026-03-{day}")
    return Event(
        id=number, created_at=moment, updated_at=moment, key="payment_success", message="Paid", subscription_id=30,
        customer_id=7,
    )  # fmt: skip


def test_views_escape_names(filed: FakeSite) -> None:
    hostile = customer()
    hostile.first_name = "<script>"
    filed.add(hostile)
    assert "<script>" not in filed.get("/statements/1.json")["statement"]["html_view"]


# --- /invoices.json of a legacy site (facts §3) ---


@pytest.fixture
def billed(site: FakeSite) -> FakeSite:
    site.add(bill(1, "2026-03-01T17:00:00"), bill(2, "2026-03-05T17:00:00", state="paid", subscription_id=31))
    return site


def bill(number: int, moment: str, **changes: Any) -> LegacyInvoice:
    made: dict[str, Any] = {
        "id": number, "created_at": at(moment), "updated_at": at(moment), "number": 13, "subscription_id": 30,
        "customer_id": 7, "statement_id": 1, "state": "unpaid", "amount": 100, "due": 100,
    }  # fmt: skip
    return LegacyInvoice(**made | changes)


@pytest.mark.parametrize(
    "query",
    [
        {"status": "paid"},
        {"subscription_id": 31},
        {"start_date": "2026-03-05", "end_date": "2026-03-05"},
        {"start_date": "2026-03-05", "date_field": "due_date"},
    ],
)
def test_old_style_invoices_filter_by(billed: FakeSite, query: dict[str, Any]) -> None:
    """openapi.legacy.yaml: dates are those of created_at."""
    assert [row["invoice"]["id"] for row in billed.get("/invoices.json", **query)] == [2]


def test_an_old_style_invoice_has_integer_ids_and_cents(billed: FakeSite) -> None:
    found = billed.get("/invoices/1.json")["invoice"]
    assert (found["id"], found["number"], found["total_amount_in_cents"], found["state"]) == (
        1,
        "000013",
        100,
        "unpaid",
    )
    assert [row["id"] for row in found["charges"]] == [1, 3]
    assert [row["id"] for row in found["payments_and_credits"]] == [2, 4]
    assert billed.get("/invoices/9.json") is None


@pytest.mark.parametrize(
    "path", ["/invoices/events.json", "/credit_notes.json", "/invoices/inv_1/segments.json"]
)
def test_a_legacy_site_has_no_relationship_invoicing(site: FakeSite, path: str) -> None:
    """Nothing is recorded of this; an absent resource is an empty 404 [I]."""
    assert site.get(path) is None


@pytest.mark.parametrize("path", ["/transactions.json", "/statements/ids.json", "/statements.json"])
def test_other_sites_have_no_statements(path: str) -> None:
    assert FakeSite().get(path) is None
