"""Facts as JSON text.

A page of 200 invoices with every detail must cost 5 ms of CPU, 25 millionths of a second each. Documents are therefore
written as text at once, not as dictionaries to be encoded, and what comes again and again is written once.
"""

from __future__ import annotations

from collections.abc import Callable
from json.encoder import encode_basestring_ascii as text
from typing import Any

from ..business import money, times

__all__ = ["CENTS", "DAY", "DECIMAL", "PERIOD", "Memo", "maybe", "text"]
REMEMBERED = 20_000


class Memo(dict[Any, str]):
    """Remembers what a function wrote for a value; `lru_cache` would take twice as long."""

    def __init__(self, write: Callable[[Any], str]) -> None:
        super().__init__()
        self._write = write

    def __missing__(self, value: Any) -> str:
        if len(self) >= REMEMBERED:
            self.clear()
        self[value] = found = self._write(value)
        return found


def maybe(value: str | None) -> str:
    """Write a text that may be null."""
    return "null" if value is None else text(value)


def _period(days: tuple[int, int]) -> str:
    start, end = map(times.day, days)
    return f'"description":"{start} - {end}","period_range_start":"{start}","period_range_end":"{end}"'


def _decimal(value: int) -> str:
    """Write 1e-8 units; Python writes a float in between just so, without an exponent and exact to the last digit."""
    return f'"{value / money.UNIT}"' if LEAST <= value < EXACT else f'"{money.decimal(value)}"'


LEAST, EXACT = 10_000, 10**15
CENTS = Memo(lambda cents: _decimal(cents * money.CENT))
DECIMAL = Memo(_decimal)
DAY = Memo(lambda ordinal: maybe(times.day(ordinal)))
PERIOD = Memo(_period)  # of two days, with the line's description
