"""Celery's way into checks and syncs: ids in, a service or the engine called."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from celery import shared_task
from django.utils import timezone

from companies.lookups import operators_in_use
from config.tenancy import tenant_context
from integrations.connectors.base import Problem
from integrations.lookups import (
    due_schedules,
    due_syncs,
    lost_checks,
    operators_with_requests_before,
    stale_connections,
)
from integrations.services.connection_tests import connection_test_end, connection_test_run
from integrations.services.credentials import credential_check_abandon, credential_check_run
from integrations.services.due import syncs_queue_scheduled, syncs_take_to_send
from integrations.services.freshness import LEAST_HOURS, TIMES, connection_note_stale
from integrations.services.requests import KEPT_FOR, requests_forget_old
from integrations.services.usage import usage_count
from integrations.sync import engine

log = structlog.get_logger(__name__)

CHECK_GIVEN_UP_AFTER = timedelta(minutes=15)


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
def check_connection(*, operator_id: str, test_id: str, **kwargs: Any) -> None:
    """Test whether a connection's key still opens its account."""
    ids = {"operator_id": UUID(operator_id), "test_id": UUID(test_id)}
    try:
        connection_test_run(**ids)
    except Exception:
        connection_test_end(**ids, problem=Problem.INTERNAL)
        raise


@shared_task(ignore_result=True)
def run_sync(*, operator_id: str, sync_id: str, attempt: int, **kwargs: Any) -> None:
    """Work on a sync for one slice, and queue it again where there is more to do."""
    more = engine.run_slice(operator_id=UUID(operator_id), sync_id=UUID(sync_id), attempt=attempt)
    if more is not None:
        run_sync.delay(operator_id=operator_id, sync_id=sync_id, attempt=more)


@shared_task(ignore_result=True)
def dispatch_due_syncs(**kwargs: Any) -> None:
    """Send every sync whose waiting time is over, and every one whose worker has vanished; queue what is scheduled."""
    for operator_id, sync_ids in due_syncs().items():
        with tenant_context(operator_id):
            taken = syncs_take_to_send(sync_ids=sync_ids)
        for sync_id, attempt in taken:
            run_sync.delay(operator_id=str(operator_id), sync_id=str(sync_id), attempt=attempt)
    for operator_id, connection_ids in due_schedules().items():
        try:
            with tenant_context(operator_id):
                syncs_queue_scheduled(connection_ids=connection_ids)
        except (
            Exception
        ):  # One operator's trouble must not keep the others' data; the next round tries again.
            log.exception("schedule_failed", operator_id=str(operator_id))


@shared_task(ignore_result=True)
def note_stale_connections(**kwargs: Any) -> None:
    """Note which connections' data are out of date, and tell their operators."""
    found = stale_connections(times=TIMES, least_hours=LEAST_HOURS)
    for operator_id, connection_ids in found.items():
        try:
            for connection_id in connection_ids:
                with tenant_context(operator_id):
                    connection_note_stale(connection_id=connection_id)
        except Exception:  # As above: the next round tries again.
            log.exception("stale_connections_failed", operator_id=str(operator_id))


@shared_task(ignore_result=True)
def resume_lost_checks(**kwargs: Any) -> None:
    """Send checks again that nobody works on (Valkey may have lost them), and give up on those too old to matter."""
    for operator_id, check_id, age in lost_checks():
        if age > CHECK_GIVEN_UP_AFTER:
            credential_check_abandon(operator_id=operator_id, check_id=check_id)
        else:
            check_credential.delay(operator_id=str(operator_id), check_id=str(check_id))


@shared_task(ignore_result=True)
def forget_old_requests(**kwargs: Any) -> None:
    """Delete what is too old to be kept from the log of requests to vendors."""
    for operator_id in operators_with_requests_before(timezone.now() - KEPT_FOR):
        requests_forget_old(operator_id=operator_id)


@shared_task(ignore_result=True)
def count_usage(**kwargs: Any) -> None:
    """Keep what operators used, before Valkey forgets it."""
    for operator_id in operators_in_use():
        try:
            with tenant_context(operator_id):
                usage_count()
        except Exception:  # As above: the next round tries again.
            log.exception("usage_not_counted", operator_id=str(operator_id))
