"""Where an operator may send its customers after Finish: listed hosts only, over https."""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import SplitResult, urlsplit

# Browsers drop or rewrite these, so that what we check would not be where they go.
_MISREAD_BY_BROWSERS = re.compile(r"[\s\\\x00-\x20\x7f]")
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}

NOT_ALLOWED = (
    "Link will not go there: the URL must begin with https:// and its host must be one of the allowed hosts, "
    "without any parameter in it."
)


def is_allowed(template: str, hosts: Collection[str]) -> bool:
    """Say whether a redirect URL leads to a listed host, over https (or to this machine)."""
    if not template or _MISREAD_BY_BROWSERS.search(template):
        return False
    try:
        parts = urlsplit(template)
        host, netloc, _ = parts.hostname or "", parts.netloc.lower(), parts.port
    except ValueError:
        return False
    listed = {name.strip().lower() for name in hosts}
    return "@" not in netloc and "{" not in netloc and is_safe(parts, host) and bool({host, netloc} & listed)


def is_safe(parts: SplitResult, host: str) -> bool:
    """Say whether a URL's parts lead to a host over https, or to this machine."""
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK))
