"""The vendor's recorded answers in standard form; they stay where they are (facts §8)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from integrations.connectors.chargify.answers import without_secrets

from .support import ACCOUNT, RECORDED, STREAMS, needs_recorded, recorded_rows, stream
from .test_mapping import assert_all_fit

pytestmark = needs_recorded
# Where the recorded answers of a list stand, where not under its own name.
FOLDERS = {
    "product_price_points": "products_price_points",
    "component_price_points": "components_price_points",
    "invoice_events": "invoices_events",
    "legacy_invoices": "invoices",
    "site_statistics": "stats",
    "site_mrr": "mrr",
    "customer_metadata": "ID_ID_metadata",
    "subscription_metadata": "ID_ID_metadata",
}
# A stranger's whole site has never been recorded; of codes, the bare texts alone were.
UNRECORDED = {"subscription_components", "coupon_codes"}
LISTS = tuple(each.name for each in STREAMS if each.name not in UNRECORDED)
# A site from before Relationship Invoicing.
LEGACY = "invoices/3.json"
FILES = [
    (name, str(file.relative_to(RECORDED)))
    for name in LISTS
    for file in sorted((RECORDED / FOLDERS.get(name, name)).glob("*.json"))
    if name not in {"invoices", "legacy_invoices"}
    or (name == "legacy_invoices") == (str(file.relative_to(RECORDED)) == LEGACY)
]


@pytest.mark.parametrize(("name", "file"), FILES)
def test_every_recorded_list_fits(name: str, file: str) -> None:
    rows = recorded_rows(name, file)
    assert rows
    for row in rows:
        assert_all_fit(name, row)


def test_a_recorded_subscription() -> None:
    (row,) = recorded_rows("subscriptions", "subscriptions/1.json")
    assert (row.source_id, row.values["state"], row.values["price_minor"]) == ("32118769", "active", 1000)
    assert (row.values["customer_source_id"], row.values["product_name"]) == ("33145282", "Gold Plan")
    assert row.warnings == ()


def test_a_recorded_product() -> None:
    (row,) = recorded_rows("products", "product_families_ID_products/1.json")
    assert (row.source_id, row.values["handle"], row.values["product_family_source_id"]) == (
        "5216049",
        "gold",
        "1518096",
    )


def test_a_recorded_invoice_with_parts() -> None:
    row = stream("invoices").map((RECORDED / "invoices_ID/1.json").read_bytes(), ACCOUNT)
    (line,), (payment,) = row.children["invoiceline"], row.children["payment"]
    assert (line.values["unit_price"], line.values["total_minor"]) == (Decimal("100.0"), 10000)
    assert (payment.values["method"], payment.values["amount_minor"]) == ("credit_card", 10000)
    assert row.warnings == line.warnings == payment.warnings == ()


def test_a_recorded_component() -> None:
    rows = recorded_rows("components", "product_families_ID_components/1.json")
    assert all(row.values["kind"].endswith("_component") for row in rows)
    assert rows[0].values["product_family_source_id"]


def test_recorded_components_of_a_subscription() -> None:
    """The list of one subscription has the same objects in another wrapper."""
    for file in sorted((RECORDED / "subscriptions_ID_components").glob("*.json")):
        for entry in json.loads(file.read_bytes()):
            row = stream("subscription_components").map(json.dumps(entry["component"]).encode(), ACCOUNT)
            assert_all_fit("subscription_components", row)


def test_a_recorded_credit_note() -> None:
    row = recorded_rows("credit_notes", "credit_notes/1.json")[0]
    assert row.source_id.startswith("cn_")
    assert row.values["total_minor"] == row.values["applied_minor"] + row.values["remaining_minor"]
    # Its amounts have more places than the currency.
    assert all(warning.endswith("rounded to minor units") for warning in row.warnings)


def test_a_recorded_invoice_of_an_old_site() -> None:
    row = recorded_rows("legacy_invoices", LEGACY)[0]
    (line,) = row.children["invoiceline"]
    assert (row.source_id, row.values["status"], row.values["due_minor"]) == ("1231028", "unpaid", 1000)
    assert (line.values["title"], line.values["total_minor"]) == (
        "Trial Product (10/20/2016 - 11/20/2016)",
        1000,
    )


def test_a_recorded_transaction() -> None:
    row = recorded_rows("transactions", "transactions/1.json")[0]
    assert (row.values["type"], row.values["amount_minor"], row.values["success"]) == ("Payment", 1000, True)
    assert row.values["masked_number"] == "XXXX-XXXX-XXXX-1"


def test_recorded_events_of_invoices() -> None:
    rows = recorded_rows("invoice_events", "invoices_events/1.json")
    assert (rows[0].source_id, rows[0].values["amount_minor"]) == ("83", 16861)
    assert all(row.values["invoice_source_id"].startswith("inv_") for row in rows)


def test_no_token_of_a_recorded_answer_is_kept() -> None:
    with_tokens = 0
    for file in sorted(RECORDED.glob("*/*.json")):
        answer = file.read_bytes()
        kept = without_secrets(answer)
        tokens = [value for name, value in named(json.loads(answer)) if name.endswith("vault_token")]
        assert not any(value for name, value in named(json.loads(kept)) if name.endswith("_token"))
        with_tokens += any(tokens)
        if not tokens:
            assert kept == answer
    assert with_tokens > 5


def named(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield every key of a JSON value with what it names."""
    if isinstance(value, dict):
        yield from value.items()
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else []:
        yield from named(inner)


def test_the_recorded_site() -> None:
    (row,) = recorded_rows("site", "site/1.json")
    assert (row.values["subdomain"], row.values["is_test"]) == ("python-sdk", True)
