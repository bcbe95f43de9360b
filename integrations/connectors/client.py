"""The one place that sends anything to a vendor: GET, to one address, without following a redirect.

Nothing is repeated here: whoever asks decides when to try again.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import quote

import requests
from requests.adapters import HTTPAdapter
from requests.auth import HTTPBasicAuth
from urllib3.exceptions import NameResolutionError

from integrations.connectors.base import Answer, ConnectorError, Exchange, Problem, Query
from integrations.connectors.headers import retry_after

CONNECT_TIMEOUT = 5.0
READ_TIMEOUT = 30.0
# Less than the engine's lease on a place; an answer that trickles on for longer is given up.
LONGEST_ANSWER = 120.0
LARGEST_BODY = 64 * 1024 * 1024
_CHUNK = 256 * 1024
_TOO_MANY = 429


class Client:
    """A line to one address with one credential.

    Each request is an `exchange`, which holds a place until the answer is in. `paths` are those that may be read,
    `error_of` says what trouble an answer stands for.
    """

    def __init__(
        self,
        url: str,
        *,
        user: str,
        password: str,
        paths: Collection[str],
        error_of: Callable[[str, int, bytes], ConnectorError | None],
        exchange: Callable[[str], AbstractContextManager[Exchange]],
    ) -> None:
        self._url, self._http = url, _http_session(url, user, password)
        self._paths, self._error_of, self._exchange = frozenset(paths), error_of, exchange

    def __repr__(self) -> str:
        return f"Client({self._url})"

    def get(
        self,
        path: str,
        query: Query | None = None,
        *,
        of: str = "",
        read_timeout: float = READ_TIMEOUT,
    ) -> Answer:
        """Return the answer to a GET, `of` an id where the path has a place for one; raise ConnectorError.

        Anything but a complete 200 is an error.
        """
        if path not in self._paths:
            raise ConnectorError(Problem.INTERNAL, f"{path} is not on the list of paths that may be read")
        with self._exchange(path.replace("{id}", quote(of, safe=""))) as exchange:
            answer = self._answer(exchange, query, read_timeout, LONGEST_ANSWER)
            if trouble := self._error_of(exchange.path, answer.status, answer.body):
                raise trouble
            return answer

    def look(self, path: str, query: Query, *, seconds: float) -> Answer:
        """Return what is answered within a time, whatever its status; raise ConnectorError where nothing is.

        A 429 is raised too, so that the account gets a rest. Whoever calls has looked at the path.
        """
        with self._exchange(path) as exchange:
            answer = self._answer(exchange, query, seconds, seconds)
            if answer.status == _TOO_MANY and (trouble := self._error_of(path, answer.status, answer.body)):
                raise trouble
            return answer

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _answer(self, exchange: Exchange, query: Query | None, read_timeout: float, longest: float) -> Answer:
        try:
            return self._send(exchange, query, read_timeout, longest)
        except requests.RequestException as error:
            # The request inside the exception carries the key.
            raise _without_answer(exchange.path, error) from None

    def _send(self, exchange: Exchange, query: Query | None, read_timeout: float, longest: float) -> Answer:
        with self._http.get(
            self._url + exchange.path,
            params=query,
            timeout=(min(CONNECT_TIMEOUT, read_timeout), read_timeout),
            allow_redirects=False,
            stream=True,
        ) as response:
            headers = response.headers
            exchange.request_id = headers.get("X-Request-Id", "")
            body = _read(response, exchange.path, longest)
            exchange.status = response.status_code
            exchange.retry_after = retry_after(headers.get("Retry-After"))
            content_type = headers.get("Content-Type", "")
            return Answer(response.status_code, body, content_type, _clock(headers.get("Date")), exchange)


def _http_session(url: str, user: str, password: str) -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    session.auth = HTTPBasicAuth(user, password)
    session.headers.update(
        {"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": "Tributary (reads only)"}
    )
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    # Without another adapter the session can't reach any other address.
    session.adapters.clear()
    session.mount(f"{url}/", HTTPAdapter(max_retries=0))
    return session


def _read(response: requests.Response, path: str, longest: float) -> bytes:
    """Return the decompressed body; give up on one that is too large or takes too long."""
    deadline = time.monotonic() + longest
    body = bytearray()
    for chunk in response.iter_content(_CHUNK):
        body += chunk
        if len(body) > LARGEST_BODY:
            raise ConnectorError(Problem.INTERNAL, f"more than {LARGEST_BODY} bytes from {path}")
        if time.monotonic() > deadline:
            raise ConnectorError(Problem.UNREACHABLE, f"{path} took longer than {longest:.0f} s")
    return bytes(body)


def _clock(date: str | None) -> datetime:
    """Return the server's time, or ours where it doesn't say."""
    try:
        stated = parsedate_to_datetime(date or "")
    except ValueError:
        return datetime.now(UTC)
    return stated.replace(tzinfo=stated.tzinfo or UTC).astimezone(UTC)


def _without_answer(path: str, error: requests.RequestException) -> ConnectorError:
    """Return the trouble that no or half an answer stands for."""
    detail = f"{type(error).__name__} at {path}"
    if isinstance(error, requests.exceptions.ChunkedEncodingError | requests.exceptions.ContentDecodingError):
        return ConnectorError(Problem.NOT_JSON, detail)
    return ConnectorError(Problem.UNKNOWN_SITE if _no_such_host(error) else Problem.UNREACHABLE, detail)


def _no_such_host(error: requests.RequestException) -> bool:
    """Tell a name that doesn't exist from a name server that doesn't answer."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    cause = reason.__cause__ if isinstance(reason, NameResolutionError) else None
    return isinstance(cause, socket.gaierror) and cause.errno == socket.EAI_NONAME
