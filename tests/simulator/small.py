"""A site whose business doesn't matter, for tests of what stands in front of it."""

from __future__ import annotations

from collections.abc import Iterator

import requests

from integrations.simulator import Simulator, SiteSpec

from .conftest import NOW, Vendor


def small_site() -> Iterator[Vendor]:
    """Serve a site of a few customers, and another one in the other region."""
    spec = SiteSpec(subdomain="acme", customers=5, non_primary_currencies=("EUR",), now=NOW)
    other = SiteSpec(subdomain="other", region="eu", customers=1, months=1)
    with Simulator([spec, other]) as simulator, requests.Session() as session:
        session.auth = (spec.api_key, "x")
        yield Vendor(simulator, spec, session)
