"""Our line to Valkey, for what all processes share: the places of a site, and the counters."""

from __future__ import annotations

from functools import cache

from django.conf import settings
from redis import Redis


@cache
def valkey() -> Redis:
    """Return the client of this process."""
    return Redis.from_url(settings.REDIS_URL, socket_timeout=5, decode_responses=True)
