"""Counting what an operator uses: requests to the API out of Valkey, rows out of the pull operations."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Sum
from django.db.models.functions import Greatest, TruncDate
from django.utils import timezone

from companies.models import UsageDay
from config.api.headers import requests_counted
from config.tenancy import current_operator_id
from integrations.models import PullOperation

# A pull operation ends at most this long after its sync was asked for, or its rows are not counted.
_LONGEST_SYNC = timedelta(days=7)
Counts = dict[str, int]


def usage_count() -> None:
    """Bring the counts of yesterday and today up to date; safe to repeat, for every count is a total of its day."""
    today = timezone.now().date()
    days = [today - timedelta(days=1), today]
    requests, rows = requests_counted(operator_id=current_operator_id(), days=days), _rows(since=days[0])
    for day in days:
        counts = rows.get(day, {}) | {"requests": requests.get(day, 0)}
        if any(counts.values()):
            _raise_to(day, counts)


def _rows(*, since: date) -> dict[date, Counts]:
    begin = datetime.combine(since, time.min, tzinfo=UTC)
    ended = PullOperation.objects.filter(
        sync__requested_at__gte=begin - _LONGEST_SYNC, finished_at__gte=begin
    ).annotate(day=TruncDate("finished_at", tzinfo=UTC))
    sums = ended.values("day").annotate(read=Sum("rows_read"), changed=Sum("rows_changed")).order_by("day")
    return {row["day"]: {"rows_read": row["read"], "rows_changed": row["changed"]} for row in sums}


def _raise_to(day: date, counts: Counts) -> None:
    # Never down: Valkey may have forgotten requests, and connections are deleted with their pull operations.
    row, _ = UsageDay.objects.get_or_create(day=day)
    higher = {name: Greatest(name, count) for name, count in counts.items()}
    UsageDay.objects.filter(pk=row.pk).update(**higher)
