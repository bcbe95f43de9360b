"""When data are out of date: not read completely for three times their schedule, and for two days at least.

So two scheduled syncs in a row were missed, and a list without a filter, which is read once a day, isn't blamed.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from companies.models import Connection, ConnectionEvent
from companies.services.connections import connection_event
from companies.services.emails import event_announce
from integrations.models import DataTypeSchedule, PullOperation, Sync
from integrations.texts import text_for

TIMES = 3
LEAST_HOURS = 48


def freshness_note(*, sync: Sync) -> None:
    """Note what a sync that has ended read completely, and whether its connection's data are up to date again."""
    now = timezone.now()
    unread = sync.operations.exclude(status=PullOperation.Status.COMPLETE).values("data_type")
    read = sync.operations.exclude(data_type__in=unread).values("data_type")
    schedules = DataTypeSchedule.objects.filter(connection_id=sync.connection_id)
    schedules.filter(data_type__in=read).update(fresh_at=now)
    stale = Connection.objects.filter(pk=sync.connection_id, stale_since__isnull=False).first()
    if stale and not stale_schedules(stale, now=now):
        Connection.objects.filter(pk=stale.pk).update(stale_since=None)
        connection_event(
            connection=stale, kind=ConnectionEvent.Kind.RECOVERED, reason="The data are up to date again."
        )


@transaction.atomic
def connection_note_stale(*, connection_id: UUID) -> None:
    """Note that a connection's data are out of date and tell who may act, once until they are up to date again."""
    now = timezone.now()
    linked = Connection.objects.filter(pk=connection_id, status=Connection.Status.LINKED, stale_since=None)
    connection = linked.first()
    schedules = stale_schedules(connection, now=now) if connection else []
    if connection is None or not schedules or not linked.update(stale_since=now):
        return
    event = connection_event(
        connection=connection,
        kind=ConnectionEvent.Kind.STALE,
        reason=f"{_what(connection, schedules)} {_why(connection)}",
    )
    event_announce(event=event)


def stale_schedules(connection: Connection, *, now: datetime) -> list[DataTypeSchedule]:
    """Return the data types that should have been read completely, the one that waits longest first."""
    scheduled = DataTypeSchedule.objects.filter(connection=connection, hours__gt=0)
    stale = [one for one in scheduled if _fresh_at(connection, one) + stale_after(one.hours) <= now]
    return sorted(stale, key=lambda one: _fresh_at(connection, one))


def stale_after(hours: int) -> timedelta:
    """Return how old data may grow that are read every so many hours."""
    return timedelta(hours=max(TIMES * hours, LEAST_HOURS))


def _fresh_at(connection: Connection, schedule: DataTypeSchedule) -> datetime:
    return schedule.fresh_at or connection.linked_at or schedule.counts_from


def _what(connection: Connection, schedules: list[DataTypeSchedule]) -> str:
    oldest = schedules[0]
    others = f" and {len(schedules) - 1} more" if schedules[1:] else ""
    since = f"{_fresh_at(connection, oldest):%Y-%m-%d %H:%M} UTC"
    return f"{oldest.data_type}{others}: not read completely since {since}."


def _why(connection: Connection) -> str:
    latest = Sync.objects.filter(connection=connection).order_by("-requested_at").first()
    if latest and latest.problem:
        return text_for(latest.problem).operator
    return "The vendor has reported no problem; a sync may still be at work."
