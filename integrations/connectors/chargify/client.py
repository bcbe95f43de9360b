"""How Chargify is spoken to: GETs of listed paths, to a site's own host."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from integrations.connectors.base import Exchange
from integrations.connectors.chargify.addresses import base_url
from integrations.connectors.chargify.errors import error_of
from integrations.connectors.chargify.streams import PATHS
from integrations.connectors.client import Client


def client_of(
    region: str, site: str, secret: str, *, exchange: Callable[[str], AbstractContextManager[Exchange]]
) -> Client:
    """Return a client of one site: key as user, "x" as password (Maxio API docs, "authentication")."""
    url = base_url(region, site)
    return Client(url, user=secret, password="x", paths=PATHS, error_of=error_of, exchange=exchange)
