"""What a sync reads of each stream: whether it is its turn, and since when. Decisions alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from integrations.connectors.base import Pager, Stream
from integrations.models import StreamCursor

# A list that can't be filtered is read whole each time, so an incremental sync reads it at most this often.
UNFILTERED_EVERY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """Since when changes are asked for, and before when none ever were; None is the beginning."""

    since: datetime | None
    covers_from: datetime | None

    def as_json(self) -> dict[str, str | None]:
        """Return the span as the progress of a read keeps it."""
        return {
            "since": self.since.isoformat() if self.since else None,
            "covers_from": self.covers_from.isoformat() if self.covers_from else None,
        }


def is_unfiltered(stream: Stream) -> bool:
    """Say whether a stream has neither a filter for changes nor a way to go on behind what was read."""
    return stream.since is None and stream.pager in {Pager.PAGES, Pager.TOKEN}


def rests(stream: Stream, cursor: StreamCursor | None, *, now: datetime) -> bool:
    """Say whether an incremental sync leaves a stream out, because it is unfiltered and was read within a day."""
    if not is_unfiltered(stream) or cursor is None or cursor.completed_at is None:
        return False
    # A mended mapping has to reach the rows that are there.
    is_current = cursor.mapper_version == stream.mapper_version
    return is_current and now - cursor.completed_at < UNFILTERED_EVERY


def span_of(cursor: StreamCursor, *, window: datetime | None, everything: bool) -> Span:
    """Return what to read: from the window's start on a first or full read or where it was widened, else the changes.

    A narrower window changes nothing: what was read stays.
    """
    covered = cursor.covers_from
    widened = covered is not None and (window is None or window < covered)
    if everything or cursor.since is None or widened:
        return Span(since=window, covers_from=window)
    return Span(since=cursor.since, covers_from=covered)


def covers_from(progress: Mapping[str, Any]) -> datetime | None:
    """Return before when nothing was asked for in a read, out of its progress."""
    # A read that older code began covers everything.
    covered = progress.get("covers_from")
    return datetime.fromisoformat(covered) if covered else None
