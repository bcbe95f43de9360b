"""What the catalogue shows of Chargify, and what is taken as its key."""

from __future__ import annotations

import pytest

from integrations.connectors.base import InvalidAccount
from integrations.connectors.chargify import ChargifyConnector

CONNECTOR = ChargifyConnector()


@pytest.mark.parametrize(
    "entered", ["abc123", "  abc123\r\n", '"abc123"', "“abc123”", "'abc123' ", "\ufeffabc123"]
)
def test_a_key_loses_what_came_along(entered: str) -> None:
    assert CONNECTOR.clean_secret(entered) == "abc123"


@pytest.mark.parametrize(
    "entered", ["", "  \n", '""', "abc 123", "abc\n123", "abc:x", "abcé", "abc\0d", "a" * 201]
)
def test_what_can_be_no_key_is_refused_without_repeating_it(entered: str) -> None:
    with pytest.raises(InvalidAccount) as caught:
        CONNECTOR.clean_secret(entered)
    assert not entered.strip() or entered not in str(caught.value)


def test_streams_come_in_dependency_order() -> None:
    names = [stream.name for stream in CONNECTOR.streams]
    assert names[:4] == ["site", "product_families", "customers", "products"]
    for first, then in (
        ("products", "product_price_points"),
        ("components", "component_price_points"),
        ("product_price_points", "subscriptions"),
        ("component_price_points", "subscription_components"),
        ("coupons", "subscriptions"),
        ("coupons", "coupon_codes"),
        ("payment_profiles", "subscriptions"),
        ("subscriptions", "subscription_components"),
        ("subscriptions", "subscription_groups"),
        ("subscriptions", "statements"),
        ("statements", "transactions"),
        ("transactions", "invoices"),
        ("subscriptions", "invoices"),
        ("invoices", "credit_notes"),
        ("credit_notes", "invoice_events"),
        ("subscriptions", "subscription_metadata"),
    ):
        assert names.index(first) < names.index(then)


def test_has_what_the_pages_show() -> None:
    assert CONNECTOR.platform_key == "rkgp"
    assert CONNECTOR.integration_id != CONNECTOR.source_id
    assert [field.name for field in CONNECTOR.account_fields] == ["site"]
    assert "not its ID" in " ".join(CONNECTOR.key_help)
