"""Chargify (now Maxio Advanced Billing), as the catalogue and the sync engine know it."""

from __future__ import annotations

import string
from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from integrations.connectors.base import AccountField, Connector, InvalidAccount, Session
from integrations.connectors.chargify.addresses import is_address, parse_address
from integrations.connectors.chargify.looks import LOOKS
from integrations.connectors.chargify.session import CHECK_STEPS, ChargifySession
from integrations.connectors.chargify.streams import STREAMS

_AROUND_A_KEY = string.whitespace + "\u00a0\u200b\ufeff\"'“”‘’`"
_LONGEST_KEY = 200


class ChargifyConnector(Connector):
    """Reads a Chargify site with one of its API keys."""

    platform_key: ClassVar[str] = "rkgp"
    name: ClassVar[str] = "Chargify"
    integration_id: ClassVar[UUID] = UUID("5f0c2a3e-7d41-4b86-9a4e-0c6f1d2b8e71")
    source_id: ClassVar[UUID] = UUID("c41b9e57-2f6a-4d03-8b7c-93a5e0d4f6a2")
    summary: ClassVar[str] = "Recurring billing by Chargify, now called Maxio Advanced Billing."
    reads: ClassVar[tuple[str, ...]] = (
        "Customers, with how they pay (masked) and your own custom fields",
        "Subscriptions with their components, groups and custom fields, and your reasons for cancellations",
        "Product families, products, components, their prices, coupons and their codes",
        "Invoices with their lines, discounts, taxes, payments, refunds and credits; credit notes",
        "Statements and transactions, on sites from before 2018",
        "What happened on your site and to your invoices (events)",
        "Site name and settings, its statistics and monthly recurring revenue",
    )
    # Maxio help, article 24294819360525.
    key_help: ClassVar[tuple[str, ...]] = (
        "Sign in at app.chargify.com and open your site. You need to be an admin of it.",
        "In the side panel, choose Config, then Integrations.",
        "Open API Keys and create a new key.",
        "Copy the key itself, not its ID. It is shown only once.",
    )
    key_help_url: ClassVar[str] = "https://app.chargify.com"
    account_fields: ClassVar[tuple[AccountField, ...]] = (
        AccountField(
            name="site",
            label="Chargify site",
            help_text="Your site's address or its first part: acme.chargify.com or acme.",
            placeholder="acme.chargify.com",
        ),
    )
    secret_label: ClassVar[str] = "API key"
    check_steps: ClassVar[tuple[str, ...]] = CHECK_STEPS
    streams = STREAMS
    looks = LOOKS

    def parse_account(self, entered: Mapping[str, str]) -> dict[str, Any]:
        """Return site and region of what a person typed; raise InvalidAccount with words for them."""
        site, region = parse_address(entered.get("site", ""))
        return {"site": site, "region": region}

    def clean_secret(self, entered: str) -> str:
        """Return the key without what came along when it was copied; raise InvalidAccount."""
        key = entered.strip(_AROUND_A_KEY)
        if not key:
            raise InvalidAccount("Enter the API key.")
        if len(key) > _LONGEST_KEY:
            raise InvalidAccount("That is too long for an API key. Copy only the key.")
        if is_address(key):
            raise InvalidAccount("This is the address of your site. Enter it above, and the API key here.")
        # A colon would end the user name of Basic authentication.
        if not key.isascii() or not key.isprintable() or set(key) & {" ", ":"}:
            raise InvalidAccount("An API key has no spaces or special letters. Copy only the key.")
        return key

    def open(self, account: Mapping[str, Any], secret: str) -> Session:
        """Return a line to a site; nothing is sent yet."""
        return ChargifySession(account["site"], account.get("region"), secret)
