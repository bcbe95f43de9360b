"""What passes through the server: a request that was read, and an answer before it is on the wire."""

from __future__ import annotations

from http import HTTPStatus

from msgspec import Struct

Query = dict[str, str]
JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"


class Request(Struct, frozen=True):
    """One call to a site; `path` begins after the site's address, `key` is what its client sent."""

    method: str
    path: str
    query: Query
    key: str | None = None
    body: bytes = b""

    @property
    def reads(self) -> bool:
        """Tell whether it asks for data; HEAD is a GET whose body stays away [I]."""
        return self.method in ("GET", "HEAD")


class Response(Struct, frozen=True):
    """An answer; `breakage` names what goes wrong while it is sent, `silence` for how many seconds."""

    status: int
    body: bytes = b""
    content_type: str = JSON
    chunked: bool = False
    breakage: str = ""
    silence: float = 0

    @property
    def reason(self) -> str:
        """Return the status's phrase."""
        return HTTPStatus(self.status).phrase


NOT_FOUND = Response(404)  # an empty body that still claims to be JSON (facts §5)
