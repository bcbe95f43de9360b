"""A receiver of webhooks: a small HTTP server that keeps what it gets and answers as it is told."""

from __future__ import annotations

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

Headers = dict[str, str]


@dataclass
class Receiver:
    """What came, and what is answered: the first of `answers`, then 200."""

    port: int = 0
    requests: list[tuple[str, Headers, bytes]] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=list)
    # Seconds between the bytes of an answer.
    drip: float = 0
    # Called while the sender waits for the answer.
    meanwhile: Any = None

    @property
    def url(self) -> str:
        """Return where it listens."""
        return f"http://127.0.0.1:{self.port}/hooks?for=us"

    @property
    def bodies(self) -> list[bytes]:
        """Return the bodies that came."""
        return [body for _, _, body in self.requests]


def status(code: int, *headers: str) -> bytes:
    """Return an answer."""
    return "\r\n".join([f"HTTP/1.1 {code} Said", "Content-Length: 0", *headers, "", ""]).encode()


class _Handler(socketserver.StreamRequestHandler):
    receiver: Receiver

    def handle(self) -> None:
        line = self.rfile.readline().decode().strip()
        if not line:
            return
        headers: Headers = {}
        while text := self.rfile.readline().decode().strip():
            name, _, value = text.partition(":")
            headers[name.lower()] = value.strip()
        body = self.rfile.read(int(headers.get("content-length", 0)))
        self.receiver.requests.append((line, headers, body))
        if self.receiver.meanwhile:
            self.receiver.meanwhile()
        self._answer(self.receiver.answers.pop(0) if self.receiver.answers else status(200))

    def _answer(self, answer: bytes) -> None:
        try:
            for byte in answer if self.receiver.drip else ():
                self.wfile.write(bytes([byte]))
                time.sleep(self.receiver.drip)
            if not self.receiver.drip:
                self.wfile.write(answer)
        except OSError:
            pass  # the sender has had enough


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    block_on_close = False

    def handle_error(self, *args: Any) -> None:
        """Say nothing of senders who hang up."""


@contextmanager
def receiver(context: Any = None) -> Iterator[Receiver]:
    """Run a receiver, over TLS where a context is given."""
    made = Receiver()
    handler = type("Handler", (_Handler,), {"receiver": made})
    with _Server(("127.0.0.1", 0), handler) as server:
        made.port = server.server_address[1]
        if context:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield made
        finally:
            server.shutdown()
            thread.join()
