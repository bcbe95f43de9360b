"""The daily quota of requests, and the headers that tell of it on every answer (reference codat/facts.md §3)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.core.cache import cache
from django.utils import timezone

_KEPT_FOR = 2 * 24 * 3600


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


def quota_take(*, operator_id: UUID, limit: int) -> Quota:
    """Count a request against today's quota."""
    today = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    key = f"api-requests:{operator_id}:{today:%Y-%m-%d}"
    cache.add(key, 0, timeout=_KEPT_FOR)
    return Quota(limit=limit, used=cache.incr(key), resets_at=today + timedelta(days=1))
