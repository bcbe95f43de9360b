"""What an answer other than 200 means: `{"message", "type", "api_error_code", "http_status_code"}` (facts §11)."""

from __future__ import annotations

import msgspec

from integrations.connectors.base import ConnectorError, Problem

_KEPT_BYTES = 500
# inferred: the codes, from the vendor's client libraries and from what others met; facts §11 has the third only.
_BY_CODE = {
    "api_authentication_failed": Problem.WRONG_KEY,
    "api_authorization_failed": Problem.FORBIDDEN,
    "api_request_limit_exceeded": Problem.RATE_LIMITED,
    "lock_timeout": Problem.VENDOR_DOWN,
    # "The site is not enabled".
    "request_blocked": Problem.ACCOUNT_CANCELED,
    "site_not_found": Problem.UNKNOWN_SITE,
}
_BY_STATUS = {
    401: Problem.WRONG_KEY,
    403: Problem.FORBIDDEN,
    408: Problem.VENDOR_DOWN,
    429: Problem.RATE_LIMITED,
}


class _Trouble(msgspec.Struct):
    message: str = ""
    api_error_code: str = ""


def error_of(path: str, status: int, body: bytes) -> ConnectorError | None:
    """Return the trouble that an answer stands for, or None for a 200."""
    if status == 200:
        return None
    trouble = _read(body)
    said = f"{trouble.api_error_code} {trouble.message}" if trouble else body.decode("utf-8", "replace")
    problem = _BY_CODE.get(trouble.api_error_code) if trouble else None
    detail = f"{status} from {path}: {said.strip()[:_KEPT_BYTES]}"
    return ConnectorError(problem or _by_status(status, body), detail, status=status)


def _by_status(status: int, body: bytes) -> Problem:
    if status >= 500:
        return Problem.VENDOR_DOWN
    # inferred: an unknown site may be redirected, or answered with a page; never followed with a key.
    is_page = status == 404 and body.lstrip()[:1] == b"<"
    if 300 <= status < 400 or is_page:
        return Problem.UNKNOWN_SITE
    return _BY_STATUS.get(status, Problem.INTERNAL)


def _read(body: bytes) -> _Trouble | None:
    try:
        return msgspec.json.decode(body, type=_Trouble)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
