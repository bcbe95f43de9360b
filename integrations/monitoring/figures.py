"""What Prometheus is told: the counters, and the figures of the moment."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from integrations.catalogue import catalogue
from integrations.lookups import sync_figures
from integrations.monitoring.counters import COUNTERS, counted
from integrations.valkey import valkey

_QUEUES = ("checks", settings.CELERY["task_default_queue"])
_GAUGES = {
    "waiting": "Syncs that wait for another of the same connection.",
    "queued": "Syncs that are queued, or wait for a time.",
    "running": "Syncs at work.",
    "due": "Syncs that nobody works on although it is their time.",
    "late": "Seconds since the longest overdue data type should have been synced by its schedule.",
    "lag": "Seconds since the last complete sync of the linked connection where it is the longest ago.",
}


class Figures(Collector):
    """Everything, gathered when it is asked for."""

    def collect(self) -> Iterator[Metric]:
        """Yield every metric; raise RedisError or DatabaseError."""
        yield from _counters()
        yield from _syncs()
        yield _queues()


def _counters() -> Iterator[Metric]:
    families = {one: CounterMetricFamily(one.name, one.help, labels=one.labels) for one in COUNTERS}
    for counter, values, amount in counted():
        families[counter].add_metric(values, amount)
    yield from families.values()


def _syncs() -> Iterator[Metric]:
    found = {(name, platform): amount for name, platform, amount in sync_figures()}
    for name, text in _GAUGES.items():
        unit = "_seconds" if name in {"late", "lag"} else ""
        family = GaugeMetricFamily(f"tributary_syncs_{name}{unit}", text, labels=("platform",))
        for platform in catalogue():
            family.add_metric((platform,), found.get((name, platform), 0))
        yield family


def _queues() -> Metric:
    family = GaugeMetricFamily(
        "tributary_queue_length", "Messages that no worker has taken yet.", labels=("queue",)
    )
    for queue in _QUEUES:
        family.add_metric((queue,), valkey().llen(queue))
    return family
