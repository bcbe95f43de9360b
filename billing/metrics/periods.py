"""The periods of a report: one behind the other, up to its date."""

from __future__ import annotations

import calendar
import itertools
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

_MONTHS = {"Month": 1, "Year": 12}


class Unit(StrEnum):
    """What the length of a period is counted in."""

    DAY = "Day"
    WEEK = "Week"
    MONTH = "Month"
    YEAR = "Year"


@dataclass(frozen=True)
class Period:
    """Some days; both are within it."""

    first: date
    last: date

    @property
    def start(self) -> datetime:
        """Return the moment with which it begins, in UTC."""
        return datetime.combine(self.first, time(), UTC)

    @property
    def end(self) -> datetime:
        """Return the moment before which it ends."""
        return datetime.combine(self.last + timedelta(days=1), time(), UTC)


def periods_until(day: date, *, unit: Unit, length: int, count: int) -> list[Period]:
    """Return the periods, the oldest first; raise OverflowError or ValueError where they begin before the calendar.

    Months and years end with the month of the report's date, which the contract says is used whole. Days and weeks end
    with the date itself: to the end of its month they would mostly lie in the future.
    """
    end = _day_after(day, unit)
    edges = [_back(end, unit, length * step) for step in range(count, -1, -1)]
    return [Period(first, after - timedelta(days=1)) for first, after in itertools.pairwise(edges)]


def _day_after(day: date, unit: Unit) -> date:
    if unit in _MONTHS:
        day = day.replace(day=calendar.monthrange(day.year, day.month)[1])
    return day + timedelta(days=1)


def _back(day: date, unit: Unit, steps: int) -> date:
    if unit not in _MONTHS:
        return day - timedelta(days=steps * (7 if unit == Unit.WEEK else 1))
    months = day.year * 12 + day.month - 1 - steps * _MONTHS[unit]
    return day.replace(year=months // 12, month=months % 12 + 1)
