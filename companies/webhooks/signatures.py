"""Secrets and signatures by the Standard Webhooks specification."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime

from standardwebhooks import Webhook

_BYTES = 32


def new_secret() -> str:
    """Return a secret as receivers' libraries take it."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def signed_headers(*, message_id: str, at: datetime, body: bytes, keys: Sequence[str]) -> dict[str, str]:
    """Return the headers that prove a message, with a signature for each of the secrets in force."""
    text = body.decode()
    signatures = [Webhook(key).sign(message_id, at, text) for key in keys]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
