"""Billing's background work."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import structlog
from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.cache import cache

from billing.lookups import operators_with_bodies
from billing.services.bodies import bodies_collect
from config.tenancy import tenant_context

log = structlog.get_logger(__name__)

_LOCK = "billing.collect"


@shared_task(ignore_result=True)
def collect_bodies(**kwargs: Any) -> None:
    """Delete the raw bodies that nothing points to any more, unless the round before is still at it."""
    if not cache.add(_LOCK, True, timeout=settings.CELERY["task_time_limit"]):
        return
    try:
        for operator_id in operators_with_bodies():
            _collect_or_log(operator_id)
    finally:
        cache.delete(_LOCK)


def _collect_or_log(operator_id: UUID) -> None:
    try:
        deleted = _collect(operator_id)
    except SoftTimeLimitExceeded:
        raise
    except Exception:  # One operator's trouble must not keep the others' bodies; the next round tries again.
        log.exception("collection_failed", operator_id=str(operator_id))
    else:
        log.info("bodies_collected", operator_id=str(operator_id), chunks=deleted)


def _collect(operator_id: UUID) -> int:
    """Go through all chunks in short transactions; return how many were deleted."""
    deleted = 0
    last: int | None = 0
    while last is not None:
        with tenant_context(operator_id):
            last, in_step = bodies_collect(after=last)
        deleted += in_step
    return deleted
