"""What a seed decides: the account, its bad days, what happens in the business meanwhile, and who dies when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import NamedTuple

from integrations.connectors.chargify.streams import STREAMS
from integrations.simulator import SiteSpec
from integrations.simulator.server.fault import Fault

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
KEY = "simulated-key-0123456789"
STREAM_NAMES = frozenset(stream.name for stream in STREAMS)
MOST_MISHAPS, MOST_DEEDS, MOST_DELETIONS = 8, 6, 3

# Faults that pass. Their shares and numbers are thrown for each scenario.
PASSING = (
    "rate_limited", "error_500", "bad_gateway", "down", "gateway_timeout", "html", "json_as_html",
    "html_as_json", "truncated", "cut", "reset", "stalled_head", "stalled_body", "unauthorized",
    "clearing_data", "giant_page",
)  # fmt: skip
# Faults that change what the account says of itself: they stay, so that an undisturbed reader meets them too.
STRANGE = ("unknown_fields", "unknown_values", "missing_fields")
MISHAPS = (
    "dies_at_statement", "dies_after_statement", "dies_before_commit", "dies_after_commit",
    "dies_before_fetch", "dies_after_fetch", "cut_at_statement", "cut_at_commit", "stalls_before_transaction",
    "stalls_at_fetch", "valkey_flushed",
)  # fmt: skip
DEEDS = ("update", "add", "delete", "pay", "advance", "ask")


class Mishap(NamedTuple):
    """What befalls a worker, and at which of the moments of that kind within its slice."""

    kind: str
    nth: int


class Deed(NamedTuple):
    """Something that is done to the business, or asked of us, just before a request."""

    kind: str
    before_request: int


@dataclass(frozen=True)
class Scenario:
    """All that is thrown beforehand; what is thrown on the way comes from `dice`, seeded with the same number."""

    seed: int
    spec: SiteSpec
    streams: frozenset[str]
    page_size: int
    passing: tuple[Fault, ...]
    lasting: tuple[Fault, ...]
    deeds: tuple[Deed, ...]
    mishaps: int
    rounds: tuple[int, ...]  # hours between one disturbed sync and the next
    slice_seconds: tuple[float, ...]

    def dice(self, purpose: str) -> Random:
        """Return dice of their own for a purpose, so that one throw more shifts no others."""
        return Random(f"{self.seed}/{purpose}")


def scenario(seed: int) -> Scenario:
    """Return what a seed stands for."""
    dice = Random(seed)
    return Scenario(
        seed=seed,
        spec=_account(dice, seed),
        streams=frozenset(dice.sample(sorted(STREAM_NAMES), dice.randrange(2, 6))),
        page_size=dice.choice((2, 3, 5, 8, 20, 200)),
        passing=tuple(_fault(dice) for _ in range(dice.randrange(5))),
        lasting=(Fault(dice.choice(STRANGE)),) if dice.random() < 0.2 else (),
        deeds=_deeds(dice),
        mishaps=dice.randrange(1, MOST_MISHAPS + 1),
        rounds=tuple(dice.choice((25, 25, 24 * 20)) for _ in range(dice.choice((0, 0, 1)))),
        slice_seconds=dice.choice(((20.0,), (0.0, 20.0), (0.0, 0.05, 20.0))),
    )


def mishap(dice: Random) -> Mishap:
    """Throw what befalls the next worker."""
    kind = dice.choice(MISHAPS)
    usual = 60 if "statement" in kind else 8
    return Mishap(kind, 1 + int(dice.expovariate(1 / usual)))


def _account(dice: Random, seed: int) -> SiteSpec:
    return SiteSpec(
        region=dice.choice(("us", "us", "eu")),
        subdomain="acme",
        api_key=KEY,
        seed=seed,
        customers=dice.choice((0, 1, 3, 6, 10, 15)),
        months=dice.choice((1, 2, 3)),
        non_primary_currencies=dice.choice(((), (), ("EUR",), ("EUR", "GBP"))),
        test=dice.random() < 0.1,
        legacy=dice.random() < 0.15,
        time_zone=dice.choice(("America/New_York", "UTC", "Europe/Berlin", "Asia/Kolkata")),
        now=NOW,
        visible_after_seconds=dice.choice((0, 0, 5, 240)),
    )


def _deeds(dice: Random) -> tuple[Deed, ...]:
    """Throw what happens meanwhile; more deletions than these would make a sweep ask a person first."""
    kinds = [dice.choice(DEEDS) for _ in range(dice.randrange(MOST_DEEDS + 1))]
    while kinds.count("delete") > MOST_DELETIONS:
        kinds.remove("delete")
    return tuple(Deed(kind, 1 + int(dice.expovariate(1 / 20))) for kind in kinds)


def _fault(dice: Random) -> Fault:
    """Throw a fault that is over after so many requests, or by the vendor's clock."""
    if dice.random() < 0.1:
        return Fault("incident")
    if dice.random() < 0.1:
        return Fault("down", seconds=dice.choice((300.0, 3_000.0, 10_000.0)))
    mode = dice.choice(PASSING)
    if dice.random() < 0.2:
        return Fault(mode, requests=dice.randrange(1, 6), silence=0.01)
    return Fault(mode, share=dice.choice((0.01, 0.05, 0.15)), requests=dice.randrange(10, 150), silence=0.01)
