"""Invoices, their feed and credit notes: bodies and lists from facts put down by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from integrations.simulator.business.money import CENT, UNIT
from integrations.simulator.business.records import Application, ComponentPricePoint, Entry, Group, Tier

from .facts import ADDRESS, BOB, FakeSite, at, invoice, invoice_event, line, note, payment, subscription

DETAILS = ("line_items", "discounts", "taxes", "credits", "payments", "custom_fields", "refunds")
EVERYTHING = dict.fromkeys(DETAILS, "true")


@pytest.fixture
def site() -> Iterator[FakeSite]:
    made = FakeSite()
    yield made
    made.store.close()


def listed(site: FakeSite, **query: Any) -> list[int]:
    """Return the numbers of the listed invoices, in order."""
    return [row["sequence_number"] for row in site.get("/invoices.json", **query)["invoices"]]


def only(site: FakeSite, **query: Any) -> dict[str, Any]:
    rows = site.get("/invoices.json", **query)["invoices"]
    assert len(rows) == 1
    return dict(rows[0])


# --- the list (facts §3) ---


def test_details_are_absent_unless_each_is_asked_for(site: FakeSite) -> None:
    """Facts §3."""
    site.add(invoice())
    assert not set(DETAILS) & set(only(site))
    assert set(DETAILS) & set(only(site, taxes="true", payments="false")) == {"taxes"}


def test_one_invoice_is_a_bare_object_with_everything(site: FakeSite) -> None:
    """Facts §3."""
    site.add(made := invoice())
    body = site.get(f"/invoices/{made.uid}.json")
    assert body["uid"] == made.uid
    assert set(DETAILS) <= set(body)


def test_unknown_invoice_is_an_empty_404(site: FakeSite) -> None:
    """Facts §5."""
    assert site.get("/invoices/inv_0000000000000.json") is None


def test_lists_leave_the_numeric_id_out(site: FakeSite) -> None:
    """Facts §7: the uid is the key."""
    site.add(invoice())
    assert "id" not in only(site)


def test_newest_number_first_by_default(site: FakeSite) -> None:
    """Facts §3: sort `number`, direction desc."""
    site.add(invoice(1), invoice(2), invoice(10))
    assert listed(site) == [10, 2, 1]
    assert listed(site, direction="asc") == [1, 2, 10]
    assert listed(site, per_page=2, page=2) == [1]


@pytest.mark.parametrize(
    ("sort", "changes"),
    [
        ("status", {"status": "draft"}),
        ("total_amount", {"subtotal": 5_000}),
        ("due_amount", {"entries": [payment(6_000)]}),
        ("created_at", {"created_at": at("2026-01-01")}),
        ("updated_at", {"updated_at": at("2026-01-01")}),
        ("issue_date", {"issued_on": 1}),
        ("due_date", {"due_on": 1}),
    ],
)
def test_lists_sort_by(site: FakeSite, sort: str, changes: dict[str, Any]) -> None:
    """Invoice-Sort-Field of openapi.yaml: invoice 3 is made the smallest."""
    site.add(invoice(1), invoice(2), invoice(3, **changes))
    assert listed(site, sort=sort, direction="asc")[0] == 3
    assert listed(site, sort=sort, direction="desc")[-1] == 3


def test_dates_filter_on_the_due_date_by_default(site: FakeSite) -> None:
    """Facts §3."""
    due = at("2026-05-01T12:00:00") // 86_400 + 719_163
    site.add(invoice(1), invoice(2, due_on=due))
    assert listed(site, start_date="2026-05-01", end_date="2026-05-01") == [2]


def test_datetimes_need_created_at_or_updated_at(site: FakeSite) -> None:
    """Facts §3."""
    site.add(invoice(1), invoice(2, updated_at=at("2026-06-01")))
    assert listed(site, start_datetime="2026-05-01 00:00:00") == [2, 1]
    assert listed(site, date_field="updated_at", start_datetime="2026-05-01 00:00:00") == [2]


def test_other_date_fields_are_ignored(site: FakeSite) -> None:
    """Facts §3."""
    site.add(invoice(1))
    assert listed(site, date_field="invented_at", start_date="2030-01-01") == [1]


@pytest.mark.parametrize(
    ("name", "value", "changes"),
    [
        ("status", "paid", {"status": "paid"}),
        ("subscription_id", 31, {"subscription_id": 31}),
        ("customer_ids", "8,9", {"customer_id": 9}),
        ("number", "2,7", {}),
        ("product_ids", "6,7", {"lines": (line(), line(product_id=6))}),
        ("consolidation_level", "child", {"level": "child"}),
    ],
)
def test_lists_filter_by(site: FakeSite, name: str, value: Any, changes: dict[str, Any]) -> None:
    """Facts §3 and openapi.yaml, listInvoices."""
    site.add(invoice(1), invoice(2, **changes))
    assert listed(site, **{name: value}) == [2]


def test_a_group_filters_its_consolidated_invoices(site: FakeSite) -> None:
    """openapi.yaml, subscription_group_uid."""
    site.add(
        group(), invoice(1, group_id=4, level="parent"), invoice(2, group_id=4, level="child", parent_id=1)
    )
    site.add(invoice(3))
    assert listed(site, subscription_group_uid="grp_1") == [1]
    assert listed(site, subscription_group_uid="grp_2") == []


def group() -> Group:
    return Group(id=4, created_at=1, updated_at=1, uid="grp_1", customer_id=7, subscription_ids=(30, 31))


# --- the body ---


def test_amounts_follow_the_vendors_definitions(site: FakeSite) -> None:
    """openapi.yaml, Invoice: total = subtotal - discount + tax, due = total - credit - paid."""
    entries = [
        payment(5_000),
        Entry("failed_payment", 0, 77, 1, ""),
        Entry("refund", 0, 1_000, 2, "", note_id=1, of=900, original=5_000),
        Entry("credit", 0, 2_000, 3, "", note_id=1),
    ]
    site.add(invoice(discount=1_000, tax=450, entries=entries), note())
    body = only(site)
    assert {name: body[f"{name}_amount"] for name in ("total", "paid", "credit", "refund", "due")} == {
        "total": "94.5",
        "paid": "50.0",
        "credit": "20.0",
        "refund": "10.0",
        "due": "24.5",
    }


def test_times_carry_the_sites_offset(site: FakeSite) -> None:
    """Facts §7: one record mixes offsets across daylight saving."""
    site.add(invoice(updated_at=at("2026-04-01T16:00:00")))
    body = only(site)
    assert (body["created_at"], body["updated_at"]) == (
        "2026-03-01T12:00:00-05:00",
        "2026-04-01T12:00:00-04:00",
    )


def test_names_are_escaped(site: FakeSite) -> None:
    site.add(invoice(payer=BOB.__class__(8, 'Bob "\0" \\', "Ōtani", None, "bob@example.com", None, None)))
    assert only(site)["customer"]["first_name"] == 'Bob "\0" \\'
    assert only(site)["customer"]["last_name"] == "Ōtani"


def test_an_address_that_is_missing_has_null_keys(site: FakeSite) -> None:
    site.add(invoice(payer=BOB))
    assert set(only(site)["billing_address"].values()) == {None}


def test_the_payer_has_no_reference(site: FakeSite) -> None:
    """openapi.yaml, Invoice-Customer and Invoice-Payer."""
    site.add(invoice())
    body = only(site)
    assert body["customer"].pop("reference") == "a-1"
    assert body["customer"] == body["payer"]


def test_lines_have_up_to_eight_decimals(site: FakeSite) -> None:
    """Facts §7."""
    site.add(invoice(lines=(line(quantity=UNIT // 3, price=9_567_901),)))
    found = only(site, line_items="true")["line_items"][0]
    assert (found["quantity"], found["unit_price"], found["subtotal_amount"]) == (
        "0.33333333",
        "0.09567901",
        "100.0",
    )


def test_a_unit_price_may_be_as_small_as_the_last_decimal(site: FakeSite) -> None:
    """Facts §7."""
    site.add(invoice(lines=(line(price=1), line(price=9_999))))
    prices = [row["unit_price"] for row in only(site, line_items="true")["line_items"]]
    assert prices == ["0.00000001", "0.00009999"]


def test_a_lines_total_is_after_discount_and_tax(site: FakeSite) -> None:
    site.add(invoice(lines=(line(9_900, discount=990 * CENT, tax=601_425_000),)))
    assert only(site, line_items="true")["line_items"][0]["total_amount"] == "95.11425"


def test_a_tiered_component_shows_which_tiers_were_used(site: FakeSite) -> None:
    """Vendor's example of an invoice event: 162 units of which the first 100 are free."""
    tiers = (Tier(1, 1, 100, 0), Tier(2, 101, 500, UNIT // 4), Tier(3, 501, None, 1))
    site.add(point(tiers))
    used = line(1_550, quantity=162 * UNIT, price=9_567_901, component_id=3, price_point_id=11)
    site.add(invoice(lines=(used,)))
    found = only(site, line_items="true")["line_items"][0]
    assert found["tiered_unit_price"] is True
    assert found["component_cost_data"]["rates"][0]["tiers"] == [
        {
            "starting_quantity": 1,
            "ending_quantity": 100,
            "quantity": "100.0",
            "unit_price": "0.0",
            "amount": "0.0",
        },
        {
            "starting_quantity": 101,
            "ending_quantity": 500,
            "quantity": "62.0",
            "unit_price": "0.25",
            "amount": "15.5",
        },
    ]


def point(tiers: tuple[Tier, ...]) -> ComponentPricePoint:
    return ComponentPricePoint(
        id=11, created_at=1, updated_at=1, component_id=3, name="Original", handle="original", kind="default",
        scheme="tiered", tiers=tiers,
    )  # fmt: skip


def test_discount_names_coupon_and_lines(site: FakeSite) -> None:
    lines = (line(6_000, discount=600 * CENT), line(4_000, discount=400 * CENT))
    coupon: dict[str, Any] = {"coupon_id": 40, "coupon_code": "TEN", "coupon_percent": 10}
    site.add(invoice(lines=lines, discount=1_000, **coupon))
    body = only(site, discounts="true", line_items="true")
    found = body["discounts"][0]
    assert (found["code"], found["percentage"], found["discount_amount"]) == ("TEN", "10.0", "10.0")
    assert [part["uid"] for part in found["line_item_breakouts"]] == [
        part["uid"] for part in body["line_items"]
    ]
    assert [part["discount_amount"] for part in found["line_item_breakouts"]] == ["6.0", "4.0"]


def test_a_flat_discount_has_no_percentage(site: FakeSite) -> None:
    site.add(invoice(lines=(line(discount=500 * CENT),), discount=500, coupon_id=41, coupon_code="FIVE"))
    found = only(site, discounts="true")["discounts"][0]
    assert (found["discount_type"], "percentage" in found) == ("flat_amount", False)


def test_tax_names_rate_and_place(site: FakeSite) -> None:
    """Vendor's example: a line's share has more decimals than the whole."""
    taxed = line(9_900, discount=990 * CENT, tax=601_425_000)
    site.add(invoice(lines=(taxed,), subtotal=9_900, discount=990, tax=601, tax_rate=675, tax_title="NC Tax"))
    found = only(site, taxes="true")["taxes"][0]
    assert (found["percentage"], found["taxable_amount"], found["tax_amount"]) == ("6.75", "89.1", "6.01")
    assert found["line_item_breakouts"][0]["tax_amount"] == "6.01425"
    assert found["tax_component_breakouts"][0]["subdivision_code"] == ADDRESS.state


def test_no_tax_no_discount_and_no_entry_are_empty_arrays(site: FakeSite) -> None:
    site.add(invoice())
    body = only(site, **EVERYTHING)
    assert [body[name] for name in DETAILS[1:]] == [[]] * 6


def test_failed_payments_are_not_listed_as_payments(site: FakeSite) -> None:
    site.add(invoice(entries=[Entry("failed_payment", 0, 10_000, 899, "Declined"), payment()]))
    found = only(site, payments="true")["payments"]
    assert [row["transaction_id"] for row in found] == [900]
    assert found[0]["transaction_time"] == "2026-03-02T17:00:00Z"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("card", "credit_card"), ("hosted", "paypal_account"), ("bank", "bank_account"), (None, "external")],
)
def test_payment_method_follows_the_profile(site: FakeSite, kind: str | None, expected: str) -> None:
    site.add(invoice(payment_kind=kind, entries=[payment()]))
    assert only(site, payments="true")["payments"][0]["payment_method"]["type"] == expected


