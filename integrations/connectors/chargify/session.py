"""An open line to one Chargify site: finds its region, checks a key, reads pages."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec

from integrations.connectors.base import (
    Account,
    Answer,
    ConnectorError,
    Page,
    Pager,
    Problem,
    Query,
    Session,
    Stream,
)
from integrations.connectors.chargify.addresses import REGIONS, host_of
from integrations.connectors.chargify.answers import without_secrets
from integrations.connectors.chargify.bodies import NO_JSON
from integrations.connectors.chargify.client import client_of
from integrations.connectors.chargify.coupon_codes import CouponCodes
from integrations.connectors.chargify.errors import BLOCKED
from integrations.connectors.chargify.streams import RELATIONSHIP_INVOICING, SITE_PATH, STATEMENTS
from integrations.connectors.client import READ_TIMEOUT, Client

CHECK_STEPS = (
    "Open your Chargify site with this key",
    "Read the site's name",
    "Read customers",
    "Read subscriptions",
    "Read invoices",
)
# Somebody waits for a check.
_CHECK_TIMEOUT = 10.0
_CHECKED_LISTS = ("/customers.json", "/subscriptions.json", "/invoices.json")
_FIRST_ROW = {"page": "1", "per_page": "1"}


class ChargifySession(Session):
    """A line to one site; with the region unknown, the first request asks the United States, then Europe."""

    def __init__(self, site: str, region: str | None, secret: str) -> None:
        super().__init__()
        self._site = site
        self._regions = REGIONS if region is None else (region,)
        self._clients = {
            name: client_of(name, site, secret, exchange=self.exchange) for name in self._regions
        }
        self._region = region
        self._facts: dict[str, Any] | None = None
        self._account: Account | None = None
        self._coupon_codes = CouponCodes(self._ask)
        self._locating = threading.Lock()

    def __repr__(self) -> str:
        return f"ChargifySession({self._site}, {self._region})"

    def check(self) -> Iterator[str]:
        """Prove the key step by step, yielding each step's name before it; raise ConnectorError."""
        steps = iter(CHECK_STEPS)
        yield next(steps)
        self._locate(_CHECK_TIMEOUT)
        yield next(steps)
        _ = self.account
        for step, path in zip(steps, _CHECKED_LISTS, strict=True):
            yield step
            _decoded(self._client().get(path, _FIRST_ROW, read_timeout=_CHECK_TIMEOUT).body)

    @property
    def account(self) -> Account:
        """Return the site as the vendor states it; raise ConnectorError where it isn't the one typed."""
        if self._account is None:
            site, region = self._locate()
            self._refuse_other_site(site)
            self._account = _account(site, host_of(region, self._site))
        return self._account

    @property
    def resolved_account(self) -> dict[str, Any]:
        """Return site and region, asking the vendor where the region is not known yet."""
        region = self._region or self._locate()[1]
        return {"site": self._site, "region": region}

    def fetch(
        self, stream: Stream, *, page: int, per_page: int, since: datetime | None, after: str = ""
    ) -> Page:
        """Return one page of a stream; raise ConnectorError."""
        if stream.pager is Pager.TOKEN:
            return self._coupon_codes.fetch(after)
        query = dict(stream.query)
        if since is not None and stream.since is not None:
            query |= stream.since(since)
        if stream.pager is not Pager.SINGLE:
            query |= {"page": str(page), "per_page": str(per_page)}
        if after and stream.behind is not None:
            query |= stream.behind(after)
        answer = self._ask(stream.path, query)
        return replace(answer, bodies=[bytes(body) for body in stream.items(answer.bodies[0])])

    def total(self, stream: Stream) -> int | None:
        """Return how many rows the site says a stream has; None where it doesn't say; raise ConnectorError."""
        if stream.total is None:
            return None
        try:
            answer = self._client().get(stream.total.path)
        except ConnectorError as error:
            if error.status in {403, 404}:
                return None
            raise
        return stream.total.read(answer.body)

    def look(self, path: str, query: Query, *, seconds: float) -> Answer:
        """Return what the site answers, without secrets, whatever its status; raise ConnectorError."""
        answer = self._client().look(path, query, seconds=seconds)
        return replace(answer, body=without_secrets(answer.body))

    def close(self) -> None:
        """Close the line."""
        for client in self._clients.values():
            client.close()

    def _ask(self, path: str, query: Mapping[str, str], of: str = "") -> Page:
        """Return an answer as the one body of a page, without secrets."""
        answer = self._client().get(path, query, of=of)
        return Page([without_secrets(answer.body)], answer.server_time, answer.exchange)

    def _client(self) -> Client:
        return self._clients[self._region or self._locate()[1]]

    def _locate(self, read_timeout: float = READ_TIMEOUT) -> tuple[dict[str, Any], str]:
        """Return what the site says of itself, and its region; only a 200 decides."""
        with self._locating:
            if self._facts is None or self._region is None:
                self._facts, self._region = self._ask_regions(read_timeout)
            return self._facts, self._region

    def _ask_regions(self, read_timeout: float) -> tuple[dict[str, Any], str]:
        troubles = []
        for region in self._regions:
            try:
                return _site_in(self._clients[region].get(SITE_PATH, read_timeout=read_timeout).body), region
            except ConnectorError as error:
                troubles.append(error)
                if error.problem in BLOCKED:
                    break
        raise min(troubles, key=_vagueness)

    def _refuse_other_site(self, site: dict[str, Any]) -> None:
        answered = str(site.get("subdomain") or self._site)
        if answered.lower() != self._site:
            raise ConnectorError(Problem.OTHER_SITE, f"{self._site!r} was asked, {answered!r} answered")


def _vagueness(error: ConnectorError) -> int:
    """Order troubles of the two regions: the least vague one is told."""
    if error.problem in BLOCKED:
        return 0
    return {Problem.WRONG_KEY: 2, Problem.UNKNOWN_SITE: 3}.get(error.problem, 1)


def _account(site: dict[str, Any], host: str) -> Account:
    # inferred: a site that doesn't say is of today's kind.
    is_legacy = site.get("relationship_invoicing_enabled") is False
    return Account(
        id=str(site["id"]),
        name=str(site.get("name") or host),
        host=host,
        is_test=site.get("test") is True,
        currency=str(site.get("currency") or ""),
        # Sites of one kind and the other answer different lists (facts §3).
        features=frozenset({STATEMENTS if is_legacy else RELATIONSHIP_INVOICING}),
    )


def _site_in(body: bytes) -> dict[str, Any]:
    site = _decoded(body).get("site")
    if not isinstance(site, dict) or not site.get("id"):
        raise ConnectorError(Problem.INTERNAL, "site.json without a site's id")
    return site


def _decoded(body: bytes) -> Any:
    """Return an answer as plain values; a page in place of JSON is the vendor's trouble."""
    try:
        return msgspec.json.decode(body)
    except NO_JSON as error:
        raise ConnectorError(Problem.NOT_JSON, f"{error}: {body[:100]!r}") from error
