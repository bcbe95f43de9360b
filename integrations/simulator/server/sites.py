"""The sites that share a port, and the latest requests to them."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator

from ..site import Site
from ..spec import SiteSpec

SUBDOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
REMEMBERED_REQUESTS = 10_000


class Sites:
    """Finds a site by its present address: a renamed one is not found under the old (facts §2)."""

    def __init__(self, specs: Iterable[SiteSpec]) -> None:
        self._sites = [Site(spec) for spec in specs]
        self.requests: deque[tuple[str, str, int]] = deque(maxlen=REMEMBERED_REQUESTS)

    def __iter__(self) -> Iterator[Site]:
        return iter(self._sites)

    def find(self, region: str, subdomain: str) -> Site | None:
        """Return the site of that name in that region."""
        for site in self._sites:
            if site.spec.subdomain == subdomain and site.spec.region == region:
                return site
        return None

    def rename(self, site: Site, subdomain: str) -> None:
        """Give a site another subdomain; ValueError if it is none, or taken in its region."""
        if not SUBDOMAIN.fullmatch(subdomain):
            raise ValueError("a subdomain is made of a-z, 0-9 and hyphens")
        if self.find(site.spec.region, subdomain) not in (None, site):
            raise ValueError(f"{subdomain} is taken")
        site.rename(subdomain)

    def latest_requests(self, site: Site, count: int) -> list[tuple[str, str, int]]:
        """Return the newest requests to a site's present address, newest first."""
        start = f"/{site.spec.region}/{site.spec.subdomain}/"
        found = [request for request in list(self.requests) if request[1].startswith(start)]
        return found[: -count - 1 : -1]
