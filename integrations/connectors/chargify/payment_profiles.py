"""How Chargify's customers pay, in standard form and masked; the tokens of the vault never come this far."""

from __future__ import annotations

from typing import Any

from integrations.connectors.base import Account, Row
from integrations.connectors.chargify.bodies import decoded
from integrations.connectors.chargify.fields import Fields
from integrations.connectors.chargify.rows import record_row

# Raise it whenever this module reads a body differently, so that rows already stored are written again.
MAPPER_VERSION = 1


def payment_profile_row(body: bytes, account: Account) -> Row:
    """Return how a customer pays, as masked as the vendor shows it."""
    raw = decoded("payment_profiles", body)
    fields = Fields(raw)
    return record_row("payment_profiles", body, fields, _paying(fields), raw, version=MAPPER_VERSION)


def _paying(fields: Fields) -> dict[str, Any]:
    holder = f"{fields.text('first_name', 199)} {fields.text('last_name', 200)}"
    card = fields.text("masked_card_number", 60)
    return {
        "customer_source_id": fields.link("customer_id"),
        "payment_type": fields.text("payment_type", 40),
        "masked_number": card or fields.text("masked_bank_account_number", 60),
        "card_type": fields.text("card_type", 60),
        "expiration_month": fields.count("expiration_month"),
        "expiration_year": fields.count("expiration_year"),
        "bank_name": fields.text("bank_name", 300),
        "bank_account_type": fields.text("bank_account_type", 40),
        "bank_account_holder_type": fields.text("bank_account_holder_type", 40),
        "holder_name": " ".join(holder.split()),
        "billing_country": fields.text("billing_country", 100),
        "vault": fields.text("current_vault", 100),
        "disabled": fields.flag("disabled"),
        "verified": fields.flag("verified"),
    }
