"""What an answer other than 200 means (facts §1 and §5), and what its body says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from integrations.connectors.base import ConnectorError, Problem
from integrations.connectors.chargify.bodies import NO_JSON

_KEPT_BYTES = 500
# Maxio API docs, "error-handling": a valid key of a blocked account gets 422 from any endpoint.
_ACCOUNT_STATES = {
    "account has been canceled": Problem.ACCOUNT_CANCELED,
    "trial has ended": Problem.TRIAL_ENDED,
    "data clearing is in progress": Problem.SITE_CLEARING,
    "site has been deleted": Problem.SITE_DELETED,
}
BLOCKED = frozenset({*_ACCOUNT_STATES.values(), Problem.ACCOUNT_BLOCKED})
_WITHOUT_PARAMETERS = {"/site.json", "/stats.json"}
# 413 is in the list of what the vendor's SDK tries again.
_PASSING = {408, 413}


def error_of(path: str, status: int, body: bytes) -> ConnectorError | None:
    """Return the trouble that an answer stands for, or None for a 200."""
    if status == 200:
        return None
    detail = f"{status} from {path}: {summary(body)}"
    return ConnectorError(_problem(path, status, body), detail, status=status)


def summary(body: bytes) -> str:
    """Return what an error body says, in one line."""
    return "; ".join(messages(body)) or body[:_KEPT_BYTES].decode("utf-8", "replace").strip()


def messages(body: bytes) -> list[str]:
    """Return the messages of an error body: text, list, mapping or list of mappings under errors or error."""
    try:
        decoded = msgspec.json.decode(body)
    except NO_JSON:
        return []
    if not isinstance(decoded, dict):
        return []
    found = "; ".join(_texts(decoded.get("errors") or decoded.get("error")))
    return [found[:_KEPT_BYTES]] if found else []


def _problem(path: str, status: int, body: bytes) -> Problem:
    if status == 401:
        return Problem.WRONG_KEY
    if status == 403:
        return Problem.FORBIDDEN
    if status == 404:
        return _problem_of_404(path, body)
    if status == 422:
        return _problem_of_422(path, body)
    if status == 429:
        return Problem.RATE_LIMITED
    if status >= 500 or status in _PASSING:
        return Problem.VENDOR_DOWN
    # inferred: an unknown subdomain may be redirected to a page of the vendor's; never followed with a key.
    return Problem.UNKNOWN_SITE if 300 <= status < 400 else Problem.INTERNAL


def _problem_of_404(path: str, body: bytes) -> Problem:
    # inferred: an unknown subdomain answers a page; the API's own 404 is empty or JSON (facts §1, §5).
    is_page = body.lstrip()[:1] == b"<"
    return Problem.UNKNOWN_SITE if is_page or path == "/site.json" else Problem.INTERNAL


def _problem_of_422(path: str, body: bytes) -> Problem:
    said = summary(body).lower()
    # inferred: where there is nothing to validate, a 422 in other words is a state of the account too.
    other = Problem.ACCOUNT_BLOCKED if path in _WITHOUT_PARAMETERS else Problem.INTERNAL
    return next((problem for text, problem in _ACCOUNT_STATES.items() if text in said), other)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("message"), str):
            yield value["message"]
            return
        for key, inner in value.items():
            yield from (f"{key}: {text}" for text in _texts(inner))
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif value is not None:
        yield str(value)
