"""How much of a vendor's site we take: so many requests at once, shared by all workers (design: Sync 6).

A place is a lease in Valkey that outlives the vendor's 120 s cut-off, so that the place of a dead worker comes back.
A 429 pauses the whole site and halves what we take for a while; the vendor serves four at once, and the merchant
needs some of them (facts §4).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import structlog
from redis.exceptions import RedisError

from integrations.connectors.base import ConnectorError, Problem
from integrations.valkey import valkey

log = structlog.get_logger(__name__)

IN_FLIGHT = 2
LEASE_SECONDS = 150
PAUSE_SECONDS = 60.0
SLOW_SECONDS = 900.0
LONGEST_WAIT = 20.0
POLL_SECONDS = 0.02

# KEYS: places, pause, slow. ARGV: now, until when a place is held, its name, how many places.
# Answers the milliseconds of a pause, 0 for a place, -1 where all are taken.
_TAKE = """
local paused = redis.call('PTTL', KEYS[2])
if paused > 0 then return paused end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
local places = tonumber(ARGV[4])
if redis.call('EXISTS', KEYS[3]) == 1 then places = math.max(1, math.floor(places / 2)) end
if redis.call('ZCARD', KEYS[1]) >= places then return -1 end
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[3])
redis.call('EXPIRE', KEYS[1], 300)
return 0
"""


class Budget:
    """The places of one site."""

    def __init__(self, host: str, *, in_flight: int = IN_FLIGHT) -> None:
        self._keys = [f"vendor:{host}:{name}" for name in ("places", "pause", "slow")]
        self.in_flight = in_flight

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place for one request; raise ConnectorError (rate_limited) while the site is paused or too busy.

        A 429 within pauses the site for everyone. Without Valkey there is nobody to share with, and no place is needed.
        """
        name = self._wait()
        try:
            yield
        except ConnectorError as error:
            if error.problem is Problem.RATE_LIMITED:
                self._pause()
            raise
        finally:
            if name:
                self._give_back(name)

    def _wait(self) -> str | None:
        deadline = time.monotonic() + LONGEST_WAIT
        try:
            while (answer := self._take(name := uuid4().hex)) != 0:
                if answer > 0:
                    raise ConnectorError(
                        Problem.RATE_LIMITED, f"the site is paused for {answer / 1000:.0f} s"
                    )
                if time.monotonic() > deadline:
                    raise ConnectorError(Problem.RATE_LIMITED, "all places of the site are taken")
                time.sleep(POLL_SECONDS)
        except RedisError as error:
            log.warning("budget_unavailable", detail=str(error))
            return None
        return name

    def _take(self, name: str) -> int:
        now = time.time()
        arguments = (now, now + LEASE_SECONDS, name, self.in_flight)
        return int(valkey().eval(_TAKE, 3, *self._keys, *arguments))

    def _give_back(self, name: str) -> None:
        try:
            valkey().zrem(self._keys[0], name)
        except RedisError as error:
            log.warning("budget_unavailable", detail=str(error))  # the lease runs out by itself

    def _pause(self) -> None:
        _, pause, slow = self._keys
        try:
            valkey().set(pause, 1, px=int(PAUSE_SECONDS * 1000))
            valkey().set(slow, 1, px=int(SLOW_SECONDS * 1000))
        except RedisError as error:
            log.warning("budget_unavailable", detail=str(error))
