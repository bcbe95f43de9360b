"""What a site from before Relationship Invoicing has, in standard form."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from .bodies import CHARGE, LEGACY_INVOICE, PAYMENT, STATEMENT
from .support import row


def test_an_invoice_is_known_by_its_id() -> None:
    found = row("legacy_invoices", LEGACY_INVOICE)
    values = found.values
    assert (found.source_id, values["number"], values["status"]) == ("1231028", "000013", "partial")
    assert (values["customer_source_id"], values["subscription_source_id"]) == ("7", "9")
    assert found.source_updated_at == datetime(2016, 1, 2, 5, tzinfo=UTC)
    assert (found.warnings, values["issue_date"], values["due_date"]) == ((), None, None)


def test_its_amounts_are_those_that_the_vendor_states_and_sums_of_its_transactions() -> None:
    values = row("legacy_invoices", LEGACY_INVOICE).values
    assert {name: value for name, value in values.items() if name.endswith("_minor")} == {
        "subtotal_minor": 1000,
        "discount_minor": 100,
        "tax_minor": 100,
        "total_minor": 1000,
        "credit_minor": 50,
        "paid_minor": 400,
        "refund_minor": 150,
        "due_minor": 550,
    }


def test_its_transactions_go_where_they_belong() -> None:
    children = row("legacy_invoices", LEGACY_INVOICE).children
    found = {
        table: [
            (part.source_id, part.values.get("amount_minor", part.values.get("total_minor")))
            for part in parts
        ]
        for table, parts in children.items()
    }
    assert found == {
        "invoiceline": [("1231028:31", 1000)],
        "tax": [("1231028:32", 100)],
        "discount": [("1231028:33", 100)],
        "payment": [("1231028:34", 400)],
        "refund": [("1231028:36", 150)],
        "appliedcredit": [("1231028:37", 50)],
    }
    (payment,), (refund,) = children["payment"], children["refund"]
    assert (payment.values["method"], payment.values["paid_at"]) == (
        "credit_card",
        datetime(2016, 1, 1, 5, tzinfo=UTC),
    )
    assert refund.values["payment_source_id"] == "34"


def test_a_list_that_is_absent_says_nothing() -> None:
    bare = {key: value for key, value in LEGACY_INVOICE.items() if key != "charges"}
    found = row("legacy_invoices", bare)
    assert found.children.keys() == {"payment", "refund", "discount", "appliedcredit"}
    assert (found.values["subtotal_minor"], found.values["tax_minor"]) == (None, None)
    assert found.values["customer_source_id"] == "7"


def test_what_cannot_be_read_of_a_transaction_is_said_once() -> None:
    found = row("legacy_invoices", {"id": 1, "charges": [CHARGE | {"amount_in_cents": "?"}]})
    (line,) = found.children["invoiceline"]
    assert (found.warnings, line.warnings) == ((), ("amount_in_cents: can't be read",))


def test_a_statement() -> None:
    values = row("statements", STATEMENT).values
    assert (values["customer_name"], values["subscription_source_id"]) == ("Ada King", "9")
    assert (values["starting_balance_minor"], values["total_minor"]) == (-250, 1000)
    assert (values["closed_at"], values["settled_at"]) == (datetime(2016, 2, 1, 5, tzinfo=UTC), None)


@pytest.mark.parametrize(("given", "currency"), [({}, "USD"), ({"currency": "EUR"}, "EUR")])
def test_a_transaction(given: dict[str, str], currency: str) -> None:
    body = PAYMENT | {"statement_id": 3, "period_range_start": "2016-01-01"} | given
    values = row("transactions", body).values
    assert (values["type"], values["success"], values["amount_minor"]) == ("Payment", True, 400)
    assert (values["masked_number"], values["statement_source_id"]) == ("XXXX-XXXX-XXXX-1", "3")
    assert (values["currency"], values["period_start"]) == (currency, date(2016, 1, 1))
