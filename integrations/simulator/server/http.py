"""The HTTP server: several sites on one loopback port."""

from __future__ import annotations

import socket
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qsl

from ..site import Site
from ..spec import SiteSpec
from .console import OWN_PATHS, Call, console
from .frontdoor import admit, basic_key
from .messages import Query, Request, Response
from .refusals import NO_SUCH_SITE
from .sites import Sites
from .wire import CONSOLE_HEADERS, send, vendor_headers

Hook = Callable[[str, str, Query], None]
LARGEST_BODY = 1_000_000
NOT_MODIFIED = Response(304)


class Simulator:
    """Serves sites under /{region}/{site}; usable as a context manager."""

    def __init__(self, specs: Iterable[SiteSpec], port: int = 0) -> None:
        self.sites = Sites(specs)
        self.before_request: Hook | None = None
        self.requests = self.sites.requests
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
        site = self.find(region, subdomain)
        if site is None:
            raise KeyError((region, subdomain))
        return site

    def find(self, region: str, subdomain: str) -> Site | None:
        """Return a site if there is one of that name in that region."""
        return self.sites.find(region, subdomain)

    def start(self) -> Self:
        """Begin to answer."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop answering, also on connections that clients keep open, and send no more webhooks."""
        if self._thread.is_alive():
            self._server.shutdown()
        self._server.server_close()
        self._server.hang_up()
        for site in self.sites:
            site.close()

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
    """Reads one request and has one answer sent."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def _handle(self) -> None:
        started = time.perf_counter()
        path, _, search = self.path.partition("?")
        body = self._body()
        if body is None:
            self.close_connection = True
            self._send(Response(400), [])
        elif path.startswith(OWN_PATHS) or path == "/":
            call = Call(self.command, path, self.headers["Host"], self.headers["Content-Type"], body)
            self._send(console(self.server.simulator.sites, call), list(CONSOLE_HEADERS))
        else:
            self._vendor(path, _query(search), body, started)

    def _body(self) -> bytes | None:
        """Read what the request says that it carries; None where that can't be right."""
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > LARGEST_BODY:
            return None
        return self.rfile.read(int(length))

    def _vendor(self, path: str, query: Query, body: bytes, started: float) -> None:
        simulator = self.server.simulator
        _, region, subdomain, rest = [*path.split("/", 3), "", "", ""][:4]
        request = Request(self.command, f"/{rest}", query, basic_key(self.headers.get("Authorization")), body)
        site = simulator.find(region, subdomain)
        response = admit(site, request, lambda: self._announce(path, query)) if site else NO_SUCH_SITE
        tag = f'W/"{zlib.crc32(response.body):032x}"' if response.status == 200 else ""
        if tag and request.reads and tag in self.headers.get("If-None-Match", ""):
            response = NOT_MODIFIED  # as Rails does [I]
        simulator.requests.append((self.command, self.path, response.status))
        self._send(response, vendor_headers(response, site.now() if site else None, started, tag))

    def _announce(self, path: str, query: Query) -> None:
        if self.server.simulator.before_request:
            self.server.simulator.before_request(self.command, path, query)

    def _send(self, response: Response, headers: list[str]) -> None:
        with_body = self.command != "HEAD" and response.status != 304
        if not send(self.connection, response, headers, with_body=with_body):
            self.close_connection = True

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
