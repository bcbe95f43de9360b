"""Print how much CPU the simulator spends on one page of an answer, as a median over many pages.

Run with `python -m benchmarks.simulator_page`; the first argument is the number of customers.
"""

from __future__ import annotations

import statistics
import sys
from itertools import count
from time import process_time

from integrations.simulator.bodies.details import DETAILS
from integrations.simulator.endpoints.routes import answer
from integrations.simulator.site import Site
from integrations.simulator.spec import SiteSpec

SIZE = 200
MOST = 100  # pages of one answer
EMPTY = 200  # bytes; the page after the last one is shorter than that
ANSWERS = {
    "invoices with every detail": ("/invoices.json", dict.fromkeys(DETAILS, "true")),
    "invoices with lines": ("/invoices.json", {"line_items": "true"}),
    "invoices without details": ("/invoices.json", {}),
    "invoice events": ("/invoices/events.json", {"with_change_invoice_status": "true"}),
    "credit notes": ("/credit_notes.json", {}),
    "events": ("/events.json", {}),
    "subscriptions": ("/subscriptions.json", {}),
    "customers": ("/customers.json", {}),
}


def pages(site: Site, path: str, query: dict[str, str]) -> list[float]:
    """Return the CPU seconds of each full page; the first asks for the order too and is left out."""
    found: list[float] = []
    for number in count(1):
        started = process_time()
        _, body = answer(site, path, query | {"per_page": str(SIZE), "page": str(number)})
        found.append(process_time() - started)
        if len(body) < EMPTY or number > MOST:
            return found[1:-2] or found
    raise AssertionError


def main() -> None:
    """Read every page of every answer and print a line for each."""
    site = Site(SiteSpec(customers=int(sys.argv[1]) if len(sys.argv) > 1 else 2_000))
    site.store.flush()
    for name, (path, query) in ANSWERS.items():
        spent = [seconds * 1000 for seconds in pages(site, path, query)]
        print(f"{name:28} {statistics.median(spent):6.2f} ms a page of {SIZE} ({len(spent)} pages)")  # noqa: T201


if __name__ == "__main__":
    main()
