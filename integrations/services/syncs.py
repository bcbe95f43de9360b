"""Asking for a sync; the engine (`integrations/sync/`) does it."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from companies.models import Connection
from companies.services.audit import audit
from integrations.catalogue import connector_for
from integrations.models import PullOperation, Sync


class CannotSync(Exception):
    """Only a linked connection can be synced."""


@transaction.atomic
def sync_request(
    *,
    connection: Connection,
    requested_by: str,
    is_full: bool = False,
    streams: list[str] | None = None,
    queue: bool = True,
) -> Sync:
    """Return the sync that is queued or running for a connection, or a new one; raise CannotSync.

    Safe to repeat: one connection never has two, and what a running one would leave out is done after it. With
    `queue` off the caller runs it itself, right now.
    """
    locked = Connection.objects.select_for_update(of=("self",)).get(pk=connection.pk)
    if locked.status != Connection.Status.LINKED:
        raise CannotSync("Only a linked connection can be synced.")
    current = Sync.objects.filter(connection=locked, status__in=["queued", "running"]).first()
    if current:
        _join(current, is_full=is_full, streams=streams)
        return current
    sync = Sync.objects.create(
        connection=locked, requested_by=requested_by, is_full=is_full, not_before=timezone.now()
    )
    _plan(sync, streams)
    locked.sync_state = Connection.SyncState.QUEUED
    locked.save(update_fields=["sync_state"])
    audit(actor=requested_by, action="sync.requested", subject=str(locked.id), full=is_full)
    if queue:
        # Where the broker is down, `dispatch_due_syncs` finds the row later.
        transaction.on_commit(lambda: _dispatch(sync), robust=True)
    return sync


def sync_follow_up(*, sync: Sync) -> None:
    """Start what was asked for while a sync was running, now that it has ended."""
    connection = Connection.objects.filter(pk=sync.connection_id, status=Connection.Status.LINKED).first()
    follow_up = Sync.objects.values_list("follow_up", flat=True).get(pk=sync.pk)
    if connection and follow_up:
        sync_request(
            connection=connection, requested_by="a request during a sync", is_full=follow_up == "full"
        )


def _join(current: Sync, *, is_full: bool, streams: list[str] | None) -> None:
    """See to it that a request is served by the sync that is there, or by one after it."""
    names = {stream.name for stream in connector_for(current.connection.platform_key).streams}
    planned = set(current.operations.values_list("stream", flat=True))
    missing = (set(streams) if streams else names) - planned
    if not missing and is_full <= current.is_full:
        return
    if current.attempts:
        full = is_full or current.follow_up == "full"
        Sync.objects.filter(pk=current.pk).update(follow_up="full" if full else "sync")
        return
    Sync.objects.filter(pk=current.pk).update(is_full=is_full or current.is_full)
    _plan(current, sorted(missing))


def _plan(sync: Sync, streams: list[str] | None) -> None:
    connector = connector_for(sync.connection.platform_key)
    PullOperation.objects.bulk_create(
        PullOperation(
            operator_id=sync.operator_id,
            sync=sync,
            connection=sync.connection,
            stream=stream.name,
            data_type=stream.data_type,
            position=position,
        )
        for position, stream in enumerate(connector.streams)
        if streams is None or stream.name in streams
    )


def _dispatch(sync: Sync) -> None:
    from integrations.tasks import run_sync

    run_sync.delay(operator_id=str(sync.operator_id), sync_id=str(sync.id), attempt=sync.attempts)