def test_a_refund_names_its_payment(site: FakeSite) -> None:
    back = Entry("refund", at("2026-03-05"), 2_500, 901, "On request", note_id=1, of=900, original=10_000)
    site.add(invoice(entries=[payment(), back]))
    found = only(site, refunds="true")["refunds"][0]
    assert (found["payment_id"], found["original_amount"], found["applied_amount"]) == (900, "100.0", "25.0")


# --- consolidated invoices ---


def test_children_name_their_parent_and_parents_their_first_member(site: FakeSite) -> None:
    """openapi.yaml, Invoice."""
    site.add(
        group(), invoice(1, group_id=4, level="parent"), invoice(2, group_id=4, level="child", parent_id=1)
    )
    child, parent = site.get("/invoices.json")["invoices"]
    assert (child["parent_invoice_uid"], child["parent_invoice_number"]) == (parent["uid"], 1)
    assert (parent["group_primary_subscription_id"], child["group_primary_subscription_id"]) == (30, None)


def test_segments_are_the_children_without_details(site: FakeSite) -> None:
    """Facts §3; ascending (openapi.yaml)."""
    site.add(group(), top := invoice(1, group_id=4, level="parent"), invoice(2))
    site.add(*(invoice(number, group_id=4, level="child", parent_id=1) for number in (3, 4)))
    rows = site.get(f"/invoices/{top.uid}/segments.json", line_items="true")["invoices"]
    assert [row["sequence_number"] for row in rows] == [3, 4]
    assert "line_items" not in rows[0]
    assert site.get("/invoices/inv_unknown/segments.json") is None


