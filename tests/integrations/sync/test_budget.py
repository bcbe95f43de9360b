"""The places of a site: as many as are allowed, shared by everyone, given back, and none while it is paused."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from pytest_django import Settings
from redis import Redis

from integrations.connectors.base import ConnectorError, Problem
from integrations.sync import budget
from integrations.sync.budget import Budget

HOST = "budget.example"


@pytest.fixture(autouse=True)
def valkey(settings: Settings) -> Iterator[Redis]:
    """Valkey, with nothing of this host in it."""
    client = Redis.from_url(settings.REDIS_URL)
    client.delete(*(f"vendor:{HOST}:{name}" for name in ("places", "pause", "slow")))
    yield client
    client.close()


def refused(monkeypatch: pytest.MonkeyPatch, places: Budget) -> str:
    """Return why no place is given within a moment."""
    monkeypatch.setattr(budget, "LONGEST_WAIT", 0.05)
    with pytest.raises(ConnectorError) as caught, places.place():
        pass
    assert caught.value.problem is Problem.RATE_LIMITED
    return caught.value.detail


def test_no_more_places_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = Budget(HOST, in_flight=2), Budget(HOST, in_flight=2)
    with one.place(), other.place():
        assert refused(monkeypatch, one) == "all places of the site are taken"
    with one.place():
        pass


def test_a_place_is_waited_for() -> None:
    places, entered = Budget(HOST, in_flight=1), threading.Event()

    def second() -> None:
        with places.place():
            entered.set()

    with places.place():
        waiting = threading.Thread(target=second)
        waiting.start()
        assert not entered.wait(0.1)
    assert entered.wait(2)
    waiting.join()


def test_a_place_of_a_dead_worker_comes_back(monkeypatch: pytest.MonkeyPatch, valkey: Redis) -> None:
    """Longer than the vendor's cut-off of 120 s (facts §4), but not for ever."""
    monkeypatch.setattr(budget, "LEASE_SECONDS", 0)
    assert Budget(HOST, in_flight=1)._wait()  # its holder dies here
    monkeypatch.undo()
    assert valkey.zcard(f"vendor:{HOST}:places") == 1
    with Budget(HOST, in_flight=1).place():
        pass
    assert budget.LEASE_SECONDS > 120


def test_a_429_pauses_the_site_for_everyone_and_then_halves_its_places(
    monkeypatch: pytest.MonkeyPatch, valkey: Redis
) -> None:
    """Facts §4: pause a few minutes, then go on slower."""
    places = Budget(HOST, in_flight=2)
    with pytest.raises(ConnectorError), places.place():
        raise ConnectorError(Problem.RATE_LIMITED)
    assert "paused" in refused(monkeypatch, Budget(HOST, in_flight=2))
    valkey.delete(f"vendor:{HOST}:pause")
    with places.place():
        assert "taken" in refused(monkeypatch, places)


def test_other_trouble_pauses_nothing() -> None:
    places = Budget(HOST, in_flight=1)
    with pytest.raises(ConnectorError), places.place():
        raise ConnectorError(Problem.VENDOR_DOWN)
    with places.place():
        pass


def test_sites_do_not_share() -> None:
    with Budget(HOST, in_flight=1).place(), Budget("other.example", in_flight=1).place():
        pass


def test_without_valkey_nobody_shares(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "valkey", lambda: Redis(port=1))
    with Budget(HOST).place():
        pass
