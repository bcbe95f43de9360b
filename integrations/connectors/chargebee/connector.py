"""Chargebee, as the catalogue and the sync engine know it."""

from __future__ import annotations

import string
from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from integrations.connectors.base import AccountField, Connector, InvalidAccount, Session
from integrations.connectors.chargebee.addresses import is_address, parse_address
from integrations.connectors.chargebee.session import CHECK_STEPS, ChargebeeSession
from integrations.connectors.chargebee.streams import STREAMS

_AROUND_A_KEY = string.whitespace + "\u00a0\u200b\ufeff\"'“”‘’`"
_LONGEST_KEY = 200


class ChargebeeConnector(Connector):
    """Reads a Chargebee site with one of its API keys."""

    platform_key: ClassVar[str] = "xwsy"
    name: ClassVar[str] = "Chargebee"
    is_preview: ClassVar[bool] = True
    integration_id: ClassVar[UUID] = UUID("9d3533ed-0f2b-49df-a128-62bfa19a1401")
    source_id: ClassVar[UUID] = UUID("58e0db46-13c1-48e1-9c63-7677760e28c6")
    summary: ClassVar[str] = "Subscription billing by Chargebee. A preview: customers and subscriptions only."
    reads: ClassVar[tuple[str, ...]] = ("Customers with their billing addresses", "Subscriptions")
    # Chargebee docs, "API keys"; only its admins may make one.
    key_help: ClassVar[tuple[str, ...]] = (
        "Sign in at app.chargebee.com and open your site. You need to be an admin of it.",
        "Choose Settings, then Configure Chargebee, then API Keys and Webhooks.",
        "On the tab API Keys, add a key of the type Read-only, which may read all.",
        "Copy the key. A test site has keys of its own.",
    )
    key_help_url: ClassVar[str] = "https://app.chargebee.com"
    account_fields: ClassVar[tuple[AccountField, ...]] = (
        AccountField(
            name="site",
            label="Chargebee site",
            help_text="Your site's address or its first part: acme.chargebee.com or acme.",
            placeholder="acme.chargebee.com",
        ),
    )
    secret_label: ClassVar[str] = "API key"
    check_steps: ClassVar[tuple[str, ...]] = CHECK_STEPS
    streams = STREAMS
    looks: ClassVar[tuple[str, ...]] = (
        "/v2/customers",
        "/v2/customers/{id}",
        "/v2/subscriptions",
        "/v2/subscriptions/{id}",
    )

    def parse_account(self, entered: Mapping[str, str]) -> dict[str, Any]:
        """Return the site of what a person typed; raise InvalidAccount with words for them."""
        return {"site": parse_address(entered.get("site", ""))}

    def clean_secret(self, entered: str) -> str:
        """Return the key without what came along when it was copied; raise InvalidAccount."""
        key = entered.strip(_AROUND_A_KEY)
        if not key:
            raise InvalidAccount("Enter the API key.")
        if is_address(key):
            raise InvalidAccount("This is the address of your site. Enter it above, and the API key here.")
        # A colon would end the user name of Basic authentication.
        printable = key.isascii() and key.isprintable() and not set(key) & {" ", ":"}
        if len(key) > _LONGEST_KEY or not printable:
            raise InvalidAccount("That is no API key: it is too long, or has spaces or special letters.")
        return key

    def open(self, account: Mapping[str, Any], secret: str) -> Session:
        """Return a line to a site; nothing is sent yet."""
        return ChargebeeSession(account["site"], secret)
