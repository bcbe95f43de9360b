"""Sending one request: to an address that was looked at, with a limit on the whole, following nothing.

`http.client` rather than a session of `requests`: it takes no proxy from the environment, keeps no connection, follows
no redirect, and lets us connect to one address while name and certificate stay the host's.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any
from urllib.parse import SplitResult, urlunsplit

from django.utils import timezone
from requests.utils import DEFAULT_CA_BUNDLE_PATH

from companies.webhooks.addresses import AddressRefused, addresses_of, port_of, split_url
from companies.webhooks.retries import read_retry_after

# From connecting to the end of the answer's headers.
SECONDS = 15.0
GONE = 410
_ASKS_TO_WAIT = {429, 503}


@dataclass(frozen=True)
class Outcome:
    """What came of a request; without a status no whole answer came."""

    status: int | None
    ms: int
    error: str = ""
    retry_after: timedelta | None = None

    @property
    def is_success(self) -> bool:
        """Say whether the receiver has taken the webhook."""
        return self.status is not None and 200 <= self.status < 300


def send(*, url: str, body: bytes, headers: Mapping[str, str]) -> Outcome:
    """Send a request and return what came of it; whatever the receiver does, that is an outcome and no exception."""
    begun = time.monotonic()
    status, error, retry_after = None, "", None
    try:
        answer = _answer(split_url(url), body, headers)
        status = answer.status
        error = _complaint(status)
        if status in _ASKS_TO_WAIT:
            retry_after = read_retry_after(answer.headers.get("Retry-After"), now=timezone.now())
    except AddressRefused as refused:
        error = str(refused)
    except (OSError, HTTPException, ValueError) as trouble:
        error = _words_for(trouble)
    return Outcome(status, round((time.monotonic() - begun) * 1000), error, retry_after)


class _Pinned(HTTPConnection):
    """A connection to one of some addresses, whatever the host's name leads to by now."""

    def __init__(self, parts: SplitResult, addresses: list[str]) -> None:
        super().__init__(parts.hostname or "", port_of(parts))
        self.is_secure = parts.scheme == "https"
        self.default_port = 443 if self.is_secure else 80  # which the Host header leaves out
        self.addresses = addresses
        self.expired = False

    def connect(self) -> None:
        self.sock = self._reached()
        self.sock.settimeout(SECONDS)
        if self.is_secure:
            # The handshake comes after the socket is in its place, where `abort` finds it.
            self.sock = _tls().wrap_socket(
                self.sock, server_hostname=self.host, do_handshake_on_connect=False
            )
            self.sock.do_handshake()

    def abort(self) -> None:
        """End a connection from another thread."""
        self.expired = True
        if isinstance(self.sock, socket.socket):
            # On the plain socket: TLS would forget its keys while the other thread reads.
            with suppress(OSError):
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)

    def _reached(self) -> socket.socket:
        trouble: OSError = ConnectionError("no address")
        for address in self.addresses:
            if self.expired:
                raise TimeoutError
            try:
                return socket.create_connection((address, self.port), SECONDS / len(self.addresses))
            except OSError as error:
                trouble = error
        raise trouble


def _answer(parts: SplitResult, body: bytes, headers: Mapping[str, str]) -> HTTPResponse:
    connection = _Pinned(parts, addresses_of(parts.hostname or "", port_of(parts)))
    # Each wait of a socket has a limit of its own, so that an answer in drops would never end.
    watch = threading.Timer(SECONDS, connection.abort)
    watch.daemon = True
    watch.start()
    try:
        connection.request("POST", _target(parts), body, dict(headers))
        answer = connection.getresponse()
    except (OSError, HTTPException, ValueError) as error:
        raise (TimeoutError() if connection.expired else error) from error
    else:
        if connection.expired:  # an answer that was cut off looks like one without headers
            raise TimeoutError
        return answer
    finally:
        watch.cancel()
        connection.close()


def _target(parts: SplitResult) -> str:
    return urlunsplit(("", "", parts.path or "/", parts.query, ""))


def _tls() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=DEFAULT_CA_BUNDLE_PATH)


def _complaint(status: int) -> str:
    if 200 <= status < 300:
        return ""
    if 300 <= status < 400:
        return f"The answer was a redirect ({status}), which is not followed."
    return f"The answer was {status}."


def _words_for(trouble: Any) -> str:
    match trouble:
        case TimeoutError():
            return f"There was no answer within {SECONDS:g} seconds."
        case ssl.SSLCertVerificationError():
            return f"The certificate is not valid: {trouble.verify_message}."
        case ssl.SSLError():
            return "A secure connection could not be made."
        case socket.gaierror() | UnicodeError():
            return "The host's name could not be found."
        case ConnectionRefusedError():
            return "The connection was refused."
        case OSError():
            return "The connection failed or was cut off."
    return "The answer could not be read as HTTP."
