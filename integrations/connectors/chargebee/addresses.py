"""Where a Chargebee site is, and what a person may type as its address (facts §11)."""

from __future__ import annotations

import re

from integrations.connectors.base import ConnectorError, InvalidAccount, Problem

# Tests put their simulator in its place; nothing else can.
URL = "https://{site}.chargebee.com"
VERSION = "/v2"
# inferred: every site answers under this suffix, wherever its data are kept.
_SUFFIX = ".chargebee.com"
_RESERVED = {"api", "apidocs", "app", "js", "support", "www"}
_SITE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
# inferred: keys begin with test_ or live_; else long, letters and digits mixed, no hyphen.
_LIKE_A_KEY = re.compile(r"(?:test|live)_\w+|(?=.*[0-9])(?=.*[a-z])[a-z0-9_]{20,}")
_SCHEME = re.compile(r"https?://")
_PORT = re.compile(r":\d+$")
_EXAMPLE = (
    "Your site's address looks like acme.chargebee.com, that of its test site like acme-test.chargebee.com."
)


def parse_address(entered: str) -> str:
    """Return the site of what a person typed; raise InvalidAccount with words for them."""
    host = _host_in(entered)
    if _LIKE_A_KEY.fullmatch(host):
        raise InvalidAccount(f"This looks like an API key. Enter it below, and your site here. {_EXAMPLE}")
    site = host.removesuffix(_SUFFIX)
    if site in _RESERVED:
        raise InvalidAccount(f"“{site}” belongs to Chargebee itself and is not your site. {_EXAMPLE}")
    if not _SITE.fullmatch(site):
        raise InvalidAccount(f"“{host}” is no address at Chargebee. {_EXAMPLE}")
    return site


def is_address(entered: str) -> bool:
    """Say whether a text is a site's full address, as where it was typed into the wrong field."""
    return re.split(r"[/?#]", _SCHEME.sub("", entered.lower()), maxsplit=1)[0].endswith(_SUFFIX)


def host_of(site: str) -> str:
    """Return a site's host at the vendor."""
    return site + _SUFFIX


def base_url(site: str) -> str:
    """Return where a site's API answers; a stored site is looked at again."""
    if not _SITE.fullmatch(site) or site in _RESERVED:
        raise ConnectorError(Problem.INTERNAL, f"{site!r} is no Chargebee site")
    return f"{URL.replace('{site}', site)}/api{VERSION}"


def _host_in(entered: str) -> str:
    address = _SCHEME.sub("", entered.strip().strip("'\"").strip().lower(), count=1)
    host = _PORT.sub("", re.split(r"[/?#]", address, maxsplit=1)[0]).rstrip(".")
    if "@" in host:
        raise InvalidAccount(f"Enter your site's address, not an e-mail address. {_EXAMPLE}")
    if not host:
        raise InvalidAccount(f"Enter your site's address. {_EXAMPLE}")
    return host
