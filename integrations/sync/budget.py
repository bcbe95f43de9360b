"""How much of a vendor's site we take: so many requests at once, shared by all workers (design: Sync 6).

A place is a lease in Valkey that outlives the vendor's 120 s cut-off, so that the place of a dead worker comes back.
A 429 pauses the whole site, for as long as the vendor asks or a minute, and halves what we take for a while. Answers
that become slow halve it too: the vendor serves four requests at once and slows down before it refuses, and the
merchant needs some of them (facts §4).
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

LEASE_SECONDS = 150
PAUSE_SECONDS = 60.0
# How long half the places are taken, after a 429 and after a slow answer.
CAUTIOUS_SECONDS, SLOWED_SECONDS = 900.0, 60.0
# An answer is slow that takes this many times what answers of the site usually take, but not one faster than this.
SLOW_RATIO, SLOW_FROM_SECONDS = 4.0, 2.0
LONGEST_WAIT = 20.0
POLL_SECONDS = 0.02

# KEYS: places, pause, halved. ARGV: now, until when a place is held, its name, how many places.
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

# KEYS: halved, usual. ARGV: seconds of an answer, ratio, floor, milliseconds for which the places are halved.
# Answers 1 for a slow one. The usual time follows each answer by a tenth, so a site that stays slow becomes usual.
_LEARN = """
local seconds = tonumber(ARGV[1])
local usual = tonumber(redis.call('GET', KEYS[2])) or seconds
redis.call('SET', KEYS[2], tostring(usual + (seconds - usual) / 10), 'EX', 86400)
if seconds < tonumber(ARGV[3]) or seconds < usual * tonumber(ARGV[2]) then return 0 end
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[4]) then redis.call('SET', KEYS[1], 1, 'PX', ARGV[4]) end
return 1
"""


class Budget:
    """The places of one site; who wants one waits for it with `patience`, in seconds."""

    def __init__(self, host: str, *, in_flight: int, patience: float = LONGEST_WAIT) -> None:
        names = ("places", "pause", "halved", "usual")
        self._places, self._paused, self._halved, self._usual = (f"vendor:{host}:{name}" for name in names)
        self._host, self.in_flight, self._patience = host, in_flight, patience

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place for one request; raise ConnectorError (rate_limited) while the site is paused or too busy.

        A 429 within, and whatever else asks to wait, pauses the site for everyone. Without Valkey there is nobody to
        share with, and no place is needed.
        """
        name = self._wait()
        began = time.monotonic()
        try:
            yield
        except ConnectorError as error:
            if error.problem is Problem.RATE_LIMITED or error.retry_after is not None:
                self._pause(error.retry_after)
            raise
        else:
            self._learn(time.monotonic() - began)
        finally:
            if name:
                self._give_back(name)

    def _wait(self) -> str | None:
        deadline = time.monotonic() + self._patience
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
        keys, arguments = (self._places, self._paused, self._halved), (now, now + LEASE_SECONDS)
        return int(valkey().eval(_TAKE, len(keys), *keys, *arguments, name, self.in_flight))

    def _give_back(self, name: str) -> None:
        try:
            valkey().zrem(self._places, name)
        except RedisError as error:
            log.warning("budget_unavailable", detail=str(error))  # the lease runs out by itself

    def _learn(self, seconds: float) -> None:
        """Back off where the answer was slow."""
        milliseconds = int(SLOWED_SECONDS * 1000)
        arguments = (seconds, SLOW_RATIO, SLOW_FROM_SECONDS, milliseconds)
        try:
            if valkey().eval(_LEARN, 2, self._halved, self._usual, *arguments):
                log.warning("vendor_slow", host=self._host, seconds=round(seconds, 1))
        except RedisError as error:
            log.warning("budget_unavailable", detail=str(error))

    def _pause(self, retry_after: float | None) -> None:
        """Leave the site alone for as long as it asks, and take half of it afterwards."""
        seconds = PAUSE_SECONDS if retry_after is None else max(1.0, retry_after)
        try:
            valkey().set(self._paused, 1, px=int(seconds * 1000))
            valkey().set(self._halved, 1, px=int((seconds + CAUTIOUS_SECONDS) * 1000))
        except RedisError as error:
            log.warning("budget_unavailable", detail=str(error))
