"""The places of a site: as many as are allowed, shared by everyone, given back, and none while it is paused."""

from __future__ import annotations

import threading
import time
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
    client.delete(*(f"vendor:{HOST}:{name}" for name in ("places", "pause", "halved", "usual")))
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


@pytest.mark.parametrize("problem", [Problem.RATE_LIMITED, Problem.VENDOR_DOWN])
@pytest.mark.parametrize(("asked", "milliseconds"), [(7.0, 7_000), (0.0, 1_000)])
def test_the_pause_is_as_long_as_the_vendor_asks(
    valkey: Redis, problem: Problem, asked: float, milliseconds: int
) -> None:
    error = ConnectorError(problem)
    error.retry_after = asked
    with pytest.raises(ConnectorError), Budget(HOST, in_flight=2).place():
        raise error
    assert 0 < valkey.pttl(f"vendor:{HOST}:pause") <= milliseconds
    assert valkey.pttl(f"vendor:{HOST}:halved") > 800_000


class TestSlowAnswers:
    """Facts §4: the vendor slows down before it refuses; do not parallelise when responses slow down."""

    def answers(self, *seconds: float, in_flight: int = 4) -> Budget:
        places = Budget(HOST, in_flight=in_flight)
        for one in seconds:
            places._learn(one)
        return places

    def taken(self, valkey: Redis, places: Budget) -> int:
        """Return how many places there are."""
        while places._take(f"place {valkey.zcard(places._places)}") == 0:
            pass
        return int(valkey.zcard(places._places))

    @pytest.mark.parametrize(("in_flight", "left"), [(4, 2), (3, 1), (2, 1), (1, 1)])
    def test_they_halve_the_places(self, valkey: Redis, in_flight: int, left: int) -> None:
        assert self.taken(valkey, self.answers(0.2, 0.2, 5.0, in_flight=in_flight)) == left
        assert 0 < valkey.pttl(f"vendor:{HOST}:halved") <= 60_000

    @pytest.mark.parametrize("seconds", [(0.2, 1.9), (1.0, 3.0), (8.0,), (8.0, 9.0, 7.0)])
    def test_what_is_usual_of_a_site_or_fast_enough_is_not_slow(
        self, valkey: Redis, seconds: tuple[float, ...]
    ) -> None:
        assert self.taken(valkey, self.answers(*seconds)) == 4

    def test_a_site_that_stays_slow_is_so_usually(self, valkey: Redis) -> None:
        places = self.answers(0.5, *[6.0] * 20)
        valkey.delete(f"vendor:{HOST}:halved")
        places._learn(6.0)
        assert self.taken(valkey, places) == 4

    def test_they_do_not_shorten_what_a_429_began(self, valkey: Redis) -> None:
        with pytest.raises(ConnectorError), Budget(HOST, in_flight=2).place():
            raise ConnectorError(Problem.RATE_LIMITED)
        self.answers(0.2, 9.0)
        assert valkey.pttl(f"vendor:{HOST}:halved") > 800_000

    def test_the_time_is_that_of_the_request_and_not_of_the_wait(
        self, valkey: Redis, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        places, learnt = Budget(HOST, in_flight=1), list[float]()
        monkeypatch.setattr(places, "_learn", learnt.append)
        monkeypatch.setattr(places, "_wait", lambda: time.sleep(0.3))
        with places.place():
            pass
        assert learnt[0] < 0.2


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
    with Budget(HOST, in_flight=2).place():
        pass
