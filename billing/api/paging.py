"""Numbered pages of a connection's records, as fast in the depth of a million rows as at their beginning.

Whatever is written to a connection advances its version. So for each version a list is counted once, and once the
database names rows of it as milestones; a deep page begins behind the nearest of these instead of behind all rows
before it. Both are kept in Valkey, and worked out anew where that is down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from hashlib import blake2b
from typing import Any, TypeVar

import structlog
from django.core.cache import cache
from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import Mod, RowNumber
from redis.exceptions import RedisError
from rest_framework.request import Request

from config.api.paging import PageNumberPaging

log = structlog.get_logger(__name__)

T = TypeVar("T")
# What was written last comes first; the index for the change feed has this order.
ORDER = ("-version", "id")
# Rows from one milestone to the next; lists that are shorter than a few of them need none.
STEP, DEEP = 200, 5000
_KEPT_FOR = 24 * 3600
Milestone = tuple[int, int]


class CountedPaging(PageNumberPaging):
    """Pages of a `RecordsView` whose rows are counted once for each version of the data."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        asked = "&".join(request.query_params.get(name, "") for name in ("query", "orderBy"))
        digest = blake2b(asked.encode(), digest_size=16).hexdigest()
        self.key = f"records:{view.source.pk}:{view.source.data_version}:{view.data_type}:{digest}"
        return super().paginate_queryset(queryset, request, view)

    def count(self, queryset: Any) -> int:
        return _once(f"{self.key}:total", partial(super().count, queryset))


class RecordsPaging(CountedPaging):
    """Pages of one table's rows, by milestones where they are in the usual order."""

    def rows(self, queryset: QuerySet[Any], start: int) -> Iterable[Any]:
        if start < DEEP or self.request.query_params.get("orderBy", "").strip():
            return super().rows(queryset, start)
        milestones = _once(f"{self.key}:milestones", lambda: _milestones(queryset))
        passed = min(start // STEP, len(milestones))
        if not passed:
            return super().rows(queryset, start)
        return super().rows(_behind(queryset, milestones[passed - 1]), start - passed * STEP)


def _milestones(queryset: QuerySet[Any]) -> list[Milestone]:
    """Return version and id of every `STEP`th row."""
    number = Window(RowNumber(), order_by=[F("version").desc(), F("id").asc()])
    numbered = queryset.order_by().annotate(row_number=number).annotate(beyond=Mod("row_number", STEP))
    return list(numbered.filter(beyond=0).order_by("row_number").values_list("version", "id"))


def _behind(queryset: QuerySet[Any], milestone: Milestone) -> QuerySet[Any]:
    version, row = milestone
    return queryset.filter(Q(version__lt=version) | Q(id__gt=row), version__lte=version)


def _once(key: str, make: Callable[[], T]) -> T:
    """Return what is kept under a key, else make it and keep it."""
    try:
        kept: T | None = cache.get(key)
        if kept is None:
            kept = make()
            cache.set(key, kept, _KEPT_FOR)
        return kept
    except RedisError:
        log.exception("list_not_remembered")
        return make()
