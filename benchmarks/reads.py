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

ROUNDS = 8
# As far behind a milestone of the API's as a page can be.
DEPTH = 500_100
PAGE = 100


def main(rows: int) -> None:
    """Fill a connection with invoices, and compare."""
    with lab() as stage:
        os.environ.update(stage.env)
        from benchmarks import reading  # needs the settings

        reader = reading.Reader(rows)
        for name, query, by_hand in reading.reads(
            reader, depth=DEPTH * rows // 1_000_000 // PAGE * PAGE, size=PAGE
        ):
            compare(reader, name, query, by_hand)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        say(f"\nPeak memory of the reader: {peak:.0f} MB")


def compare(reader: Any, name: str, query: str, by_hand: str) -> None:
    """Let the two take turns, and print what came of it."""
    started = time.perf_counter()
    statement = reader.statement(query)
    first = time.perf_counter() - started
    ratios, requests = [], []
    for turn in range(2 * ROUNDS):
        pair = (statement, by_hand) if turn % 2 else (by_hand, statement)
        seconds = {one: reader.seconds(one) for one in pair}
        ratios.append(seconds[statement] / seconds[by_hand])
        started = time.perf_counter()
        reader.get(query)
        requests.append(time.perf_counter() - started)
    if reader.ids(statement) != reader.ids(by_hand):
        raise SystemExit(f"{name}: other rows")
    say(f"\n{name}: the API's statement takes {median(ratios):.2f} x the time of the one by hand")
    say(f"  request: the first {first * 1000:.0f} ms, then {median(requests) * 1000:.1f} ms")
    say(f"  buffers: {reader.buffers(statement)} beside {reader.buffers(by_hand)}")
    say(f"  API:     {statement}\n  by hand: {by_hand}")


def say(text: str) -> None:
    """Print a line at once."""
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