# --- the feed (facts §3) ---


@pytest.fixture
def fed(site: FakeSite) -> FakeSite:
    """A site with an invoice that was issued, declined, paid and given back in part."""
    back = Entry("refund", at("2026-03-04"), 2_500, 902, "On request", note_id=1, of=901, original=10_000)
    declined = Entry(
        "failed_payment", at("2026-03-01T17:01:00"), 10_000, 900, "Card declined", original=10_000
    )
    paid = payment(10_000, "2026-03-02T17:00:00", 901)
    entries = [declined, paid, back]
    site.add(invoice(entries=entries, status="paid", paid_on=739_677, updated_at=at("2026-03-04")))
    site.add(note(lines=(line(2_500),), subtotal=2_500, refunds=(back,), applied_on=739_678))
    paid_on = {"status": "paid", "paid_on": 739_677}
    site.add(
        invoice_event(1, "issue_invoice"),
        invoice_event(2, "failed_payment", "2026-03-01T17:01:00", entries=1),
        invoice_event(3, "apply_payment", "2026-03-02T17:00:00", entries=2, **paid_on),
        invoice_event(
            4, "change_invoice_status", "2026-03-02T17:00:00", entries=2, from_status="open", **paid_on
        ),
        invoice_event(5, "create_credit_note", "2026-03-04", entries=2, note_id=1, **paid_on),
        invoice_event(6, "refund_invoice", "2026-03-04", entries=3, note_id=1, **paid_on),
    )
    return site


