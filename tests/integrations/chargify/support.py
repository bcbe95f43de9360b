"""What the tests of the connector share: an account, bodies, and the vendor's recorded answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from integrations.connectors.base import Account, Row, Stream
from integrations.connectors.chargify import ChargifyConnector
from integrations.connectors.chargify.streams import LEGACY_INVOICES

RECORDED = Path(__file__).parents[3].parent / "shared/reference/chargify/recorded"
needs_recorded = pytest.mark.skipif(not RECORDED.is_dir(), reason=f"no recorded answers in {RECORDED}")
ACCOUNT = Account(id="1", name="Acme", host="acme.chargify.com", is_test=False, currency="USD")
KEY = "s3cretKeyThatNobodyMaySee"
SITE = {"id": 87359, "name": "Acme Projects", "subdomain": "acme", "currency": "USD", "test": True}
STREAMS = (*ChargifyConnector.streams, LEGACY_INVOICES)


def stream(name: str) -> Stream:
    """Return one of the connector's streams."""
    return next(stream for stream in STREAMS if stream.name == name)


def row(name: str, body: dict[str, Any]) -> Row:
    """Return the row that a stream makes of a body."""
    return stream(name).map(json.dumps(body).encode(), ACCOUNT)


def recorded_rows(name: str, file: str) -> list[Row]:
    """Return the rows that a stream makes of a recorded answer."""
    wanted = stream(name)
    return [wanted.map(bytes(body), ACCOUNT) for body in wanted.items((RECORDED / file).read_bytes())]


SUBSCRIPTION: dict[str, Any] = {
    "id": 32118769,
    "state": "active",
    "previous_state": "trialing",
    "created_at": "2020-03-24T20:17:20-07:00",
    "updated_at": "2020-03-24T20:33:08-07:00",
    "balance_in_cents": -250,
    "total_revenue_in_cents": 1000,
    "product_price_in_cents": 1000,
    "product_price_point_id": 906882,
    "coupon_codes": ["SPRING", "LOYAL"],
    "currency": "USD",
    "customer": {"id": 33145282, "first_name": "Alysa"},
    "product": {"id": 5216049, "name": "Gold Plan", "interval": 1, "interval_unit": "month"},
    "credit_card": {"id": 22922729, "masked_card_number": "XXXX-1"},
}
INVOICE: dict[str, Any] = {
    "uid": "inv_8gd8tdhtd3hgr",
    "customer_id": 20194505,
    "subscription_id": 20597774,
    "number": "117",
    "issue_date": "2018-07-26",
    "due_date": "2018-07-26",
    "paid_date": None,
    "status": "open",
    "created_at": "2018-07-26T00:30:00-04:00",
    "updated_at": "2018-07-26T00:31:00-04:00",
    "currency": "USD",
    "subtotal_amount": "126.5",
    "total_amount": "126.5",
    "due_amount": "0.0",
    "public_url": "https://www.chargifypay.com/invoice/inv_8gd8tdhtd3hgr?token=a",
    "line_items": [
        {
            "uid": "li_1",
            "title": "Plan",
            "quantity": "11.0",
            "unit_price": "11.50000001",
            "total_amount": "126.5",
        }
    ],
    "payments": [
        {
            "transaction_id": 253028955,
            "transaction_time": "2018-07-26T15:22:02Z",
            "applied_amount": "100.0",
            "original_amount": "150.0",
            "payment_method": {"type": "credit_card"},
            "prepayment": False,
            "gateway_used": "bogus",
        }
    ],
}
