"""The Portal's background work."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from django.conf import settings
from django.core.cache import cache

from portal.erase import purge_all

_LOCK = "portal.purge"


@shared_task(name="portal.tasks.purge_deleted")
def purge_deleted(**_: Any) -> None:
    """Erase deleted companies and connections, unless the purge before is still at it."""
    if not cache.add(_LOCK, True, timeout=settings.CELERY["task_time_limit"]):
        return
    try:
        purge_all()
    finally:
        cache.delete(_LOCK)