def ids(site: FakeSite, **query: Any) -> list[int]:
    return [event["id"] for event in site.get("/invoices/events.json", **query)["events"]]


def test_the_feed_is_ascending_whatever_is_asked(fed: FakeSite) -> None:
    assert ids(fed, direction="desc") == [1, 2, 3, 5, 6]


def test_since_id_is_exclusive(fed: FakeSite) -> None:
    assert ids(fed, since_id=3) == [5, 6]


@pytest.mark.parametrize("since", ["2026-03-02T17:00:00Z", "2026-03-02 T 17:00:00 Z", "2026-03-02"])
def test_since_date_wins_over_since_id(fed: FakeSite, since: str) -> None:
    assert ids(fed, since_date=since, since_id=5) == [3, 5, 6]


def test_changes_of_status_only_when_asked_for(fed: FakeSite) -> None:
    assert 4 in ids(fed, with_change_invoice_status="true")
    assert ids(fed, event_types="change_invoice_status") == []


def test_the_feed_filters_by_type_and_by_invoice_or_note(fed: FakeSite) -> None:
    fed.add(invoice(2), invoice_event(7, "issue_invoice", invoice_id=2))
    assert ids(fed, event_types="apply_payment,refund_invoice") == [3, 6]
    assert ids(fed, invoice_uid=invoice(2).uid) == [7]
    assert ids(fed, invoice_uid=note().uid) == [5, 6]
    assert ids(fed, invoice_uid="inv_unknown") == []


