"""The token of how a customer pays comes no further than the session."""

from __future__ import annotations

import json

import responses

from integrations.connectors.chargebee import ChargebeeConnector

from .records import customer
from .support import KEY, stream


def test_of_a_listed_customer(vendor: responses.RequestsMock) -> None:
    paying = {"type": "card", "gateway": "stripe", "reference_id": "cus_1/card_1", "status": "valid"}
    sent = json.dumps({"list": [{"customer": customer(1, 1_700_000_000) | {"payment_method": paying}}]})
    vendor.get("https://acme.chargebee.com/api/v2/customers", sent.encode())
    session = ChargebeeConnector().open({"site": "acme"}, KEY)
    (kept,) = session.fetch(stream("customers"), page=1, per_page=100, since=None).bodies
    assert json.loads(kept)["payment_method"] == paying | {"reference_id": None}
    assert kept.decode() in sent.replace('"cus_1/card_1"', "null")
