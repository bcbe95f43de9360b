"""Celery's way into checks and syncs: ids in, a service or the engine called."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from config.tenancy import tenant_context
from integrations.lookups import due_syncs
from integrations.models import Sync
from integrations.services.credentials import credential_check_abandon, credential_check_run
from integrations.sync import engine

# How long a dispatched sync may wait in the queue before it is dispatched again (Valkey may have lost it).
_DISPATCHED_FOR = timedelta(minutes=2)


@shared_task(ignore_result=True)
def check_credential(*, operator_id: str, check_id: str, **kwargs: Any) -> None:
    """Check what an SMB customer entered."""
    ids = {"operator_id": UUID(operator_id), "check_id": UUID(check_id)}
    try:
        credential_check_run(**ids)
    except Exception:
        credential_check_abandon(**ids)
        raise


@shared_task(ignore_result=True)
def run_sync(*, operator_id: str, sync_id: str, **kwargs: Any) -> None:
    """Work on a sync for one slice, and queue it again where there is more to do."""
    operator, sync = UUID(operator_id), UUID(sync_id)
    try:
        more = engine.run_slice(operator_id=operator, sync_id=sync)
    except Exception:
        engine.abandon(operator_id=operator, sync_id=sync)
        raise
    if more:
        run_sync.delay(operator_id=operator_id, sync_id=sync_id)


@shared_task(ignore_result=True)
def dispatch_due_syncs(**kwargs: Any) -> None:
    """Queue every sync whose waiting time is over, and every one whose worker has vanished."""
    for operator_id, sync_id in due_syncs():
        with tenant_context(operator_id):
            queued = Sync.objects.filter(pk=sync_id, status=Sync.Status.QUEUED)
            queued.update(not_before=timezone.now() + _DISPATCHED_FOR)
        run_sync.delay(operator_id=str(operator_id), sync_id=str(sync_id))
