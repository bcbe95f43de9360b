"""The HTTP server: several sites on one loopback port."""

from __future__ import annotations

import socket
import sys
import threading
import time
import uuid
import zlib
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qsl

from .control import control
from .frontdoor import admit, basic_key
from .listing import Query
from .site import Site
from .spec import SiteSpec
from .weather import NO_SUCH_SITE, NOT_FOUND, Response

Hook = Callable[[str, str, Query], None]
REMEMBERED_REQUESTS = 10_000


class Simulator:
    """Serves sites under /{region}/{site}; usable as a context manager."""

    def __init__(self, specs: Iterable[SiteSpec], port: int = 0) -> None:
        self._sites = {(spec.region, spec.subdomain): Site(spec) for spec in specs}
        self.before_request: Hook | None = None
        self.requests: deque[tuple[str, str, int]] = deque(maxlen=REMEMBERED_REQUESTS)
        self._server = Server(("127.0.0.1", port), Handler)
        self._server.simulator = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def port(self) -> int:
        """Return the port it listens on, also when it was asked to find a free one."""
        return int(self._server.server_address[1])

    @property
    def root(self) -> str:
        """Return the address above all sites."""
        return f"http://127.0.0.1:{self.port}"

    def url(self, region: str, subdomain: str) -> str:
        """Return the base address of one site."""
        return f"{self.root}/{region}/{subdomain}"

    def site(self, region: str, subdomain: str) -> Site:
        """Return a site, to look at it or to change it."""
        return self._sites[region, subdomain]

    def find(self, region: str, subdomain: str) -> Site | None:
        """Return a site if there is one of that name in that region."""
        return self._sites.get((region, subdomain))

    def start(self) -> Self:
        """Begin to answer."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop answering, also on connections that clients keep open."""
        if self._thread.is_alive():
            self._server.shutdown()
        self._server.server_close()
        self._server.hang_up()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


class Server(ThreadingHTTPServer):
    """A threading server that remembers its open connections."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    simulator: Simulator

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self._open: set[socket.socket] = set()
        super().__init__(address, handler)

    def process_request(self, request: socket.socket, client_address: tuple[str, int]) -> None:  # type: ignore[override]
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: socket.socket) -> None:  # type: ignore[override]
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that went away; report everything else."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]

    def hang_up(self) -> None:
        """Close the connections clients keep alive."""
        for connection in list(self._open):
            with suppress(OSError):  # the client may have been quicker
                connection.shutdown(socket.SHUT_RDWR)


class Handler(BaseHTTPRequestHandler):
    """Reads one request and writes one answer in a single send."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def _handle(self) -> None:
        started = time.perf_counter()
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path, _, search = self.path.partition("?")
        if path.startswith("/control/"):
            self._send(self._control(path, body), None, started)
        else:
            self._vendor(path, _query(search), started)

    def _control(self, path: str, body: bytes) -> Response:
        _, _, region, subdomain, action = [*path.split("/", 4), "", ""][:5]
        site = self.server.simulator.find(region, subdomain)
        return control(site, self.command, action, body) if site else NOT_FOUND

    def _vendor(self, path: str, query: Query, started: float) -> None:
        simulator = self.server.simulator
        _, region, subdomain, rest = [*path.split("/", 3), "", "", ""][:4]
        site = simulator.find(region, subdomain)
        response = self._admit(site, path, f"/{rest}", query) if site else NO_SUCH_SITE
        simulator.requests.append((self.command, self.path, response.status))
        self._send(response, site, started)

    def _admit(self, site: Site, path: str, rest: str, query: Query) -> Response:
        def hook() -> None:
            if self.server.simulator.before_request:
                self.server.simulator.before_request(self.command, path, query)

        key = basic_key(self.headers.get("Authorization"))
        return admit(site, self.command, rest, query, key, hook)

    def _send(self, response: Response, site: Site | None, started: float) -> None:
        head = [f"HTTP/1.1 {response.status} {response.reason}", *_headers(response, site, started)]
        body = response.body
        if response.chunked:
            body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
        if self.command == "HEAD":
            body = b""
        self.wfile.write("\r\n".join(head).encode() + b"\r\n\r\n" + body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _handle  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Stay silent: `Simulator.requests` is the log."""


def _query(search: str) -> Query:
    """Read a query; repeated `x[]` are joined to the CSV form the vendor takes as well (facts §3)."""
    query: Query = {}
    for name, value in parse_qsl(search, keep_blank_values=True):
        name = name.removesuffix("[]")
        query[name] = f"{query[name]},{value}" if name in query else value
    return query


def _headers(response: Response, site: Site | None, started: float) -> list[str]:
    """Return the headers recorded in 2024, in that spelling (facts §4)."""
    headers = [
        f"date: {formatdate(site.now() if site else None, usegmt=True)}",
        f"content-type: {response.content_type}",
        "transfer-encoding: chunked" if response.chunked else f"content-length: {len(response.body)}",
        "connection: keep-alive",
        "cache-control: private, no-store",
        f"status: {response.status} {response.reason}",
        f"x-request-id: {uuid.uuid4()}",
        f"x-runtime: {time.perf_counter() - started:.6f}",
        "x-frame-options: SAMEORIGIN",
        "referrer-policy: strict-origin-when-cross-origin",
        "server: nginx + Phusion Passenger(R)",
    ]
    if response.status == 200:
        headers.append(f'etag: W/"{zlib.crc32(response.body):032x}"')
        headers.append("strict-transport-security: max-age=31536000")
    return headers
