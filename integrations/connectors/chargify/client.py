"""The one place that sends anything to Chargify: GET, to a site's own host, of listed paths.

Nothing is repeated here: the sync engine decides when to try again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import quote

import requests
from requests.adapters import HTTPAdapter
from requests.auth import HTTPBasicAuth

from integrations.connectors.base import ConnectorError, Exchange, Problem
from integrations.connectors.chargify.addresses import base_url
from integrations.connectors.chargify.errors import error_of, error_without_answer
from integrations.connectors.chargify.streams import PATHS
from integrations.connectors.headers import retry_after

CONNECT_TIMEOUT = 5.0
READ_TIMEOUT = 30.0
# The vendor cuts every request off at 120 s (facts §4); an answer that trickles on for longer is given up.
LONGEST_ANSWER = 150.0
LARGEST_BODY = 64 * 1024 * 1024
_CHUNK = 256 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """A 200 of the vendor, the server's clock, and what goes on record."""

    body: bytes
    server_time: datetime
    exchange: Exchange


class Client:
    """A line to one site; each request is an `exchange`, which holds a place until the answer is in."""

    def __init__(
        self,
        region: str,
        site: str,
        secret: str,
        *,
        exchange: Callable[[str], AbstractContextManager[Exchange]],
    ) -> None:
        self._base_url = base_url(region, site)
        self._http = _http_session(self._base_url, secret)
        self._exchange = exchange

    def __repr__(self) -> str:
        return f"Client({self._base_url})"

    def get(
        self,
        path: str,
        query: Mapping[str, str] | None = None,
        *,
        of: str = "",
        read_timeout: float = READ_TIMEOUT,
    ) -> Answer:
        """Return the answer to a GET, `of` an id where the path has a place for one; raise ConnectorError.

        Anything but a complete 200 is an error.
        """
        if path not in PATHS:
            raise ConnectorError(Problem.INTERNAL, f"{path} is not on the list of paths that may be read")
        with self._exchange(path.replace("{id}", quote(of, safe=""))) as exchange:
            return self._answer(exchange, query, read_timeout)

    def _answer(self, exchange: Exchange, query: Mapping[str, str] | None, read_timeout: float) -> Answer:
        path = exchange.path
        try:
            status, body, date = self._send(exchange, query, read_timeout)
        except requests.RequestException as error:
            # The request inside the exception carries the key.
            raise error_without_answer(path, error) from None
        if trouble := error_of(path, status, body):
            raise trouble
        return Answer(body, _clock(date), exchange)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _send(
        self, exchange: Exchange, query: Mapping[str, str] | None, read_timeout: float
    ) -> tuple[int, bytes, str | None]:
        with self._http.get(
            self._base_url + exchange.path,
            params=query,
            timeout=(CONNECT_TIMEOUT, read_timeout),
            allow_redirects=False,
            stream=True,
        ) as response:
            exchange.request_id = response.headers.get("X-Request-Id", "")
            body = _read(response, exchange.path)
            exchange.status = response.status_code
            exchange.retry_after = retry_after(response.headers.get("Retry-After"))
            return response.status_code, body, response.headers.get("Date")


def _http_session(url: str, secret: str) -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    # Basic authentication, key as user, "x" as password (Maxio API docs, "authentication").
    session.auth = HTTPBasicAuth(secret, "x")
    session.headers.update(
        {"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": "Tributary (reads only)"}
    )
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    # Without another adapter the session can't reach any other address.
    session.adapters.clear()
    session.mount(f"{url}/", HTTPAdapter(max_retries=0))
    return session


def _read(response: requests.Response, path: str) -> bytes:
    """Return the decompressed body; give up on one that is too large or takes too long."""
    deadline = time.monotonic() + LONGEST_ANSWER
    body = bytearray()
    for chunk in response.iter_content(_CHUNK):
        body += chunk
        if len(body) > LARGEST_BODY:
            raise ConnectorError(Problem.INTERNAL, f"more than {LARGEST_BODY} bytes from {path}")
        if time.monotonic() > deadline:
            raise ConnectorError(Problem.UNREACHABLE, f"{path} took longer than {LONGEST_ANSWER:.0f} s")
    return bytes(body)


def _clock(date: str | None) -> datetime:
    """Return the server's time, or ours where it doesn't say."""
    try:
        stated = parsedate_to_datetime(date or "")
    except ValueError:
        return datetime.now(UTC)
    return stated.replace(tzinfo=stated.tzinfo or UTC).astimezone(UTC)
