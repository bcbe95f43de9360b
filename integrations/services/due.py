"""What beat finds due, for one operator at a time: a few statements however many rows there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from companies.models import Connection
from integrations.catalogue import connector_for
from integrations.models import DataTypeSchedule, PullOperation, StreamCursor, Sync
from integrations.services.plans import UNFILTERED_EVERY, rests
from integrations.services.schedules import schedules_restart
from integrations.services.syncs import ACTIVE, operations_for
from integrations.sync.lease import SENT_FOR

_BATCH = 2_000


def syncs_queue_scheduled(*, connection_ids: Collection[UUID]) -> None:
    """Queue a sync of what is due on each connection; it is sent with the other due syncs.

    Where another request was faster, the schedule stays due until that sync has ended.
    """
    now = timezone.now()
    schedules = DataTypeSchedule.objects.filter(connection_id__in=connection_ids, next_sync_at__lte=now)
    plans = _plans(schedules, now)
    syncs = [_scheduled(connection, now) for connection, streams in plans.items() if streams]
    Sync.objects.bulk_create(syncs, ignore_conflicts=True, batch_size=_BATCH)
    made = set(Sync.objects.filter(pk__in=[sync.pk for sync in syncs]).values_list("pk", flat=True))
    queued = [sync for sync in syncs if sync.pk in made]
    operations = [one for sync in queued for one in operations_for(sync, plans[sync.connection])]
    PullOperation.objects.bulk_create(operations, batch_size=_BATCH)
    Connection.objects.filter(pk__in=[sync.connection_id for sync in queued]).update(
        sync_state=Connection.SyncState.QUEUED
    )
    late = [sync.connection_id for sync in syncs if sync.pk not in made]
    schedules_restart(schedules.exclude(connection_id__in=late), now=now)


def syncs_take_to_send(*, sync_ids: Collection[UUID]) -> list[tuple[UUID, int]]:
    """Return the syncs that are due, each with the attempt it is sent for; they are not due again for a while."""
    now = timezone.now()
    due = Sync.objects.filter(pk__in=sync_ids, status__in=ACTIVE, not_before__lte=now)
    taken = list(due.select_for_update(of=("self",), skip_locked=True).values_list("pk", "attempts"))
    Sync.objects.filter(pk__in=[pk for pk, _ in taken]).update(not_before=now + SENT_FOR)
    return taken


def _plans(schedules: QuerySet[DataTypeSchedule], now: datetime) -> dict[Connection, set[str]]:
    """Return the streams that due schedules have read, by connection."""
    due: dict[UUID, set[str]] = defaultdict(set)
    for connection_id, data_type in schedules.values_list("connection_id", "data_type"):
        due[connection_id].add(data_type)
    fresh = StreamCursor.objects.filter(connection_id__in=due, completed_at__gt=now - UNFILTERED_EVERY)
    cursors = {(cursor.connection_id, cursor.stream): cursor for cursor in fresh}
    return {
        connection: {
            stream.name
            for stream in connector_for(connection.platform_key).streams
            if stream.data_type in due[connection.pk]
            and not rests(stream, cursors.get((connection.pk, stream.name)), now=now)
        }
        for connection in Connection.objects.filter(pk__in=due, status=Connection.Status.LINKED)
    }


def _scheduled(connection: Connection, now: datetime) -> Sync:
    return Sync(
        operator_id=connection.operator_id, connection=connection, requested_by="schedule", not_before=now
    )
