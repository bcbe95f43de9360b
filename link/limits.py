"""How often one company may try credentials, so that Link is no place for guessing keys."""

from __future__ import annotations

from uuid import UUID

import structlog
from django.core.cache import cache
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

TRIES = 10
WINDOW_SECONDS = 600


def too_many_tries(company_id: UUID) -> bool:
    """Count a try, and say whether it is one too many; while Valkey is down none is counted."""
    try:
        return _count(f"link:tries:{company_id}") > TRIES
    except RedisError:
        log.exception("link_tries_not_counted")
        return False


def _count(key: str) -> int:
    if cache.add(key, 1, WINDOW_SECONDS):
        return 1
    try:
        return int(cache.incr(key))
    except ValueError:  # The window ended between the two calls.
        return 1
