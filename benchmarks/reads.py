"""Reads of a million rows: `python -m benchmarks.reads [ROWS]` measures the API's own SQL beside the best by hand.

For each read it prints how often the hand-written statement's time the API's takes (medians of turns), how many buffers
either touches, the statements, and how long the whole request takes and what it costs in memory.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from statistics import median
from typing import Any

from benchmarks.lab import lab

ROUNDS = 9
DEPTH = 500_000
PAGE = 100


def main(rows: int) -> None:
    """Fill a connection with invoices, and compare."""
    with lab() as stage:
        os.environ.update(stage.env)
        from benchmarks import reading  # needs the settings

        reader = reading.Reader(rows)
        for name, query, by_hand in reading.reads(reader, depth=min(DEPTH, rows // 2), size=PAGE):
            compare(reader, name, query, by_hand)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        say(f"\nPeak memory of the reader: {peak:.0f} MB")


def compare(reader: Any, name: str, query: str, by_hand: str) -> None:
    """Let the two take turns, and print what came of it."""
    started = time.perf_counter()
    statement = reader.statement(query)
    first = time.perf_counter() - started
    ratios, requests = [], []
    for _ in range(ROUNDS):
        mine, hand = reader.seconds(statement), reader.seconds(by_hand)
        ratios.append(mine / hand)
        started = time.perf_counter()
        reader.get(query)
        requests.append(time.perf_counter() - started)
    assert reader.ids(statement) == reader.ids(by_hand), f"{name}: other rows"
    say(f"\n{name}: the API's statement takes {median(ratios):.2f} x the time of the one by hand")
    say(f"  request: the first {first * 1000:.0f} ms, then {median(requests) * 1000:.1f} ms")
    say(f"  buffers: {reader.buffers(statement)} beside {reader.buffers(by_hand)}")
    say(f"  API:     {statement}\n  by hand: {by_hand}")


def say(text: str) -> None:
    """Print a line at once."""
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
