"""The daily quota of requests, and the headers that tell of it on every answer (reference codat/facts.md §3)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import structlog
from django.core.cache import cache
from django.utils import timezone
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

_KEPT_FOR = 2 * 24 * 3600
_LIMIT_KEPT_FOR = 60


@dataclass(frozen=True)
class Quota:
    """How many requests an operator may send today, and has sent."""

    limit: int
    used: int
    resets_at: datetime

    @property
    def is_exceeded(self) -> bool:
        """Say whether the request that was counted last is one too many."""
        return self.used > self.limit

    @property
    def is_just_exceeded(self) -> bool:
        """Say whether the request that was counted last is the first one too many."""
        return self.used == self.limit + 1

    def headers(self) -> dict[str, str]:
        """Return the headers that tell a client how it stands."""
        headers = {
            "X-Rate-Limit-Limit": str(self.limit),
            "X-Rate-Limit-Remaining": str(max(self.limit - self.used, 0)),
            "X-Rate-Limit-Reset": f"{self.resets_at:%Y-%m-%dT%H:%M:%SZ}",
        }
        if self.is_exceeded:
            wait = (self.resets_at - timezone.now()).total_seconds()
            headers["Retry-After"] = str(max(math.ceil(wait), 1))
        return headers


def quota_take(*, operator_id: UUID, limit_of: Callable[[], int]) -> Quota:
    """Count a request against today's quota; while Valkey is down nobody is counted, and everybody is served."""
    today = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    tomorrow = today + timedelta(days=1)
    key = _key(operator_id, today)
    try:
        limit: int = cache.get_or_set(f"api-quota:{operator_id}", limit_of, _LIMIT_KEPT_FOR) or limit_of()
        cache.add(key, 0, timeout=_KEPT_FOR)
        return Quota(limit=limit, used=cache.incr(key), resets_at=tomorrow)
    except RedisError:
        log.exception("api_quota_not_counted")
        return Quota(limit=limit_of(), used=0, resets_at=tomorrow)


def requests_counted(*, operator_id: UUID, days: Sequence[date]) -> dict[date, int]:
    """Return how many requests an operator sent on each of some days, as far as Valkey still knows."""
    keys = {_key(operator_id, day): day for day in days}
    try:
        return {keys[key]: count for key, count in cache.get_many(keys).items()}
    except RedisError:
        log.exception("api_requests_not_read")
        return {}


def _key(operator_id: UUID, day: date) -> str:
    return f"api-requests:{operator_id}:{day:%Y-%m-%d}"
