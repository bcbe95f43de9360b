"""When a connection's data types are synced next by themselves, in the words of the Portal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from companies.admin.pages import moment
from integrations.admin.data_types import data_type_name
from integrations.models import DataTypeSchedule


@dataclass(frozen=True)
class NextSync:
    """A minute, or None for no schedule, and the data types that are synced then."""

    at: datetime | None
    data_types: list[str]
    is_all: bool

    @property
    def when(self) -> str:
        """Return the time in words."""
        if self.at is None:
            return "No schedule"
        return "Due now" if self.at <= timezone.now() else moment(self.at)

    @property
    def what(self) -> str:
        """Return the data types in words."""
        return "all data types" if self.is_all else ", ".join(self.data_types)


def next_syncs(schedules: Iterable[DataTypeSchedule]) -> list[NextSync]:
    """Return the schedules of a connection by their minute, the next first and what has none last."""
    minutes: dict[datetime | None, list[str]] = defaultdict(list)
    for schedule in schedules:
        at = schedule.next_sync_at
        minutes[at.replace(second=0, microsecond=0) if at else None].append(
            data_type_name(schedule.data_type)
        )
    in_order = sorted(minutes.items(), key=lambda entry: (entry[0] is None, entry[0] or 0))
    return [NextSync(at, sorted(names), is_all=len(minutes) == 1) for at, names in in_order]
