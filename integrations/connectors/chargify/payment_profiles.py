"""How Chargify's customers pay, in standard form: masked, and without the tokens of the vault."""

from __future__ import annotations

from typing import Any

import msgspec

from integrations.connectors.base import Account, Row
from integrations.connectors.chargify.bodies import decoded
from integrations.connectors.chargify.fields import Fields
from integrations.connectors.chargify.rows import record_row

# Raise it whenever this module reads a body differently, so that rows already stored are written again.
MAPPER_VERSION = 1
_TOKENS = ("vault_token", "customer_vault_token")
_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])
_NULL = msgspec.Raw(b"null")


def payment_profile_row(body: bytes, account: Account) -> Row:
    """Return how a customer pays, as masked as the vendor shows it; the tokens of the vault are not kept."""
    raw = decoded("payment_profiles", body) | dict.fromkeys(_TOKENS)
    fields = Fields(raw)
    return record_row(
        "payment_profiles", _without_tokens(body), fields, _paying(fields), raw, version=MAPPER_VERSION
    )


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


def _without_tokens(body: bytes) -> bytes:
    """Return a body whose tokens are null, everything else as the vendor sent it."""
    entries = _OBJECT.decode(body)
    return msgspec.json.encode(entries | dict.fromkeys(entries.keys() & set(_TOKENS), _NULL))
