"""The vendor of the benchmarks: `python -m benchmarks.vendor CUSTOMERS` serves an account that is rendered beforehand.

It prints its address. `GET /-/latency/0.15` delays every answer from then on, `/-/change` changes one row in a hundred
(only these are listed to who asks for changes), `/-/asked` tells how often each path was asked for and starts anew.
"""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from email.utils import formatdate
from urllib.parse import parse_qs, urlsplit

import msgspec

from benchmarks.account import Listing, listings

_LARGEST_PAGE = 200
_SITE = {
    "id": 86_601,
    "name": "Acme",
    "subdomain": "acme",
    "currency": "USD",
    "relationship_invoicing_enabled": True,
    "test": False,
}
# The other lists of the vendor are empty; these hold theirs under a key.
_UNDER_A_KEY = {
    "/products_price_points.json": "price_points",
    "/components_price_points.json": "price_points",
    "/subscriptions_components.json": "subscriptions_components",
    "/subscription_groups.json": "subscription_groups",
    "/credit_notes.json": "credit_notes",
    "/invoices/events.json": "events",
    "/customers/metadata.json": "metadata",
    "/subscriptions/metadata.json": "metadata",
}


class Vendor:
    """An account and what happens to it."""

    def __init__(self, lists: dict[str, Listing]) -> None:
        self.lists = lists
        self.latency = 0.0
        self.asked: Counter[str] = Counter()

    def answer(self, target: str) -> bytes:
        """Return the body for a request."""
        url = urlsplit(target)
        if url.path.startswith("/-/"):
            return msgspec.json.encode(self._control(*url.path.split("/")[2:]))
        self.asked[url.path] += 1
        if url.path in self.lists:
            return self._page(self.lists[url.path], parse_qs(url.query))
        if url.path == "/site.json":
            return msgspec.json.encode({"site": _SITE})
        if url.path == "/stats.json":
            return msgspec.json.encode(
                {"stats": {"total_subscriptions": len(self.lists["/subscriptions.json"])}}
            )
        return msgspec.json.encode({_UNDER_A_KEY[url.path]: []} if url.path in _UNDER_A_KEY else [])

    def _page(self, rows: Listing, query: dict[str, list[str]]) -> bytes:
        number, size = int(query.get("page", ["1"])[0]), int(query.get("per_page", ["20"])[0])
        return rows.answer(number, min(size, _LARGEST_PAGE), changed_only="start_datetime" in query)

    def _control(self, action: str, *values: str) -> object:
        if action == "latency":
            self.latency = float(values[0])
        if action == "change":
            return {path: rows.change() for path, rows in self.lists.items()}
        if action == "asked":
            asked, self.asked = dict(self.asked), Counter()
            return asked
        return None


class Line(asyncio.Protocol):
    """One connection: a GET, its answer, the next GET."""

    def __init__(self, vendor: Vendor) -> None:
        self._vendor = vendor
        self._head = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._head += data
        if self._head.endswith(b"\r\n\r\n"):
            target = self._head.split(b" ", 2)[1].decode()
            self._head = b""
            delay = 0.0 if target.startswith("/-/") else self._vendor.latency
            asyncio.get_running_loop().call_later(delay, self._send, target)

    def _send(self, target: str) -> None:
        body = self._vendor.answer(target)
        head = (
            "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\n"
            f"Date: {formatdate(usegmt=True)}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self._transport.write(head.encode() + body)  # type: ignore[attr-defined]


async def serve(customers: int) -> None:
    """Serve until the process is ended."""
    vendor = Vendor(listings(customers))
    server = await asyncio.get_running_loop().create_server(lambda: Line(vendor), "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)  # noqa: T201
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
