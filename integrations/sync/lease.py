"""Who may work on a sync: a lease in the database, renewed with every page and fenced by the attempt's number."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from companies.models import Connection
from integrations.models import Sync

# Longer than the vendor's 120 s cut-off of a request.
LEASE = timedelta(seconds=150)
# How long a message may wait in the queue before the sync is sent again (Valkey may have lost it).
SENT_FOR = timedelta(minutes=2)


class LeaseLost(Exception):
    """Another worker has taken the sync over; this one must write nothing more."""


def claim(sync_id: UUID, *, attempt: int | None = None) -> Sync | None:
    """Take a sync to work on, or None where there is nothing to take.

    A message names the `attempt` it was sent for: any that was sent before the last claim is out of date. Without one
    (at the command line) a queued sync is taken, or a running one whose lease has run out.
    """
    now = timezone.now()
    takeable = Q(status=Sync.Status.QUEUED) | Q(status=Sync.Status.RUNNING, not_before__lte=now)
    if attempt is not None:
        takeable = Q(status__in=[Sync.Status.QUEUED, Sync.Status.RUNNING], attempts=attempt)
    locked = Sync.objects.select_for_update(of=("self",), skip_locked=True)
    sync = locked.filter(takeable, pk=sync_id).first()
    if sync is None:
        return None
    sync.status = Sync.Status.RUNNING
    sync.attempts += 1
    sync.started_at = sync.started_at or now
    sync.not_before = now + LEASE
    sync.save(update_fields=["status", "attempts", "started_at", "not_before"])
    Connection.objects.filter(pk=sync.connection_id).update(sync_state=Connection.SyncState.RUNNING)
    return sync


def renew(sync: Sync, *, requests_made: int) -> None:
    """Keep the sync for another while, in the transaction of a page; raise LeaseLost where it was taken over."""
    held = Sync.objects.filter(pk=sync.pk, status=Sync.Status.RUNNING, attempts=sync.attempts)
    # A connection that was unlinked or deleted meanwhile gets no more rows.
    allowed = held.filter(connection__status=Connection.Status.LINKED, connection__deleted_at=None)
    lease = timezone.now() + LEASE
    untroubled = {"trouble_since": None, "refused_since": None, "problem": ""}
    if not allowed.update(not_before=lease, requests_made=requests_made, **untroubled):
        raise LeaseLost(f"sync {sync.pk} is held by another worker, or its connection is not linked any more")
    sync.trouble_since = sync.refused_since = None


def let_go(sync: Sync, *, wait: timedelta) -> None:
    """Queue the sync again, to go on after a while, or when a message that is sent now arrives."""
    held = Sync.objects.filter(pk=sync.pk, status=Sync.Status.RUNNING, attempts=sync.attempts)
    held.update(status=Sync.Status.QUEUED, not_before=timezone.now() + wait)
