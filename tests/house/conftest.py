"""The running program for the documents' tests, beside the one that the tests of the journey may have running."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integrations.simulator import Simulator, SiteSpec
from tests import stack as program
from tests.stack import SITE_KEY, Stack


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The whole program, with queues of its own: two workers at one queue would take each other's tasks."""
    with Simulator([SiteSpec(subdomain="acme", api_key=SITE_KEY, customers=40, seed=7)]) as simulator:
        running = program._prepare(simulator)
        running.env["REDIS_URL"] = running.env["REDIS_URL"].rsplit("/", 1)[0] + "/2"
        try:
            program._start(running)
            yield running
        finally:
            program._stop(running)
