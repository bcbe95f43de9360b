"""When a webhook that wasn't taken is sent again: for about three days, ever less often."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

# The first eight as in reference codat/facts.md §5, then on to three days.
PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=14),
    timedelta(hours=16),
)
# So that what failed at one moment doesn't come back at one moment.
_JITTER = 0.1
_LONGEST_WISH = timedelta(days=1)


def retry_at(*, failures: int, now: datetime, retry_after: timedelta | None) -> datetime | None:
    """Return when to try again after so many failures, not before the receiver wishes; None to give up."""
    if failures > len(PAUSES):
        return None
    pause = PAUSES[failures - 1] * random.uniform(1 - _JITTER, 1 + _JITTER)
    return now + max(pause, min(retry_after or timedelta(), _LONGEST_WISH))


def read_retry_after(text: str | None, *, now: datetime) -> timedelta | None:
    """Return what a Retry-After header asks for, be it seconds or a date; None where it can't be read."""
    if not text:
        return None
    try:
        if text.strip().isdecimal():
            return timedelta(seconds=int(text))
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return max((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now, timedelta())
