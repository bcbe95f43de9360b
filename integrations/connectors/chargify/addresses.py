"""Where a Chargify site is: what a person may type, the vendor's two hosts, and the tests' way round them.

Hosts: vendor SDK 10, configuration.py (facts §1). A key works at its own site's address only, and there is no
call that would find a site by its key.
"""

from __future__ import annotations

import re

from django.conf import settings

from integrations.connectors.base import ConnectorError, InvalidAccount, Problem

REGIONS = ("us", "eu")
_SUFFIXES = {"us": ".chargify.com", "eu": ".ebilling.maxio.com"}
_RESERVED = {"app", "api", "events", "www"}
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
# Long, letters and digits mixed, no hyphen: it must neither be kept in clear nor sent out as a host's name.
_LIKE_A_KEY = re.compile(r"(?=.*[0-9])(?=.*[a-z])[a-z0-9_]{20,}")
_SCHEME = re.compile(r"https?://")
_PORT = re.compile(r":\d+$")
_EXAMPLE = "Your site's address looks like acme.chargify.com or acme.ebilling.maxio.com."


def parse_address(entered: str) -> tuple[str, str | None]:
    """Return site and region of what a person typed; the region is None where a bare name leaves it open."""
    host = _host_of(entered)
    site, region = _split(host)
    if region is None and _LIKE_A_KEY.fullmatch(site):
        raise InvalidAccount(f"This looks like an API key. Enter it below, and your site here. {_EXAMPLE}")
    if site in _RESERVED:
        raise InvalidAccount(f"“{site}” belongs to Chargify itself and is not your site. {_EXAMPLE}")
    if not _LABEL.fullmatch(site):
        raise InvalidAccount(f"“{host}” can't be a Chargify site. {_EXAMPLE}")
    return site, region


def is_address(entered: str) -> bool:
    """Say whether a text is a site's full address, as where it was typed into the wrong field."""
    return re.split(r"[/?#]", _SCHEME.sub("", entered.lower()), maxsplit=1)[0].endswith(
        tuple(_SUFFIXES.values())
    )


def host_of(region: str, site: str) -> str:
    """Return a site's host at the vendor."""
    return site + _SUFFIXES[region]


def base_url(region: str, site: str) -> str:
    """Return where a site answers: the vendor's host, or what the settings name where they allow another."""
    if region not in REGIONS or not _LABEL.fullmatch(site) or site in _RESERVED:
        raise ConnectorError(Problem.INTERNAL, f"{site!r} in region {region!r} is no Chargify site")
    template: str = {"us": settings.CHARGIFY_US_URL, "eu": settings.CHARGIFY_EU_URL}[region]
    url = template.replace("{site}", site).rstrip("/")
    if url != f"https://{host_of(region, site)}" and not settings.ALLOW_INSECURE_VENDOR_URL:
        raise ConnectorError(Problem.INTERNAL, f"{url} is not Chargify's (ALLOW_INSECURE_VENDOR_URL)")
    return url


def _host_of(entered: str) -> str:
    address = _SCHEME.sub("", entered.strip().strip("'\"").strip().lower(), count=1)
    host = re.split(r"[/?#]", address, maxsplit=1)[0]
    if "@" in host:
        raise InvalidAccount(f"Enter your site's address, not an e-mail address. {_EXAMPLE}")
    host = _PORT.sub("", host).rstrip(".")
    if not host:
        raise InvalidAccount(f"Enter your site's address. {_EXAMPLE}")
    return host


def _split(host: str) -> tuple[str, str | None]:
    for region, suffix in _SUFFIXES.items():
        if host.endswith(suffix):
            return host.removesuffix(suffix), region
    if "." in host:
        raise InvalidAccount(f"“{host}” is not an address at Chargify. {_EXAMPLE}")
    return host, None
