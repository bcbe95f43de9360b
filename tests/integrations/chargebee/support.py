"""What the tests of the connector share."""

from __future__ import annotations

import json
from typing import Any

from integrations.connectors.base import Account, Row, Stream
from integrations.connectors.chargebee import ChargebeeConnector

KEY = "live_thatNobodyMaySee"
ACCOUNT = Account(id="acme", name="acme", host="acme.chargebee.com", is_test=False, currency="")


def stream(name: str) -> Stream:
    """Return one of the connector's streams."""
    return next(stream for stream in ChargebeeConnector.streams if stream.name == name)


def row(name: str, body: dict[str, Any]) -> Row:
    """Return the row that a stream makes of a body."""
    return stream(name).map(json.dumps(body).encode(), ACCOUNT)
