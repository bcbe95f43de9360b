"""The vendor's recorded answers in standard form; they stay where they are (facts §8)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from .support import ACCOUNT, RECORDED, needs_recorded, recorded_rows, stream
from .test_mapping import assert_all_fit

pytestmark = needs_recorded
LISTS = ("site", "product_families", "customers", "products", "subscriptions", "invoices")
# A site without Relationship Invoicing, which this connector doesn't read yet.
LEGACY = "invoices/3.json"
FILES = [
    (name, str(file.relative_to(RECORDED)))
    for name in LISTS
    for file in sorted((RECORDED / name).glob("*.json"))
    if str(file.relative_to(RECORDED)) != LEGACY
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


def test_the_recorded_site() -> None:
    (row,) = recorded_rows("site", "site/1.json")
    assert (row.values["subdomain"], row.values["is_test"]) == ("python-sdk", True)
