"""Where webhooks may go: public addresses only, looked up once and then kept to.

Whoever names a URL could name a machine of ours, or have a name lead to one after it was checked. So every address of
a name is looked at when a webhook is sent, and the connection is made to what was looked at.
"""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_PUBLIC_V6 = ipaddress.ip_network("2000::/3")
# Within the public ranges, yet private or a way into private ones: protocol assignments, relays and tunnels.
_NOT_PUBLIC = [
    ipaddress.ip_network(text)
    for text in ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
]
_PORTS = {"http": 80, "https": 443}


class AddressRefused(Exception):
    """Webhooks don't go there; says why, in words for the operator."""


def split_url(url: str) -> SplitResult:
    """Return the parts of a URL that webhooks may be sent to; raise AddressRefused."""
    if not (url.isascii() and url.isprintable()) or " " in url:
        raise AddressRefused("The URL may have ASCII characters only, and no spaces.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise AddressRefused("This is not a URL.") from None
    if parts.scheme not in _PORTS or not parts.hostname or port == 0:
        raise AddressRefused("The URL must begin with https:// and name a host.")
    if parts.scheme == "http" and not settings.ALLOW_INSECURE_WEBHOOK_URL:
        raise AddressRefused("The URL must begin with https://.")
    if parts.username is not None or parts.fragment:
        raise AddressRefused("The URL may have neither a user name nor a fragment.")
    if _is_address(parts.hostname):
        _require_public(parts.hostname)
    return parts


def port_of(parts: SplitResult) -> int:
    """Return the port of a URL."""
    return parts.port or _PORTS[parts.scheme]


def addresses_of(host: str, port: int) -> list[str]:
    """Return the addresses of a host; raise AddressRefused where one of them isn't public, OSError without any."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    for address in addresses:
        _require_public(address)
    return addresses


def is_public(address: Address) -> bool:
    """Say whether an address is one on the internet, and leads nowhere else."""
    if isinstance(address, ipaddress.IPv6Address) and address not in _PUBLIC_V6:
        return False
    if any(address in network for network in _NOT_PUBLIC if network.version == address.version):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


def _require_public(text: str) -> None:
    if settings.ALLOW_INSECURE_WEBHOOK_URL:
        return
    if not is_public(ipaddress.ip_address(text.partition("%")[0])):  # behind it, the name of an interface
        raise AddressRefused("The host's address is not a public one.")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True
