"""Named schedules: what `--faults` and the tests choose from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from integrations.simulator.server.schedule import PROFILES
from integrations.simulator.server.weather import Weather


def met(profile: str, seed: int = 1, requests: int = 3_000) -> Iterator[set[str]]:
    weather = Weather(seed, lambda: 0)
    weather.follow(profile)
    return (set(weather.meet("/invoices.json").faults) for _ in range(requests))


def counted(profile: str) -> Counter[str]:
    return Counter(mode for modes in met(profile) for mode in modes)


@pytest.mark.parametrize("profile", PROFILES)
def test_the_same_seed_brings_the_same_days(profile: str) -> None:
    assert list(met(profile)) == list(met(profile))


def test_another_seed_brings_other_days() -> None:
    assert list(met("flaky", seed=1)) != list(met("flaky", seed=2))


def test_calm_is_fair() -> None:
    assert counted("calm") == {}


def test_slow_answers_after_150_ms_and_more() -> None:
    weather = Weather(1, lambda: 0)
    weather.follow("slow")
    assert 0.15 <= weather.meet("/site.json").delay <= 0.25


def test_busy_refuses_in_storms() -> None:
    """Facts §4: 429, and then it goes on."""
    storms = ["rate_limited" in modes for modes in met("busy", requests=120)]
    assert storms == ([True] * 5 + [False] * 55) * 2


def test_flaky_breaks_a_few_of_a_hundred_answers() -> None:
    broken = sum(bool(modes) for modes in met("flaky"))
    assert 0.03 < broken / 3_000 < 0.09


def test_outage_is_down_in_spells() -> None:
    down = ["down" in modes for modes in met("outage", requests=400)]
    assert down == ([True] * 20 + [False] * 180) * 2


def test_hostile_holds_every_other_schedule_and_strange_bodies() -> None:
    modes = {mode for mode, count in counted("hostile").items() if count}
    others = {fault.mode for name in ("busy", "flaky", "outage") for fault in PROFILES[name]}
    assert others | {"unknown_fields", "unknown_values", "missing_fields", "giant_page"} <= modes


def test_an_unknown_schedule_is_refused_with_the_names() -> None:
    with pytest.raises(
        ValueError, match="unknown profile 'grim'; one of calm, slow, busy, flaky, outage, hostile"
    ):
        Weather(1, lambda: 0).follow("grim")
