"""The business behind the answers: consistent, deterministic, hostile, and counted right (facts §7)."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
import requests

from integrations.simulator import Simulator, SiteSpec

from .conftest import NOW, Vendor
from .test_lists import DETAILS, moment

RECORDED = Path(__file__).parents[2].parent / "shared/reference/chargify/recorded"
EVERYTHING = dict.fromkeys(DETAILS, "true")
CENT = Decimal("0.01")


def total(rows: list[dict[str, Any]], name: str) -> Decimal:
    return sum((Decimal(row[name]) for row in rows), Decimal(0))


def cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


def test_invoice_arithmetic_is_the_vendors(vendor: Vendor) -> None:
    """openapi.yaml, Invoice: total = subtotal - discount + tax; due = total - credit - paid."""
    for row in vendor.all("/invoices.json", **EVERYTHING):
        money = {name[:-7]: Decimal(row[name]) for name in row if name.endswith("_amount")}
        assert money["total"] == money["subtotal"] - money["discount"] + money["tax"]
        assert money["due"] == money["total"] - money["credit"] - money["paid"] >= 0
        assert money["refund"] <= money["paid"]
        assert money["due"] == 0 or row["status"] in ("open", "pending", "draft", "canceled")
        assert (row["paid_date"] is not None) == (row["status"] == "paid")


def test_invoice_details_add_up(vendor: Vendor) -> None:
    for row in vendor.all("/invoices.json", **EVERYTHING):
        lines = row["line_items"]
        assert total(lines, "subtotal_amount") == Decimal(row["subtotal_amount"])
        assert cents(total(lines, "discount_amount")) == Decimal(row["discount_amount"])
        assert cents(total(lines, "tax_amount")) == Decimal(row["tax_amount"])
        assert total(row["discounts"], "discount_amount") == Decimal(row["discount_amount"])
        assert total(row["taxes"], "tax_amount") == Decimal(row["tax_amount"])
        assert total(row["payments"], "applied_amount") == Decimal(row["paid_amount"])
        assert total(row["credits"], "applied_amount") == Decimal(row["credit_amount"])
        assert total(row["refunds"], "applied_amount") == Decimal(row["refund_amount"])
        for line in lines:
            product = Decimal(line["quantity"]) * Decimal(line["unit_price"])
            assert cents(product) == Decimal(line["subtotal_amount"])


def test_amounts_have_the_vendors_forms(vendor: Vendor) -> None:
    """Facts §7: decimal strings with at least one and up to eight decimals; cents as integers elsewhere."""
    lines = [line for row in vendor.all("/invoices.json", line_items="true") for line in row["line_items"]]
    decimals = {len(line["unit_price"].partition(".")[2]) for line in lines}
    assert min(decimals) == 1
    assert max(decimals) == 8
    assert all(isinstance(line["quantity"], str) for line in lines)
    subscription = vendor.rows("/subscriptions.json")[0]
    assert isinstance(subscription["balance_in_cents"], int)
    assert isinstance(subscription["signup_revenue"], str)
    assert vendor.get("/site.json").json()["site"]["allocation_settings"]["accrue_charge"] == "true"


def test_times_carry_the_sites_offset_with_daylight_saving(vendor: Vendor) -> None:
    """Facts §7."""
    offsets = {row["created_at"][-6:] for row in vendor.all("/invoices.json")}
    assert offsets == {"-05:00", "-04:00"}


def test_nothing_is_changed_before_it_was_made_or_in_the_future(vendor: Vendor) -> None:
    for path in ("/customers.json", "/subscriptions.json", "/invoices.json", "/products.json"):
        for row in vendor.all(path):
            assert moment(row["created_at"]) <= moment(row["updated_at"]) <= NOW


def test_some_records_share_a_second(vendor: Vendor) -> None:
    times = Counter(row["created_at"] for row in vendor.all("/customers.json"))
    assert max(times.values()) > 1


def test_ledger_equals_a_full_read(vendor: Vendor) -> None:
    """The ledger is counted from the facts, this from the bodies: neither knows the other."""
    invoices = vendor.all("/invoices.json", **EVERYTHING)
    sums: dict[str, Counter[str]] = {}
    for row in invoices:
        amounts = {"total": "total", "paid": "paid", "due": "due", "refunded": "refund"}
        found = {key: int(Decimal(row[f"{name}_amount"]) * 100) for key, name in amounts.items()}
        sums.setdefault(row["currency"], Counter()).update(found)
    ledger = requests.get(f"{vendor.simulator.root}/control/us/acme/ledger", timeout=5).json()
    assert ledger["rows"] == {
        "customers": len(vendor.all("/customers.json")),
        "product_families": len(vendor.rows("/product_families.json")),
        "products": len(vendor.rows("/products.json", include_archived="true")),
        "subscriptions": len(vendor.all("/subscriptions.json")),
        "invoices": len(invoices),
        "invoice_lines": sum(len(row["line_items"]) for row in invoices),
        **{name: sum(len(row[name]) for row in invoices) for name in DETAILS[1:] if name != "custom_fields"},
    }
    assert set(sums) == {"USD", "EUR"}
    for currency, expected in sums.items():
        assert {key: ledger["sums"][currency][key] for key in expected} == dict(expected)


def read_all(spec: SiteSpec) -> list[bytes]:
    paths = ("site", "stats", "customers", "products", "subscriptions", "invoices")
    with Simulator([spec]) as simulator:
        base, auth = simulator.url(spec.region, spec.subdomain), (spec.api_key, "x")
        return [
            requests.get(f"{base}/{path}.json?per_page=200&line_items=true", auth=auth, timeout=5).content
            for path in paths
        ]


def test_same_seed_and_moment_give_the_same_bytes() -> None:
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    first = read_all(SiteSpec(seed=5, customers=60, now=now))
    assert first == read_all(SiteSpec(seed=5, customers=60, now=now))
    assert first != read_all(SiteSpec(seed=6, customers=60, now=now))


def test_most_states_and_oddities_are_there(vendor: Vendor) -> None:
    """Facts §7: states, null products (2026), null cards, absent keys."""
    rows = vendor.all("/subscriptions.json")
    states = {row["state"] for row in rows}
    assert {"active", "trialing", "past_due", "canceled", "on_hold", "expired", "unpaid"} <= states
    assert any(row["product"] is None and row["created_at"] >= "2026" for row in rows)
    assert any("credit_card" not in row for row in rows)
    assert any("group" not in row for row in rows)
    cards = [row["credit_card"] for row in rows if "credit_card" in row]
    assert any(card["masked_card_number"] is None for card in cards)
    statuses = {row["status"] for row in vendor.all("/invoices.json")}
    assert {"draft", "open", "paid", "pending", "voided"} <= statuses


def test_five_invoices_for_every_subscription() -> None:
    rows = Simulator([SiteSpec(customers=1_000)]).site("us", "acme").ledger()["rows"]
    assert rows["subscriptions"] == 1_200
    assert 4_500 < rows["invoices"] < 7_500


def test_names_are_hostile(vendor: Vendor) -> None:
    raw = vendor.get("/customers.json").text
    rows = vendor.all("/customers.json")
    assert any(row["first_name"].startswith("<script>") for row in rows)
    assert any(row["first_name"] == "=1+1" for row in rows)
    assert sum("\0" in (row["organization"] or "") for row in rows) == 1
    assert "\\u0000" in raw


def test_updates_move_updated_at_to_now(vendor: Vendor) -> None:
    for resource in ("customers", "subscriptions", "invoices", "products"):
        url = f"{vendor.simulator.root}/control/us/acme/update"
        ids = requests.post(url, json={"resource": resource, "count": 3}, timeout=5).json()["ids"]
        since = {"date_field": "updated_at", "start_datetime": NOW.isoformat()}
        found = vendor.all(f"/{resource}.json", **since, include_archived="true")
        assert set(ids) <= {row["uid" if resource == "invoices" else "id"] for row in found}
        assert len(ids) == 3


def test_paying_an_invoice_settles_it(vendor: Vendor) -> None:
    uid = vendor.rows("/invoices.json", status="open")[0]["uid"]
    vendor.site.pay_invoice(uid)
    row = vendor.get(f"/invoices/{uid}.json").json()
    assert (row["status"], row["due_amount"]) == ("paid", "0.0")
    assert total(row["payments"], "applied_amount") == Decimal(row["paid_amount"])


def test_deleted_customer_leaves_its_invoices(vendor: Vendor) -> None:
    """Facts §3, deletes."""
    number = vendor.rows("/invoices.json")[0]["customer_id"]
    assert number in [row["id"] for row in vendor.all("/customers.json")]
    url = f"{vendor.simulator.root}/control/us/acme/delete"
    assert requests.post(url, json={"resource": "customers", "id": number}, timeout=5).ok
    assert number not in [row["id"] for row in vendor.all("/customers.json")]
    assert vendor.get(f"/customers/{number}.json").status_code == 404
    assert vendor.rows("/invoices.json", customer_ids=number)
    assert vendor.site.add_customer() > number


@pytest.mark.parametrize(
    ("action", "order"),
    [
        ("update", {"resource": "site_id"}),
        ("delete", {"resource": "invoices", "id": 1}),
        ("delete", {"resource": "customers", "id": 1}),
        ("weather", {"mode": "hail"}),
    ],
)
def test_bad_orders_are_refused(vendor: Vendor, action: str, order: dict[str, Any]) -> None:
    url = f"{vendor.simulator.root}/control/us/acme/{action}"
    assert requests.post(url, json=order, timeout=5).status_code == 400


@pytest.mark.skipif(not RECORDED.is_dir(), reason=f"the recorded bodies are not here: {RECORDED}")
@pytest.mark.parametrize(
    ("path", "recorded"),
    [
        ("/site.json", "site/1"),
        ("/site.json", "site/2"),
        ("/stats.json", "stats/1"),
        ("/customers.json", "customers/2"),
        ("/customers.json", "customers_ID/1"),
        ("/customers.json", "customers_ID/4"),
        ("/product_families.json", "product_families/1"),
        ("/products.json", "products/3"),
        ("/products.json", "products_ID/1"),
        ("/subscriptions.json", "subscriptions/1"),
        ("/subscriptions.json", "subscriptions_ID/10"),
        ("/invoices.json", "invoices/1"),
        ("/invoices.json", "invoices_ID/4"),
    ],
)
def test_every_recorded_key_is_produced(vendor: Vendor, path: str, recorded: str) -> None:
    """Facts §8; the union over a page, as some keys are absent from some records."""
    known = keys(json.loads((RECORDED / f"{recorded}.json").read_text()))
    produced = keys(vendor.get(path, per_page=200, **EVERYTHING).json())
    assert known <= produced


def keys(body: Any) -> set[str]:
    """Return the keys of a body's records, below wrappers, and one level into what they embed."""
    if isinstance(body, list):
        return set().union(*(keys(row) for row in body))
    inner = next(iter(body.values())) if len(body) == 1 else body
    if inner is not body:
        return keys(inner)
    embedded = ("customer", "product", "credit_card", "stats", "line_items", "payments")
    found = set(body)
    for name in embedded:
        rows = body.get(name)
        for row in rows if isinstance(rows, list) else [rows] if isinstance(rows, dict) else []:
            found |= {f"{name}.{key}" for key in row}
    return found


def test_fixed_clock_is_the_date_header() -> None:
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    spec = SiteSpec(customers=2, now=now)
    with Simulator([spec]) as simulator:
        answer = requests.get(f"{simulator.url('us', 'acme')}/site.json", auth=(spec.api_key, "x"), timeout=5)
    assert answer.headers["date"] == "Sun, 01 Mar 2026 12:00:00 GMT"