def test_the_feed_says_where_in_it_a_page_is(fed: FakeSite) -> None:
    body = fed.get("/invoices/events.json", per_page=2, page=2)
    assert {name: body[name] for name in ("page", "per_page", "total_pages")} == {
        "page": 2,
        "per_page": 2,
        "total_pages": 3,
    }
    assert fed.get("/invoices/events.json")["per_page"] == 100


def test_each_event_shows_the_invoice_as_it_was(fed: FakeSite) -> None:
    """Facts §3: a snapshot."""
    events = fed.get("/invoices/events.json")["events"]
    then = [event["invoice"] for event in events]
    assert [row["paid_amount"] for row in then] == ["0.0", "0.0", "100.0", "100.0", "100.0"]
    assert [row["refund_amount"] for row in then] == ["0.0", "0.0", "0.0", "0.0", "25.0"]
    assert [row["status"] for row in then] == ["open", "open", "paid", "paid", "paid"]
    assert [row["paid_date"] is None for row in then] == [True, True, False, False, False]
    assert [at(row["updated_at"]) for row in then] == [at(event["timestamp"]) for event in events]
    assert then[0]["id"] == 1
    assert set(DETAILS) <= set(then[0])


def test_old_events_have_no_snapshot(site: FakeSite) -> None:
    """Facts §3: none before 2018-09-05."""
    site.add(invoice())
    site.add(invoice_event(1, "issue_invoice", "2018-09-04"), invoice_event(2, "issue_invoice", "2018-09-05"))
    assert ["invoice" in event for event in site.get("/invoices/events.json")["events"]] == [False, True]


def data(site: FakeSite, number: int) -> dict[str, Any]:
    events = site.get("/invoices/events.json", with_change_invoice_status="true")["events"]
    return next(dict(event["event_data"]) for event in events if event["id"] == number)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (1, {"from_status": "draft", "to_status": "open", "due_amount": "100.0", "total_amount": "100.0"}),
        (
            2,
            {
                "amount_in_cents": 10_000,
                "applied_amount": 100,
                "payment_method": "credit_card",
                "transaction_id": 900,
            },
        ),
        (3, {"applied_amount": "100.0", "transaction_id": 901, "transaction_time": "2026-03-02T17:00:00Z"}),
        (4, {"from_status": "open", "to_status": "paid"}),
        (5, {"status": "open", "applied_amount": "0.0", "total_amount": "25.0", "refunds": []}),
        (6, {"refund_amount": "25.0", "refund_id": 902, "payment_id": 901, "apply_credit": False}),
    ],
)
def test_event_data_of(fed: FakeSite, number: int, expected: dict[str, Any]) -> None:
    """openapi.yaml, the event data of each Invoice-Event-Type."""
    found = data(fed, number)
    assert {name: found[name] for name in expected} == expected


