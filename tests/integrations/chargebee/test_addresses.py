"""What a person may type as the address of a site or as its key, and where we would go for it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.connectors.base import ConnectorError, InvalidAccount, Problem
from integrations.connectors.chargebee import ChargebeeConnector
from integrations.connectors.chargebee.addresses import base_url

CONNECTOR = ChargebeeConnector()


@pytest.mark.parametrize(
    ("entered", "site"),
    [
        ("acme", "acme"),
        ("  Acme-2 ", "acme-2"),
        ("acme/", "acme"),
        ("acme-test", "acme-test"),
        ("ACME.Chargebee.COM.", "acme"),
        ("acme.chargebee.com:443", "acme"),
        ("https://acme-test.chargebee.com/d/customers?x=1#y", "acme-test"),
        ("'acme.chargebee.com/'", "acme"),
    ],
)
def test_accepts(entered: str, site: str) -> None:
    assert CONNECTOR.parse_account({"site": entered}) == {"site": site}


@pytest.mark.parametrize(
    "entered",
    [
        "",
        "https://",
        "app",
        "https://app.chargebee.com/login",
        "www.chargebee.com",
        "chargebee.com",
        ".chargebee.com",
        "acme.evil.example",
        "acme.chargebee.com.evil.example",
        "acme.chargebee.com@evil.example",
        "evilchargebee.com",
        "evil.example/acme.chargebee.com",
        "evil.example#.chargebee.com",
        "a.b.chargebee.com",
        "ac me",
        "-acme",
        "ácme",
        "acme\\.chargebee.com",
        "127.0.0.1",
        "ftp://acme.chargebee.com",
        "me@acme.com",
        "a" * 64,
    ],
)
def test_refuses_in_words_for_people(entered: str) -> None:
    with pytest.raises(InvalidAccount, match=r"acme\.chargebee\.com"):
        CONNECTOR.parse_account({"site": entered})


@given(st.text())
def test_whatever_is_typed_leads_to_the_vendor_or_nowhere(entered: str) -> None:
    try:
        site = CONNECTOR.parse_account({"site": entered})["site"]
    except InvalidAccount:
        return
    host = base_url(site).removeprefix("https://").removesuffix("/api/v2")
    assert host.endswith(".chargebee.com")
    assert set(host) <= set("abcdefghijklmnopqrstuvwxyz0123456789-.")


@pytest.mark.parametrize("site", ["evil.example/x", "app", ""])
def test_a_stored_address_is_checked_again(site: str) -> None:
    with pytest.raises(ConnectorError) as caught:
        base_url(site)
    assert caught.value.problem is Problem.INTERNAL


@pytest.mark.parametrize("entered", ["live_AbCdEf", "test_x", "Zx81kQ0pLm29TtUv45WwYz77Ab"])
def test_a_key_in_the_sites_place_is_refused_without_repeating_it(entered: str) -> None:
    with pytest.raises(InvalidAccount, match="looks like an API key") as caught:
        CONNECTOR.parse_account({"site": entered})
    assert entered.lower() not in str(caught.value).lower()


@pytest.mark.parametrize("entered", ["acme.chargebee.com", "https://acme-test.chargebee.com/d"])
def test_a_sites_address_in_the_keys_place_is_refused(entered: str) -> None:
    with pytest.raises(InvalidAccount, match="address of your site"):
        CONNECTOR.clean_secret(entered)


@pytest.mark.parametrize("entered", ["live_abc", "  live_abc\r\n", "“live_abc”", "\ufefflive_abc"])
def test_a_key_loses_what_came_along(entered: str) -> None:
    assert CONNECTOR.clean_secret(entered) == "live_abc"


@pytest.mark.parametrize("entered", ["abc 123", "abc\n123", "abc:", "abcé", "a" * 201])
def test_what_can_be_no_key_is_refused_without_repeating_it(entered: str) -> None:
    with pytest.raises(InvalidAccount) as caught:
        CONNECTOR.clean_secret(entered)
    assert entered not in str(caught.value)
