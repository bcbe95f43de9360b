"""Asking for a sync; the engine (`integrations/sync/`) does it."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.db import transaction
from django.utils import timezone

from companies.models import Connection
from companies.services.audit import audit
from integrations.catalogue import connector_for
from integrations.models import DataTypeSchedule, PullOperation, StreamCursor, Sync
from integrations.services.health import retry_at
from integrations.services.plans import rests
from integrations.services.schedules import schedules_postpone, schedules_restart, schedules_start
from integrations.services.settings import settings_of

ACTIVE = (Sync.Status.QUEUED, Sync.Status.RUNNING)


class CannotSync(Exception):
    """Only a linked connection can be synced."""


@transaction.atomic
def sync_request(
    *,
    connection: Connection,
    requested_by: str,
    is_full: bool = False,
    streams: Collection[str] | None = None,
    queue: bool = True,
) -> Sync:
    """Return the sync that will read what is asked for; raise CannotSync.

    Without `streams` these are the streams of the data types that are fetched on first link, less the unfiltered ones
    that were read within a day. One connection never has two syncs at once: what a running one leaves out, and a stream
    that is named and that it has begun already, are read by one that waits for its end. So it is safe to repeat. With
    `queue` off the caller runs it itself, right now.
    """
    if not Connection.objects.filter(pk=connection.pk, status=Connection.Status.LINKED).exists():
        raise CannotSync("Only a linked connection can be synced.")
    asked = Sync(
        operator_id=connection.operator_id,
        connection=connection,
        requested_by=requested_by,
        is_full=is_full,
        not_before=timezone.now(),
    )
    wanted = _wanted(connection, is_full=is_full) if streams is None else set(streams)
    sync = _active(asked)
    if sync.attempts and not _serves(sync, wanted, is_full=is_full, begun=streams is None):
        sync = _waiting(asked)
    if not sync.attempts:
        _extend(sync, wanted, is_full=is_full)
    if sync.pk == asked.pk:
        audit(actor=requested_by, action="sync.requested", subject=str(connection.pk), full=is_full)
        if sync.status == Sync.Status.QUEUED:
            _announce(sync, queue=queue)
    return sync


def sync_follow_up(*, sync: Sync) -> None:
    """Let the schedules count from the end of a sync, and queue the sync that was asked for while it was running.

    While the account can't be read the schedules rest, and what the sync was to read is tried again ever more slowly.
    """
    now = timezone.now()
    connection = Connection.objects.filter(pk=sync.connection_id, status=Connection.Status.LINKED).first()
    if connection:
        schedules_start(connection=connection)
        read = sync.operations.values("data_type")
        if connection.problem:
            until = retry_at(connection, now=now)
            schedules_postpone(connection=connection, data_types=read, until=until)
        else:
            ended = DataTypeSchedule.objects.filter(connection=connection, data_type__in=read)
            schedules_restart(ended, now=now)
    waiting = Sync.objects.filter(connection_id=sync.connection_id, status=Sync.Status.WAITING).first()
    if waiting:
        waiting.status, waiting.not_before = Sync.Status.QUEUED, now
        waiting.save(update_fields=["status", "not_before"])
        _announce(waiting)


def operations_for(sync: Sync, streams: Collection[str]) -> Iterator[PullOperation]:
    """Yield the pull operations of a sync in the order in which its streams are read."""
    for position, stream in enumerate(connector_for(sync.connection.platform_key).streams):
        if stream.name in streams:
            yield PullOperation(
                operator_id=sync.operator_id,
                sync=sync,
                connection_id=sync.connection_id,
                stream=stream.name,
                data_type=stream.data_type,
                position=position,
            )


def _wanted(connection: Connection, *, is_full: bool) -> set[str]:
    """Return the streams to read where none was named."""
    settings = settings_of(company=connection.company, platform_key=connection.platform_key)
    streams = connector_for(connection.platform_key).streams
    fetched = [stream for stream in streams if settings[stream.data_type].fetch_on_first_link]
    cursors = {cursor.stream: cursor for cursor in StreamCursor.objects.filter(connection=connection)}
    now = timezone.now()
    return {
        stream.name for stream in fetched if is_full or not rests(stream, cursors.get(stream.name), now=now)
    }


def _active(asked: Sync) -> Sync:
    """Return the connection's sync that is queued or running, locked; the one asked for where there is none."""
    # The sync is locked before the connection, as with every page, or the two could wait for each other.
    active = Sync.objects.select_for_update(of=("self",)).filter(
        connection=asked.connection, status__in=ACTIVE
    )
    while (sync := active.first()) is None:
        Sync.objects.bulk_create([asked], ignore_conflicts=True)
    return sync


def _waiting(asked: Sync) -> Sync:
    """Return the connection's sync that waits for the running one; the one asked for where there is none."""
    asked.status = Sync.Status.WAITING
    Sync.objects.bulk_create([asked], ignore_conflicts=True)
    return Sync.objects.get(connection=asked.connection, status=Sync.Status.WAITING)


def _serves(sync: Sync, wanted: set[str], *, is_full: bool, begun: bool) -> bool:
    """Say whether a running sync reads all that is wanted, be it `begun` already or still before it."""
    operations = sync.operations.filter(stream__in=wanted)
    if not begun:
        operations = operations.filter(status=PullOperation.Status.QUEUED)
    return is_full <= sync.is_full and operations.count() == len(wanted)


def _extend(sync: Sync, wanted: set[str], *, is_full: bool) -> None:
    """Add to a sync that hasn't begun."""
    PullOperation.objects.bulk_create(operations_for(sync, wanted), ignore_conflicts=True)
    if is_full and not sync.is_full:
        sync.is_full = True
        sync.save(update_fields=["is_full"])


def _announce(sync: Sync, *, queue: bool = True) -> None:
    """Say on the connection that a sync is queued, and send it."""
    Connection.objects.filter(pk=sync.connection_id).update(sync_state=Connection.SyncState.QUEUED)
    if queue:
        # Where the broker is down, `dispatch_due_syncs` finds the row later.
        transaction.on_commit(lambda: _dispatch(sync), robust=True)


def _dispatch(sync: Sync) -> None:
    from integrations.tasks import run_sync

    run_sync.delay(operator_id=str(sync.operator_id), sync_id=str(sync.id), attempt=sync.attempts)
