"""Looking at what a vendor answers, through us: listed paths, read only, switched on first, and on record.

It waits for the vendor, so it enters the tenant piece by piece and holds no transaction meanwhile.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl

from companies.models import Connection
from companies.services.audit import audit
from integrations.catalogue import connector_for
from integrations.connectors.base import Answer
from integrations.models import Credential
from integrations.services.credentials import vendor_session
from integrations.services.settings import has_proxy, in_flight_of
from integrations.sync.budget import Budget

# Whoever asks gives up after 5 s (reference codat/facts.md §0).
LONGEST_WAIT, LONGEST_ANSWER = 0.5, 3.0
_LONGEST_ENDPOINT = 2048
_SEGMENT = "[A-Za-z0-9_-][A-Za-z0-9_.-]*"


class ProxyOff(Exception):
    """The operator has not switched the proxy on for this integration."""


class EndpointNotListed(ValueError):
    """What is asked for is no path that may be looked at; the message is for whoever asked."""


class NothingToOpen(Exception):
    """The connection is not linked, so that there is no account to look at."""


@dataclass(frozen=True)
class Look:
    """What is to be asked, of which account."""

    connection: Connection
    credential: Credential
    in_flight: int
    path: str
    query: list[tuple[str, str]]

    def take(self) -> Answer:
        """Return the vendor's answer; raise ConnectorError."""
        budget = Budget(self.connection.account_host, in_flight=self.in_flight, patience=LONGEST_WAIT)
        with vendor_session(connection=self.connection, credential=self.credential) as session:
            session.place = budget.place
            return session.look(self.path, self.query, seconds=LONGEST_ANSWER)


def look_open(*, connection: Connection, endpoint: str, actor: str) -> Look:
    """Return a look at an endpoint, put on record; nothing is sent yet.

    Raises ProxyOff, EndpointNotListed or NothingToOpen.
    """
    connector = connector_for(connection.platform_key)
    if not has_proxy(connector.platform_key):
        raise ProxyOff(f"The proxy is switched off for {connector.name}. Switch it on in the Portal first.")
    path, query = read_endpoint(endpoint, connector.looks)
    credential = Credential.objects.filter(connection=connection, state=Credential.State.IN_USE).first()
    if connection.status != Connection.Status.LINKED or credential is None:
        raise NothingToOpen(f"The connection is {connection.status}, so its account can't be looked at.")
    audit(actor=actor, action="proxy.looked", subject=str(connection.pk), path=path)
    return Look(connection, credential, in_flight_of(connector.platform_key), path, query)


def read_endpoint(endpoint: str, listed: Iterable[str]) -> tuple[str, list[tuple[str, str]]]:
    """Return path and query of an endpoint such as `customers.json?page=2`; raise EndpointNotListed."""
    path, _, query = endpoint.strip().partition("?")
    path = "/" + path.removeprefix("/")
    if len(endpoint) > _LONGEST_ENDPOINT or not endpoint.isprintable():
        raise EndpointNotListed(f"Give up to {_LONGEST_ENDPOINT} printable characters.")
    if not _pattern(tuple(listed)).fullmatch(path):
        raise EndpointNotListed(
            f"{path[:100]} can't be looked at. Give a path that is listed in the documentation, such as"
            " customers.json?page=2, without a host, and percent-encoded."
        )
    return path, parse_qsl(query, keep_blank_values=True)


@lru_cache
def _pattern(listed: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(path).replace(r"\{id\}", _SEGMENT) for path in listed))
