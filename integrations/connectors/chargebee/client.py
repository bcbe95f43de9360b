"""How Chargebee is spoken to: GETs of listed paths, to a site's own host."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from integrations.connectors.base import Exchange
from integrations.connectors.chargebee.addresses import base_url
from integrations.connectors.chargebee.errors import error_of
from integrations.connectors.chargebee.streams import PATHS
from integrations.connectors.client import Client


def client_of(
    site: str, secret: str, *, exchange: Callable[[str], AbstractContextManager[Exchange]]
) -> Client:
    """Return a client of one site: key as user, no password (Chargebee API docs, "authentication")."""
    return Client(base_url(site), user=secret, password="", paths=PATHS, error_of=error_of, exchange=exchange)
