"""No token comes further than the session: not into a row, not into a body that no row can be made of."""

from __future__ import annotations

import json
from typing import Any

import pytest
import responses

from integrations.connectors.chargify import ChargifyConnector

from .bodies import PAYMENT_PROFILE
from .support import KEY, SUBSCRIPTION, stream

CARD = {"id": 22922729, "vault_token": "token-of-the-vault", "customer_vault_token": "token-of-the-customer"}
LISTED = [
    ("subscriptions", SUBSCRIPTION | {"credit_card": CARD}),
    ("subscriptions", SUBSCRIPTION | {"bank_account": CARD, "self_service_page_token": "token-of-the-page"}),
    ("subscriptions", {"no": "id", "credit_card": CARD}),
    ("payment_profiles", PAYMENT_PROFILE),
]


@pytest.mark.parametrize(("name", "body"), LISTED)
def test_of_a_listed_body(vendor: responses.RequestsMock, name: str, body: dict[str, Any]) -> None:
    wanted = stream(name)
    sent = json.dumps([{name.removesuffix("s"): body}], indent=1).encode()
    vendor.get(f"https://acme.chargify.com{wanted.path}", sent)
    session = ChargifyConnector().open({"site": "acme", "region": "us"}, KEY)
    (kept,) = session.fetch(wanted, page=1, per_page=200, since=None).bodies
    assert b"token-of" in sent
    assert b"token-of" not in kept
    expected = sent
    for token in (b'"token-of-the-vault"', b'"token-of-the-customer"', b'"token-of-the-page"'):
        expected = expected.replace(token, b"null")
    # The rest is there to the byte.
    assert kept in expected
