"""An open line to one Chargebee site: checks a key, reads pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from integrations.connectors.base import Account, Answer, Page, Query, Session, Stream
from integrations.connectors.chargebee.addresses import VERSION, host_of
from integrations.connectors.chargebee.client import client_of
from integrations.connectors.chargebee.streams import STREAMS, next_offset, without_secrets
from integrations.connectors.client import READ_TIMEOUT

CHECK_STEPS = ("Open your Chargebee site with this key and read customers", "Read subscriptions")
# Somebody waits for a check.
_CHECK_TIMEOUT = 10.0


class ChargebeeSession(Session):
    """A line to one site; its pages come one after the other, so nothing here is shared between threads."""

    def __init__(self, site: str, secret: str) -> None:
        super().__init__()
        self._site = site
        self._client = client_of(site, secret, exchange=self.exchange)

    def __repr__(self) -> str:
        return f"ChargebeeSession({self._site})"

    def check(self) -> Iterator[str]:
        """Prove the key step by step, yielding each step's name before it; raise ConnectorError."""
        for step, stream in zip(CHECK_STEPS, STREAMS, strict=True):
            yield step
            stream.items(self._get(stream.path, {"limit": "1"}, read_timeout=_CHECK_TIMEOUT).body)

    @property
    def account(self) -> Account:
        """Return the site; a key opens no other than the one whose host was asked."""
        # inferred: no call states a number or a currency of the site, and a test site is known by its name.
        return Account(
            id=self._site,
            name=self._site,
            host=host_of(self._site),
            is_test=self._site.endswith("-test"),
            currency="",
        )

    @property
    def resolved_account(self) -> dict[str, Any]:
        """Return the site, which `parse_account` left nothing open of."""
        return {"site": self._site}

    def fetch(
        self, stream: Stream, *, page: int, per_page: int, since: datetime | None, after: str = ""
    ) -> Page:
        """Return the page at a cursor, the first where there is none; raise ConnectorError."""
        query = {**stream.query, "limit": str(per_page)}
        if since is not None and stream.since is not None:
            query |= stream.since(since)
        if after:
            query["offset"] = after
        answer = self._get(stream.path, query)
        bodies = [bytes(body) for body in stream.items(without_secrets(answer.body))]
        return Page(bodies, answer.server_time, answer.exchange, next_offset(answer.body))

    def total(self, stream: Stream) -> int | None:
        """Return nothing: the vendor's lists state no total."""
        return None

    def look(self, path: str, query: Query, *, seconds: float) -> Answer:
        """Return what the site answers, without secrets, whatever its status; raise ConnectorError."""
        answer = self._client.look(path.removeprefix(VERSION), query, seconds=seconds)
        return replace(answer, body=without_secrets(answer.body))

    def close(self) -> None:
        """Close the line."""
        self._client.close()

    def _get(self, path: str, query: Mapping[str, str], *, read_timeout: float = READ_TIMEOUT) -> Answer:
        return self._client.get(path, query, read_timeout=read_timeout)
