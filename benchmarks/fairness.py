"""One huge account beside many small ones on two workers: `python -m benchmarks.fairness [CUSTOMERS [SMALL]]`.

The small ones are synced twice by the real program, alone and with the huge one at work since before they came. Printed
is how long each took from being asked for to its end, as a median and as the slowest. CUSTOMERS are those of the huge
one, SMALL is how many small ones there are.
"""

from __future__ import annotations

import statistics
import sys

import psycopg

import tests.services  # noqa: F401  (names what the settings need; the program has servers of its own)
from integrations.simulator import SiteSpec
from tests.chaos.program import Program, program, wait_until
from tests.chaos.scenario import KEY, NOW

SMALL_CUSTOMERS = 100
LONGEST = 3_600.0


def main(customers: int, small: int) -> None:
    """Measure and print."""
    names = [f"small{number}" for number in range(small)]
    sites = [_site(name, SMALL_CUSTOMERS, seed) for seed, name in enumerate(names)]
    with program("fairness", [_site("huge", customers, 99), *sites]) as running:
        (operator,) = running.errand("operator")
        alone = _seconds(running, operator, names)
        (huge,) = running.errand("link", operator, "huge")
        running.errand("ask", operator, huge)
        wait_until(lambda: running.pages(huge) > 0, seconds=LONGEST)
        beside = _seconds(running, operator, names)
        state, pages = running.state(huge), running.pages(huge)
    print(f"{small} accounts of {SMALL_CUSTOMERS} customers, two workers, in seconds:")  # noqa: T201
    for name, found in (("alone", alone), ("beside the huge one", beside)):
        print(f"  {name:20} median {statistics.median(found):6.1f}  slowest {max(found):6.1f}")  # noqa: T201
    print(f"  factor: median {statistics.median(beside) / statistics.median(alone):.2f},", end=" ")  # noqa: T201
    print(f"slowest {max(beside) / max(alone):.2f}")  # noqa: T201
    print(f"The huge one ({customers:,} customers) was then {state}, with {pages} pages.")  # noqa: T201


def _site(name: str, customers: int, seed: int) -> SiteSpec:
    return SiteSpec(subdomain=name, api_key=KEY, customers=customers, months=3, seed=seed, now=NOW)


def _seconds(running: Program, operator: str, names: list[str]) -> list[float]:
    """Return how long each small account took, from being asked for to the end of its sync."""
    connections = running.errand("link", operator, *names)
    running.errand("ask", operator, *connections)
    wait_until(lambda: all(running.state(one) == "complete" for one in connections), seconds=LONGEST)
    with psycopg.connect(running.env["DATABASE_OWNER_URL"]) as owner:
        found = owner.execute(
            "SELECT extract(epoch FROM finished_at - requested_at) FROM integrations_sync"
            " WHERE connection_id = ANY(%s::uuid[])",
            [connections],
        ).fetchall()
    return [float(seconds) for (seconds,) in found]


if __name__ == "__main__":
    arguments = [int(word) for word in sys.argv[1:]]
    main(*arguments, *(100_000, 50)[len(arguments) :])
