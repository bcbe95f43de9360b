"""Sends one webhook once (facts §6)."""

from __future__ import annotations

from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit


def destination(url: str) -> SplitResult:
    """Return the parts of a URL; ValueError unless it is http to a loopback address, the only ones served."""
    parts = urlsplit(url)
    if parts.scheme != "http" or not is_loopback(parts.hostname or "") or parts.port == 0:
        raise ValueError("the simulator sends to http and loopback addresses only")
    return parts


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address stays on this machine."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def deliver(url: str, body: str, headers: Mapping[str, str], timeout: float) -> str:
    """Post a body and return "" when it was accepted with 200, else what went wrong."""
    parts = destination(url)
    connection = HTTPConnection(parts.hostname or "", parts.port or 80, timeout=timeout)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", target, body.encode(), {**headers, **FORM})
        answer = connection.getresponse()
        return "" if answer.status == 200 else f"{answer.status} {answer.reason}"
    except TimeoutError:
        return "Timeout"
    except (OSError, HTTPException, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    finally:
        connection.close()


FORM = {"Content-Type": "application/x-www-form-urlencoded"}
