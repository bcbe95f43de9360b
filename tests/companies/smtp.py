"""A mail server for tests: it takes mail over a socket, refuses it, or hangs up before it has answered."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message


class MailServer(socketserver.ThreadingTCPServer):
    """What arrived is in `messages`; `refuses` is an answer to each recipient, `hangs_up` after the text."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.messages: list[Message] = []
        self.refuses = ""
        self.hangs_up = False

    @property
    def url(self) -> str:
        """Return the value of EMAIL_URL."""
        return f"smtp://127.0.0.1:{self.server_address[1]}"


class _Talk(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self._say("220 here")
        while line := self.rfile.readline():
            word = line[:4].upper().decode()
            if word == "DATA":
                self._say("354 go on")
                self.server.messages.append(message_from_bytes(self._text()))
                if self.server.hangs_up:
                    return
                self._say("250 taken")
            elif word == "RCPT" and self.server.refuses:
                self._say(self.server.refuses)
            elif word == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 fine")

    def _text(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line)
        return b"".join(lines)

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """Run a mail server."""
    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
