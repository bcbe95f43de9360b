"""A Chargebee of our own, over a socket: strict where the vendor may be lenient (facts §11).

Every site answers under `/{site}/api/v2`. Lists are walked by a cursor that names a place: the time of change and a
number. A parameter that nobody knows, a cursor that was never handed out or a page larger than allowed is refused.
"""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from tests.integrations.chargebee import records

Body = dict[str, Any]
DEFAULT_PAGE, LARGEST_PAGE = 10, 100
KINDS = {"customers": "customer", "subscriptions": "subscription"}
KNOWN_PARAMETERS = {"limit", "offset", "include_deleted", "sort_by[asc]", "updated_at[after]"}


class Refusal(Exception):
    """An answer other than 200."""

    def __init__(
        self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.headers = status, headers or {}
        self.body = {
            "message": message,
            "type": "invalid_request",
            "api_error_code": code,
            "http_status_code": status,
        }


class Site:
    """One merchant's site; `catalogue` is the version of its product catalogue, 1 or 2."""

    def __init__(self, *, key: str, catalogue: int = 2, customers: int = 0) -> None:
        self.key, self.catalogue = key, catalogue
        self.rows: dict[str, dict[str, Body]] = {kind: {} for kind in KINDS}
        self.numbers: dict[str, int] = {}
        self.cursors: set[str] = set()
        self.refusals: list[Refusal] = []
        # Called once, before the answer to a page behind the first one of a kind.
        self.meanwhile: dict[str, Callable[[], None]] = {}
        start = int(time.time()) - 400 * 86_400
        for number in range(customers):
            # Three share a second: no cursor may lean on the time alone.
            self.add_customer(at=start + number // 3 * 3600)

    def add_customer(self, *, at: int | None = None) -> str:
        """Make a customer with a subscription; return its id."""
        number, moment = len(self.rows["customers"]), at or int(time.time())
        for kind, body in (
            ("customers", records.customer(number, moment)),
            ("subscriptions", records.subscription(number, moment, catalogue=self.catalogue)),
        ):
            self.rows[kind][body["id"]] = body
            self.numbers[f"{kind}/{body['id']}"] = len(self.numbers)
        return f"cust_{number}"

    def change(self, kind: str, record: str, **values: Any) -> None:
        """Change a record now."""
        now = time.time()
        self.rows[kind][record] |= values | {"updated_at": int(now), "resource_version": int(now * 1000)}

    def page(self, kind: str, query: Mapping[str, str]) -> Body:
        """Return an answer to a list; raise Refusal."""
        limit = _limit(query.get("limit", str(DEFAULT_PAGE)))
        rows = self._listed(kind, query)
        entries = [{KINDS[kind]: body} | records.beside(kind, body) for _, body in rows[:limit]]
        answer: Body = {"list": entries}
        if len(rows) > limit:
            answer["next_offset"] = json.dumps([str(part) for part in rows[limit - 1][0]])
            self.cursors.add(answer["next_offset"])
        return answer

    def _listed(self, kind: str, query: Mapping[str, str]) -> list[tuple[tuple[int, int], Body]]:
        rows = [(self._place(kind, body), body) for body in self.rows[kind].values()]
        if not _flag(query.get("include_deleted", "false")):
            rows = [row for row in rows if not row[1]["deleted"]]
        if since := query.get("updated_at[after]"):
            rows = [row for row in rows if row[1]["updated_at"] > _seconds(since)]
        if "sort_by[asc]" not in query:
            return sorted(rows, key=lambda row: -row[1]["created_at"])
        if query["sort_by[asc]"] not in {"created_at", "updated_at"}:
            raise wrong("sort_by[asc]")
        place = self._cursor(query.get("offset"))
        return sorted((row for row in rows if row[0] > place), key=lambda row: row[0])

    def _place(self, kind: str, body: Body) -> tuple[int, int]:
        return body["updated_at"] * 1000, self.numbers[f"{kind}/{body['id']}"]

    def _cursor(self, offset: str | None) -> tuple[int, int]:
        if offset is None:
            return (0, 0)
        if offset not in self.cursors:
            raise wrong("offset")
        moment, number = json.loads(offset)
        return int(moment), int(number)


class ChargebeeSimulator:
    """Sites over a socket; `requests` holds the path and query of each request."""

    def __init__(self, sites: dict[str, Site]) -> None:
        self.sites = sites
        self.requests: list[tuple[str, dict[str, str]]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """Return where a site is, with its name left open."""
        return f"http://127.0.0.1:{self._server.server_port}/{{site}}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, path: str, authorization: str | None) -> Body:
        """Return the answer to a GET; raise Refusal."""
        parts = urlsplit(path)
        query = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
        self.requests.append((parts.path, query))
        name, _, rest = parts.path.removeprefix("/").partition("/api/v2/")
        site = self.sites.get(name)
        if site is None:
            raise Refusal(404, "site_not_found", f"{name} is not found")
        # The user is the key, and the password is empty.
        if authorization != "Basic " + base64.b64encode(f"{site.key}:".encode()).decode():
            raise Refusal(401, "api_authentication_failed", "Sorry, authentication failed. Invalid api key")
        if site.refusals:
            raise site.refusals.pop(0)
        if rest not in KINDS:
            raise Refusal(404, "resource_not_found", f"{rest} is not found")
        if unknown := query.keys() - KNOWN_PARAMETERS:
            raise wrong(min(unknown))
        if "offset" in query:
            site.meanwhile.pop(rest, lambda: None)()
        return site.page(rest, query)


def busy(*, retry_after: int) -> Refusal:
    """Return the refusal of one request too many in a minute."""
    message = "Sorry, access has been blocked temporarily due to request count exceeding acceptable limits."
    return Refusal(429, "api_request_limit_exceeded", message, {"Retry-After": str(retry_after)})


def wrong(parameter: str) -> Refusal:
    """Return the refusal of a parameter."""
    return Refusal(400, "param_wrong_value", f"{parameter} : invalid value")


def _limit(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= LARGEST_PAGE:
        raise wrong("limit")
    return int(text)


def _seconds(text: str) -> int:
    if not text.isdigit():
        raise wrong("updated_at[after]")
    return int(text)


def _flag(text: str) -> bool:
    if text not in {"true", "false"}:
        raise wrong("include_deleted")
    return text == "true"


def _handler(simulator: ChargebeeSimulator) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Knows no method but GET; `http.server` answers 501 to any other."""

        def do_GET(self) -> None:
            try:
                self._send(200, simulator.answer(self.path, self.headers["Authorization"]), {})
            except Refusal as refusal:
                self._send(refusal.status, refusal.body, refusal.headers)

        def _send(self, status: int, body: Body, headers: Mapping[str, str]) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Type": "application/json;charset=utf-8"}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    return Handler