def test_event_data_of_a_credit(site: FakeSite) -> None:
    met = Entry("credit", at("2026-03-04"), 3_000, 903, "Goodwill", note_id=1, original=4_000)
    site.add(invoice(entries=[met]), note(applications=(Application(at("2026-03-04"), 1, 3_000),)))
    site.add(invoice_event(1, "apply_credit_note", "2026-03-04", entries=1, note_id=1))
    found = data(site, 1)
    assert (found["original_amount"], found["applied_amount"]) == ("40.0", "30.0")
    application = site.get(f"/credit_notes/{note().uid}.json")["applications"][0]
    assert found["uid"] == application["uid"] == only(site, credits="true")["credits"][0]["uid"]


def test_event_data_of_a_void(site: FakeSite) -> None:
    met = Entry("credit", at("2026-03-04"), 10_000, 903, "Void", note_id=1, original=10_000)
    voided = note(lines=(line(),), subtotal=10_000, applications=(Application(at("2026-03-04"), 1, 10_000),))
    site.add(invoice(entries=[met], status="voided"), voided)
    site.add(invoice_event(1, "void_invoice", "2026-03-04", entries=1, note_id=1, status="voided"))
    found = data(site, 1)
    assert (found["applied_amount"], found["is_advance_invoice"]) == ("100.0", False)
    assert found["credit_note_attributes"]["uid"] == voided.uid


# --- credit notes (facts §3) ---


def test_credit_notes_filter_by_subscription_only(site: FakeSite) -> None:
    site.add(invoice(), note(1), note(2, subscription_id=31))
    every = site.get("/credit_notes.json", start_date="2030-01-01", date_field="created_at")["credit_notes"]
    assert len(every) == 2
    rows = site.get("/credit_notes.json", subscription_id=31)["credit_notes"]
    assert [row["sequence_number"] for row in rows] == [2]


def test_credit_note_arrays_are_absent_unless_asked_for(site: FakeSite) -> None:
    arrays = {"line_items", "discounts", "taxes", "applications", "refunds"}
    site.add(invoice(), note())
    row = site.get("/credit_notes.json", applications="true")["credit_notes"][0]
    assert arrays & set(row) == {"applications"}
    assert not {"created_at", "updated_at"} & set(row)  # it has neither (facts §3)
    assert arrays <= set(site.get(f"/credit_notes/{note().uid}.json"))


def test_a_note_is_open_until_nothing_is_left(site: FakeSite) -> None:
    part = Application(at("2026-03-04"), 1, 1_500)
    site.add(
        invoice(),
        note(1, applications=(part,)),
        note(2, applications=(part,), subtotal=1_500, applied_on=739_680),
    )
    done, partly = site.get("/credit_notes.json")["credit_notes"]
    assert (partly["status"], partly["applied_amount"], partly["remaining_amount"]) == (
        "open",
        "15.0",
        "25.0",
    )
    assert (done["status"], done["remaining_amount"], "applied_date" in partly) == ("applied", "0.0", False)


# --- proforma invoices ---


def test_there_are_no_proforma_invoices(site: FakeSite) -> None:
    site.add(subscription(), group())
    body = site.get("/subscriptions/30/proforma_invoices.json", page=3)
    assert body["proforma_invoices"] == []
    assert body["meta"] == {"total_count": 0, "current_page": 3, "total_pages": 0, "status_code": 200}
    assert site.get("/subscription_groups/grp_1/proforma_invoices.json")["proforma_invoices"] == []
    assert site.get("/subscriptions/99/proforma_invoices.json") is None
