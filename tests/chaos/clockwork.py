"""Time that passes without anybody waiting: what is kept of the past, ours and the vendor's, moves back instead."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import F
from redis import Redis

from config.tenancy import tenant_context
from integrations.models import DataTypeSchedule, StreamCursor, StreamProof, Sync


def let_pass(seconds: float, *, operator_id: UUID, valkey: Redis) -> None:
    """Let our clock be later by so much: what waits in PostgreSQL and what is held in Valkey comes nearer."""
    by = timedelta(seconds=seconds)
    with tenant_context(operator_id):
        moments = ("not_before", "trouble_since", "refused_since")
        Sync.objects.update(**{moment: F(moment) - by for moment in moments})
        StreamCursor.objects.update(completed_at=F("completed_at") - by)
        StreamProof.objects.update(swept_at=F("swept_at") - by)
        DataTypeSchedule.objects.update(
            counts_from=F("counts_from") - by,
            next_sync_at=F("next_sync_at") - by,
            fresh_at=F("fresh_at") - by,
        )
    for key in valkey.scan_iter("vendor:*"):
        _age(valkey, key, seconds)


def _age(valkey: Redis, key: Any, seconds: float) -> None:
    left = int(valkey.pttl(key)) - int(seconds * 1000)
    if left <= 0:
        valkey.delete(key)
        return
    valkey.pexpire(key, left)
    if valkey.type(key) == "zset":
        places: Any = valkey.zrange(key, 0, -1, withscores=True)
        for place, until in places:
            valkey.zadd(key, {place: until - seconds})
