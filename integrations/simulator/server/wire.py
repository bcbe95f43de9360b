"""Puts an answer on a connection, whole or broken."""

from __future__ import annotations

import os
import socket
import struct
import time
import uuid
from contextlib import suppress
from email.utils import formatdate

from .messages import Response

ABORT = struct.pack("ii", 1, 0)  # linger for no time: closing sends a reset
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
CONSOLE_HEADERS = (
    "cache-control: no-store",
    f"content-security-policy: {POLICY}",
    "cross-origin-resource-policy: same-origin",
    "referrer-policy: no-referrer",
    "x-content-type-options: nosniff",
)


def vendor_headers(response: Response, now: int | None, started: float, tag: str) -> list[str]:
    """Return the headers recorded in 2024, in that spelling (facts §4)."""
    headers = [
        f"date: {formatdate(now, usegmt=True)}",
        "cache-control: private, no-store",
        f"status: {response.status} {response.reason}",
        f"x-request-id: {uuid.uuid4()}",
        f"x-runtime: {time.perf_counter() - started:.6f}",
        "x-frame-options: SAMEORIGIN",
        "referrer-policy: strict-origin-when-cross-origin",
        "server: nginx + Phusion Passenger(R)",
    ]
    if tag:
        headers.append(f"etag: {tag}")
    if response.status == 200:
        headers.append("strict-transport-security: max-age=31536000")
    return headers


def send(connection: socket.socket, response: Response, headers: list[str], *, with_body: bool) -> bool:
    """Send an answer in one piece, or break it; return whether the connection is still good."""
    lines = [f"HTTP/1.1 {response.status} {response.reason}", *_framing(response), *headers]
    head = "\r\n".join(lines).encode() + b"\r\n\r\n"
    if response.breakage and with_body:
        _break(connection, response, head)
        return False
    connection.sendall(head + _encoded(response) if with_body else head)
    return True


def _framing(response: Response) -> list[str]:
    if response.status == 304:
        return ["connection: keep-alive"]
    return [
        f"content-type: {response.content_type}",
        "transfer-encoding: chunked" if response.chunked else f"content-length: {len(response.body)}",
        "connection: keep-alive",
    ]


def _encoded(response: Response) -> bytes:
    return _chunk(response.body) + b"0\r\n\r\n" if response.chunked else response.body


def _chunk(body: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(body), body) if body else b""


def _half(response: Response) -> bytes:
    """Return half a body without the end that its client waits for."""
    half = response.body[: len(response.body) // 2]
    return _chunk(half) if response.chunked else half


def _break(connection: socket.socket, response: Response, head: bytes) -> None:
    """Send half an answer, or its head alone, and then nothing for a while or a reset."""
    connection.sendall(head if response.breakage == "stalled_head" else head + _half(response))
    if response.breakage == "reset":
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT)
        os.close(connection.detach())
    elif response.breakage != "cut":
        connection.settimeout(response.silence)
        with suppress(OSError):  # time is up, or the client went away first
            connection.recv(1)
