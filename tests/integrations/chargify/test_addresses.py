"""What a person may type as the address of a site, and where we would go for it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from integrations.connectors.base import ConnectorError, InvalidAccount, Problem
from integrations.connectors.chargify import ChargifyConnector
from integrations.connectors.chargify.addresses import base_url

VENDOR = {
    "CHARGIFY_US_URL": "https://{site}.chargify.com",
    "CHARGIFY_EU_URL": "https://{site}.ebilling.maxio.com",
}


@pytest.mark.parametrize(
    ("entered", "site", "region"),
    [
        ("acme", "acme", None),
        ("  Acme-2 ", "acme-2", None),
        ("acme/", "acme", None),
        ("acme.chargify.com", "acme", "us"),
        ("ACME.Chargify.COM.", "acme", "us"),
        ("acme.chargify.com:443", "acme", "us"),
        ("https://acme.chargify.com/dashboard?x=1#y", "acme", "us"),
        ("http://acme.chargify.com", "acme", "us"),
        ("'acme.ebilling.maxio.com/'", "acme", "eu"),
        ("https://acme.ebilling.maxio.com:443/", "acme", "eu"),
    ],
)
def test_accepts(entered: str, site: str, region: str | None) -> None:
    assert ChargifyConnector().parse_account({"site": entered}) == {"site": site, "region": region}


@pytest.mark.parametrize(
    "entered",
    [
        "",
        "   ",
        "https://",
        "app",
        "https://app.chargify.com/login",
        "api.chargify.com",
        "events.chargify.com",
        "www.ebilling.maxio.com",
        "chargify.com",
        ".chargify.com",
        "acme.evil.example",
        "acme.chargify.com.evil.example",
        "acme.chargify.com@evil.example",
        "https://acme@evil.example/",
        "evilchargify.com",
        "evil.example/acme.chargify.com",
        "evil.example#.chargify.com",
        "a.b.chargify.com",
        "ac me",
        "ac_me",
        "-acme",
        "acme-",
        "ácme",
        "acme\\.chargify.com",
        "127.0.0.1",
        "localhost:8000@x",
        "ftp://acme.chargify.com",
        "me@acme.com",
        "a" * 64,
    ],
)
def test_refuses_in_words_for_people(entered: str) -> None:
    with pytest.raises(InvalidAccount, match=r"acme\.chargify\.com"):
        ChargifyConnector().parse_account({"site": entered})


def test_refuses_a_missing_field() -> None:
    with pytest.raises(InvalidAccount):
        ChargifyConnector().parse_account({})


@given(st.text())
def test_whatever_is_typed_leads_to_the_vendor_or_nowhere(entered: str) -> None:
    try:
        account = ChargifyConnector().parse_account({"site": entered})
    except InvalidAccount:
        return
    for region in ("us", "eu"):
        host = base_url(region, account["site"]).removeprefix("https://")
        assert host.endswith((".chargify.com", ".ebilling.maxio.com"))
        assert set(host) <= set("abcdefghijklmnopqrstuvwxyz0123456789-.")


@pytest.mark.parametrize(
    "url",
    [
        "http://{site}.chargify.com",
        "http://127.0.0.1:8000/us/{site}",
        "https://10.0.0.1",
        "https://{site}.chargify.com.evil.example",
        "https://{site}.evil.example",
    ],
)
def test_another_address_in_the_settings_needs_the_switch(settings: Settings, url: str) -> None:
    settings.CHARGIFY_US_URL = url
    with pytest.raises(ConnectorError) as caught:
        base_url("us", "acme")
    assert caught.value.problem is Problem.INTERNAL
    settings.ALLOW_INSECURE_VENDOR_URL = True
    assert base_url("us", "acme") == url.replace("{site}", "acme")


@pytest.mark.parametrize(
    ("region", "site"), [("us", "evil.example/x"), ("us", "app"), ("cn", "acme"), ("us", "")]
)
def test_a_stored_address_is_checked_again(region: str, site: str) -> None:
    with pytest.raises(ConnectorError):
        base_url(region, site)


@pytest.mark.parametrize("entered", ["Zx81kQ0pLm29TtUv45WwYz77Ab", "abcdefghijklmnopqrst1"])
def test_a_key_in_the_sites_place_is_refused(entered: str) -> None:
    with pytest.raises(InvalidAccount, match="looks like an API key") as caught:
        ChargifyConnector().parse_account({"site": entered})
    assert entered.lower() not in str(caught.value).lower()


@pytest.mark.parametrize("entered", ["acme.chargify.com", "https://acme.ebilling.maxio.com/dashboard"])
def test_a_sites_address_in_the_keys_place_is_refused(entered: str) -> None:
    with pytest.raises(InvalidAccount, match="address of your site"):
        ChargifyConnector().clean_secret(entered)
