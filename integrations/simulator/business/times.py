"""Site time: a zone with its daylight saving, and calendar steps."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache

DAY = 86_400
EPOCH = date(1970, 1, 1).toordinal()
# A page of records shows thousands of times: those of one hour share all but minute and second.
REMEMBERED_HOURS = 30_000
MINUTES = tuple(f"{second // 60:02d}:{second % 60:02d}" for second in range(3_600))


def stamper(zone: tzinfo) -> Callable[[int | None], str | None]:
    """Return the function that writes epoch seconds as the vendor does: ISO-8601, the site's offset."""
    hours = _Hours(zone)

    def stamp(seconds: int | None) -> str | None:
        if seconds is None:
            return None
        if parts := hours[seconds // 3_600]:
            return f"{parts[0]}{MINUTES[seconds % 3_600]}{parts[1]}"
        return datetime.fromtimestamp(seconds, zone).isoformat()

    return stamp


class _Hours(dict[int, tuple[str, str] | None]):
    """What stands before and after minute and second, by the hour; null where the offset is not of whole hours."""

    def __init__(self, zone: tzinfo) -> None:
        super().__init__()
        self._zone = zone

    def __missing__(self, hour: int) -> tuple[str, str] | None:
        if len(self) >= REMEMBERED_HOURS:
            self.clear()
        text = datetime.fromtimestamp(hour * 3_600, self._zone).isoformat()
        self[hour] = found = (text[:14], text[19:]) if text[14:19] == "00:00" else None
        return found


_in_utc = stamper(UTC)


def utc(seconds: int) -> str:
    """Write a time the way invoice payments carry it, in UTC with a Z (facts §7)."""
    return f"{_in_utc(seconds)}"[:19] + "Z"


@lru_cache(maxsize=10_000)
def day(ordinal: int | None) -> str | None:
    """Write a stored day as YYYY-MM-DD."""
    return None if ordinal is None else date.fromordinal(ordinal).isoformat()


def day_of(seconds: int, zone: tzinfo) -> int:
    """Return the site's calendar day of a moment."""
    return datetime.fromtimestamp(seconds, zone).toordinal()


def month_of(seconds: int, zone: tzinfo) -> int:
    """Return the site's calendar month of a moment, as year * 12 + month - 1."""
    local = datetime.fromtimestamp(seconds, zone)
    return local.year * 12 + local.month - 1


def midnight(ordinal: int, zone: tzinfo) -> int:
    """Return the moment a calendar day starts on the site."""
    return int(datetime.combine(date.fromordinal(ordinal), datetime.min.time(), zone).timestamp())


def step(start: int, count: int, unit: str, zone: tzinfo) -> int:
    """Return the moment `count` days or calendar months after `start`, at the same local hour."""
    local = datetime.fromtimestamp(start, zone)
    if unit == "day":
        return int((local + timedelta(days=count)).timestamp())
    year, month = divmod(local.year * 12 + local.month - 1 + count, 12)
    last = monthrange(year, month + 1)[1]
    return int(local.replace(year=year, month=month + 1, day=min(local.day, last)).timestamp())
