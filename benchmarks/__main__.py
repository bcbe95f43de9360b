"""Measure the sync: `bin/bench [PART ...] [--rounds N] [--customers N]`; without parts all but `curve`.

Contenders take turns within a round, so that a machine that slows down slows all of them; what is printed are medians
over the rounds and their ratios. Nothing passes or fails here.
"""

from __future__ import annotations

import argparse
from statistics import median
from typing import Any

from benchmarks.curve import plot
from benchmarks.lab import ROOT, Lab, Writes, lab, peers_python

LATENCY = 0.15  # seconds for each answer
SIZES = (100, 1_000, 10_000, 100_000)  # customers; 8.2 objects for each


def say(text: str) -> None:
    """Print a line at once."""
    print(text, flush=True)  # noqa: T201


def contend(lab: Lab, name: str, in_flight: int) -> dict[str, Any]:
    """Let a contender read the account for the first time."""
    if name == "ours":
        lab.empty()
        return lab.run("-m", "benchmarks.ours", str(in_flight))
    if name == "dlt":
        return lab.run("benchmarks/dlt_pipeline.py", python=peers_python())
    only = ["fetch"] if name == "fetch and parse" else []
    return lab.run("-m", "benchmarks.floor", str(in_flight), *only)


def compare(lab: Lab, title: str, names: list[str], *, in_flight: int, rounds: int) -> None:
    """Let contenders take turns and print their medians."""
    say(f"\n{title}")
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    for _ in range(rounds):
        for name in names:
            run = contend(lab, name, in_flight)
            say(f"    {name:16} {run['objects'] / run['seconds']:9,.0f} objects/s, {run['seconds']:.1f} s")
            runs[name].append(run)
    ours = [run["objects"] / run["seconds"] for run in runs["ours"]]
    for name in names:
        rates = [run["objects"] / run["seconds"] for run in runs[name]]
        ratio = median(mine / theirs for mine, theirs in zip(ours, rates, strict=True))
        peak = max(run["peak_mb"] for run in runs[name])
        say(
            f"  {name:16} {median(rates):9,.0f} objects/s ({min(rates):,.0f} to {max(rates):,.0f})"
            f"   ours is {ratio:5.2f} of it   peak {peak:4.0f} MB"
        )


def first(lab: Lab, rounds: int) -> None:
    """First sync, without latency."""
    names = ["fetch and parse", "floor", "ours"] + (["dlt"] if peers_python() else [])
    compare(lab, "First sync, no latency, 4 in flight", names, in_flight=4, rounds=rounds)


def latency(lab: Lab, rounds: int) -> None:
    """First sync, with a latency that is a vendor's."""
    lab.tell(f"latency/{LATENCY}")
    for in_flight in (4, 2):
        title = f"First sync, {LATENCY * 1000:.0f} ms for each answer, {in_flight} in flight"
        compare(lab, title, ["floor", "ours"], in_flight=in_flight, rounds=rounds)
    lab.tell("latency/0")


def again(lab: Lab, rounds: int) -> None:
    """Second sync: nothing changed, then one row in a hundred."""
    lab.empty()
    before = lab.writes()
    read = lab.run("-m", "benchmarks.ours", "4")
    connection = read["connection"]
    report(lab, f"First sync of {read['objects']:,} objects", read, before)
    before = lab.writes()
    report(lab, "Second sync, nothing changed", lab.run("-m", "benchmarks.ours", "4", connection), before)
    for _ in range(rounds):
        lab.tell("change")
        before = lab.writes()
        report(lab, "Second sync, 1 % changed", lab.run("-m", "benchmarks.ours", "4", connection), before)


def report(lab: Lab, title: str, run: dict[str, Any], before: Writes) -> None:
    """Print what a sync asked for and wrote."""
    after = lab.writes()
    asked = ", ".join(f"{path} {count}" for path, count in sorted(lab.tell("asked").items()))
    say(f"\n{title}: {run['seconds']:.2f} s, {run['changed']:,} objects changed")
    say(
        f"  tuples inserted, updated, deleted: {[now - then for now, then in zip(after, before, strict=True)]}"
    )
    say(f"  asked: {asked}")


def size(lab: Lab, customers: int) -> dict[str, Any]:
    """First sync of an account of another size."""
    with lab.account(customers):
        lab.empty()
        run = lab.run("-m", "benchmarks.ours", "4")
    each = run["seconds"] / run["objects"] * 1e6
    say(
        f"  {run['objects']:9,} objects: {each:5.0f} µs each, peak {run['peak_mb']:.0f} MB, {run['slices']} slices"
    )
    return run


def curve(lab: Lab) -> None:
    """First syncs of accounts of every size, with the worker's memory, and the curve."""
    say("\nTime for each object and memory, by the size of the account")
    runs = [size(lab, customers) for customers in SIZES]
    plot(
        [(run["objects"], run["seconds"] / run["objects"] * 1e6) for run in runs],
        ROOT / "docs/pictures/sync-curve.svg",
    )


def main() -> None:
    """Run the parts that are asked for."""
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    parser.add_argument("part", nargs="*", help="first, latency, again or curve")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--customers", type=int, default=10_000)
    options = parser.parse_args()
    parts = options.part or ["first", "latency", "again"]
    with lab() as stage:
        with stage.account(options.customers):
            if "first" in parts:
                first(stage, options.rounds)
            if "latency" in parts:
                latency(stage, options.rounds)
            if "again" in parts:
                again(stage, options.rounds)
        if "curve" in parts:
            curve(stage)


if __name__ == "__main__":
    main()
