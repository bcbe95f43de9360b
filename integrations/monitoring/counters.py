"""What is counted, in Valkey: one place for every process of every machine, so that one scrape sees them all.

Counting stands beside the work and never stops it. Valkey may lose the counters; they then start at 0, as after a
restart of a process, which Prometheus expects. No label names an operator, a company or a connection.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import structlog
from redis.exceptions import RedisError

from integrations.valkey import valkey

log = structlog.get_logger(__name__)

_KEY = "counters"


@dataclass(frozen=True)
class Counter:
    """Something that is counted, by the values of its labels."""

    name: str
    help: str
    labels: tuple[str, ...]


PAGES = Counter("tributary_pages", "Pages of vendors' lists that were written.", ("platform", "stream"))
ROWS_READ = Counter("tributary_rows_read", "Rows on those pages.", ("platform", "stream"))
ROWS_CHANGED = Counter("tributary_rows_changed", "Rows that were new or changed.", ("platform", "stream"))
REQUESTS = Counter(
    "tributary_vendor_requests",
    "Requests to vendors by the status of the answer; 429 is a refusal for being too many, none no whole answer.",
    ("platform", "status"),
)
SECONDS = Counter(
    "tributary_sync_seconds",
    "Seconds spent, by part: fetch (requests side by side add up), map, write.",
    ("platform", "part"),
)
COUNTERS = (PAGES, ROWS_READ, ROWS_CHANGED, REQUESTS, SECONDS)

Amount = tuple[Counter, tuple[str, ...], float]


def count(*amounts: Amount) -> None:
    """Add to counters, each with the values of its labels; what can't be counted is lost."""
    try:
        with valkey().pipeline(transaction=False) as pipeline:
            for counter, values, amount in amounts:
                pipeline.hincrbyfloat(_KEY, "|".join((counter.name, *values)), amount)
            pipeline.execute()
    except RedisError as error:
        log.warning("counting_unavailable", detail=str(error))


def counted() -> Iterator[Amount]:
    """Yield everything that was counted; raise RedisError."""
    by_name = {counter.name: counter for counter in COUNTERS}
    for field, amount in valkey().hgetall(_KEY).items():
        name, *values = str(field).split("|")
        if name in by_name:
            yield by_name[name], tuple(values), float(amount)
