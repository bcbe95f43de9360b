"""Bad days: which faults are about, and which of them meet a request."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from random import Random
from typing import NamedTuple

from .damage import BREAKAGES, DAMAGE
from .fault import Fault
from .refusals import IN_FRONT, TO_VALID_KEYS
from .schedule import PROFILES

MODES = (
    "fair", "latency", "rate_limited", *IN_FRONT, *TO_VALID_KEYS, "giant_page", *DAMAGE, *BREAKAGES,
)  # fmt: skip
INCIDENT = 25 * 60  # seconds that valid keys were refused on 2023-01-30 (facts §1)


class Conditions(NamedTuple):
    """What meets one request: faults by their mode, and the seconds it waits first."""

    faults: dict[str, Fault]
    delay: float


class Weather:
    """The faults of a site; every method may be called from any thread."""

    def __init__(self, seed: int, now: Callable[[], int]) -> None:
        self._seed, self._now = seed, now
        self._lock = threading.Lock()
        self._spells: list[_Spell] = []

    def set(self, mode: str, requests: int | None = None, latency_ms: int = 0) -> None:
        """Put one mode in the place of all faults; "fair" ends them."""
        self.replace([Fault(mode, requests=requests, latency_ms=latency_ms)])

    def follow(self, profile: str) -> None:
        """Put a named schedule in the place of all faults."""
        if profile not in PROFILES:
            raise ValueError(f"unknown profile {profile!r}; one of {', '.join(PROFILES)}")
        self.replace(PROFILES[profile])

    def replace(self, faults: Iterable[Fault]) -> None:
        """Put these faults in the place of all others."""
        spells = [self._spell(fault, place) for place, fault in enumerate(faults)]
        with self._lock:
            self._spells = [spell for spell in spells if spell.fault.mode != "fair"]

    def add(self, fault: Fault) -> None:
        """Let one more fault begin."""
        with self._lock:
            self._spells.append(self._spell(fault, len(self._spells)))

    def faults(self) -> list[Fault]:
        """Return the faults that are not over."""
        with self._lock:
            return [spell.fault for spell in self._running()]

    def meet(self, path: str) -> Conditions:
        """Return what meets the next request to a path, and count it."""
        if not self._spells:
            return FAIR
        with self._lock:
            struck = [spell for spell in self._running() if spell.strikes(path)]
            delay = sum(spell.delay() for spell in struck)
        return Conditions({spell.fault.mode: spell.fault for spell in struck}, delay)

    def _running(self) -> list[_Spell]:
        now = self._now()
        self._spells = [spell for spell in self._spells if not spell.over(now)]
        return self._spells

    def _spell(self, fault: Fault, place: int) -> _Spell:
        if fault.mode not in MODES:
            raise ValueError(f"unknown weather {fault.mode!r}; one of {', '.join(MODES)}")
        return _Spell(fault, Random(f"{self._seed}/{place}/{fault.mode}"), self._now())


class _Spell:
    """A fault since it began: how many requests it has counted, and its dice."""

    def __init__(self, fault: Fault, dice: Random, began: int) -> None:
        self.fault = fault
        self._dice, self._counted = dice, 0
        seconds = INCIDENT if fault.mode == "incident" and fault.seconds is None else fault.seconds
        self._ends = None if seconds is None else began + seconds

    def over(self, now: int) -> bool:
        """Tell whether it can meet no more requests."""
        fault = self.fault
        used_up = fault.requests is not None and fault.every is None and self._counted >= fault.requests
        return used_up or (self._ends is not None and now >= self._ends)

    def strikes(self, path: str) -> bool:
        """Count a request and tell whether it is met."""
        if not fnmatchcase(path, self.fault.path):
            return False
        place, self._counted = self._counted, self._counted + 1
        if self.fault.requests is not None and self.fault.every is not None:
            place %= self.fault.every
        early = self.fault.requests is None or place < self.fault.requests
        return early and self._dice.random() < self.fault.share

    def delay(self) -> float:
        """Return the seconds that a struck request waits."""
        return (self.fault.latency_ms + self._dice.uniform(0, self.fault.jitter_ms)) / 1000


FAIR = Conditions({}, 0.0)
