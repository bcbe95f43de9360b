"""The command line: one site, served until the process is told to stop."""

from __future__ import annotations

import argparse
import gc
import signal
import sys
import threading
from collections.abc import Sequence
from typing import Any

from .server.http import Simulator
from .server.schedule import PROFILES
from .spec import SiteSpec


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options; the Django command shares them."""
    parser.add_argument("--port", type=int, default=0, help="0 finds a free one")
    parser.add_argument("--site", default="acme", help="subdomain of the site")
    parser.add_argument("--region", choices=("us", "eu"), default="us")
    parser.add_argument("--name", default="Acme Projects")
    parser.add_argument("--customers", type=int, default=250)
    parser.add_argument("--months", type=int, default=36)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--currencies", type=_currencies, default=(), help="beside USD: EUR,GBP")
    parser.add_argument("--legacy", action="store_true", help="a site with statements instead of invoices")
    parser.add_argument("--api-key", default="", help="derived from the site's address when left out")
    parser.add_argument("--test-site", action="store_true")
    parser.add_argument("--latency-ms", type=int, default=0)
    parser.add_argument("--faults", choices=tuple(PROFILES), default="calm", help="a schedule of faults")
    parser.add_argument("--live", action="store_true", help="the business goes on while it is served")


def _currencies(text: str) -> tuple[str, ...]:
    return tuple(code for code in text.upper().replace(" ", "").split(",") if code)


def serve(options: dict[str, Any]) -> None:
    """Serve the site that the options describe until SIGTERM or SIGINT."""
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    spec = _spec(options)
    with Simulator([spec], options["port"]) as simulator:
        simulator.site(spec.region, spec.subdomain).weather.follow(options["faults"])
        gc.freeze()  # the facts live as long as the process: keep them out of every collection
        sys.stdout.write(f"simulator: {simulator.url(spec.region, spec.subdomain)}\n")
        sys.stdout.write(f"page: {simulator.root}/\n")
        sys.stdout.flush()
        stopped.wait()


def _spec(options: dict[str, Any]) -> SiteSpec:
    return SiteSpec(
        region=options["region"], subdomain=options["site"], name=options["name"], seed=options["seed"],
        customers=options["customers"], months=options["months"], api_key=options["api_key"],
        test=options["test_site"], latency_ms=options["latency_ms"], legacy=options["legacy"],
        live=options["live"], non_primary_currencies=options["currencies"],
    )  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the simulator from the command line."""
    parser = argparse.ArgumentParser(prog="simulator", description=__doc__)
    add_arguments(parser)
    serve(vars(parser.parse_args(arguments)))
