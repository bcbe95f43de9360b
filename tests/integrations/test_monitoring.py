"""`/metrics`, read as Prometheus reads it: what was counted, what is due, and nobody's name."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from pytest_django.fixtures import Settings
from redis import Redis

from companies.models import Connection
from config.tenancy import tenant_context
from integrations.models import DataTypeSchedule, Sync
from integrations.monitoring import counters, figures
from integrations.services.syncs import sync_request
from integrations.simulator import Simulator
from tests.conftest import Tenant
from tests.integrations.sync.test_engine import run

TOKEN = "token-of-prometheus-0123456789"
Samples = dict[tuple[str, ...], float]


@pytest.fixture(autouse=True)
def _token(settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN


def scraped() -> Samples:
    """Return every sample by its name and the values of its labels, which are sorted by their names."""
    answer = Client(headers={"Authorization": f"Bearer {TOKEN}"}).get("/metrics")
    assert answer.status_code == 200, answer.content
    families = text_string_to_metric_families(answer.content.decode())
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }


class TestCounters:
    def test_pages_rows_and_requests_are_those_of_the_sync(
        self, linked: Connection, simulator: Simulator
    ) -> None:
        before = scraped()
        sync = run(linked, streams=["customers", "invoices"])
        after = scraped()

        def grown(*key: str) -> float:
            return after[key] - before.get(key, 0)

        with tenant_context(linked.operator_id):
            operations = list(sync.operations.all())
        for one in operations:
            assert grown("tributary_pages_total", "rkgp", one.stream) == one.pages > 0
            assert grown("tributary_rows_read_total", "rkgp", one.stream) == one.rows_read > 0
            assert grown("tributary_rows_changed_total", "rkgp", one.stream) == one.rows_changed > 0
        assert grown("tributary_vendor_requests_total", "rkgp", "200") >= sync.requests_made > 0
        for part in ("fetch", "map", "write"):
            assert grown("tributary_sync_seconds_total", part, "rkgp") > 0

    def test_a_429_is_counted(self, linked: Connection, acme: Any) -> None:
        acme.set_weather("rate_limited")
        run(linked, streams=["customers"])
        assert scraped()["tributary_vendor_requests_total", "rkgp", "429"] == 1

    def test_a_sync_goes_on_while_valkey_is_down(
        self, linked: Connection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(counters, "valkey", lambda: Redis(port=1))
        assert run(linked, streams=["customers"]).status == Sync.Status.COMPLETE

    def test_what_older_code_counted_is_left_out(self, db: None) -> None:
        counters.valkey().hset("counters", "gone_since|x", 1)
        assert not [name for name, *_ in scraped() if "gone" in name]


class TestFigures:
    def test_without_anything_all_is_zero(self, db: None) -> None:
        found = scraped()
        for name in ("waiting", "queued", "running", "due", "late_seconds", "lag_seconds"):
            assert found[f"tributary_syncs_{name}", "rkgp"] == 0

    def test_syncs_are_counted_over_all_operators(self, linked: Connection, southbank: Tenant) -> None:
        with tenant_context(linked.operator_id):
            sync = sync_request(connection=linked, requested_by="test", queue=False)
            # The database's clock stands still within a test's transaction.
            Sync.objects.filter(pk=sync.pk).update(not_before=timezone.now() - timedelta(hours=1))
        found = scraped()
        assert found["tributary_syncs_queued", "rkgp"] == found["tributary_syncs_due", "rkgp"] == 1
        with tenant_context(linked.operator_id):
            Sync.objects.filter(pk=sync.pk).update(not_before=timezone.now() + timedelta(hours=1))
        assert scraped()["tributary_syncs_due", "rkgp"] == 0
        with tenant_context(linked.operator_id):
            Sync.objects.filter(pk=sync.pk).update(status=Sync.Status.RUNNING)
        found = scraped()
        assert (found["tributary_syncs_running", "rkgp"], found["tributary_syncs_queued", "rkgp"]) == (1, 0)

    def test_lag_is_the_age_of_the_last_complete_sync(self, linked: Connection) -> None:
        ago = timezone.now() - timedelta(hours=3)
        with tenant_context(linked.operator_id):
            Connection.objects.update(last_synced_at=ago)
        assert scraped()["tributary_syncs_lag_seconds", "rkgp"] == pytest.approx(3 * 3600, abs=60)
        with tenant_context(linked.operator_id):
            Connection.objects.update(status="Unlinked")
        assert scraped()["tributary_syncs_lag_seconds", "rkgp"] == 0

    def test_a_schedule_that_nobody_follows_is_late(self, linked: Connection) -> None:
        ago = timezone.now() - timedelta(minutes=30)
        with tenant_context(linked.operator_id):
            first = DataTypeSchedule.objects.order_by("pk")[:1]
            DataTypeSchedule.objects.filter(pk__in=first.values("pk")).update(next_sync_at=ago)
        assert scraped()["tributary_syncs_late_seconds", "rkgp"] == pytest.approx(1800, abs=60)

    def test_the_length_of_the_queues(self, db: None) -> None:
        for queue in figures._QUEUES:
            figures.valkey().delete(queue)
            assert scraped()["tributary_queue_length", queue] == 0
            figures.valkey().lpush(queue, "message", "message")
            assert scraped()["tributary_queue_length", queue] == 2
            figures.valkey().delete(queue)


class TestWhoMayLook:
    @pytest.mark.parametrize("header", [None, "", "Bearer", f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer ä"])
    def test_nobody_without_the_token(self, db: None, header: str | None) -> None:
        answer = Client(headers={} if header is None else {"Authorization": header}).get("/metrics")
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
        assert b"tributary" not in answer.content

    def test_neither_members_nor_api_keys(self, northwind: Tenant) -> None:
        assert northwind.portal().get("/metrics").status_code == 401
        assert northwind.api().get("/metrics").status_code == 401

    def test_there_is_no_such_page_without_a_token_in_the_environment(
        self, db: None, settings: Settings
    ) -> None:
        settings.METRICS_TOKEN = ""
        assert Client(headers={"Authorization": "Bearer "}).get("/metrics").status_code == 404

    def test_nothing_names_an_operator_a_company_or_a_connection(self, linked: Connection) -> None:
        run(linked, streams=["customers"])
        text = Client(headers={"Authorization": f"Bearer {TOKEN}"}).get("/metrics").content.decode().lower()
        hidden = (linked.pk, linked.operator_id, linked.account_host, "northwind", "bakery", "acme")
        assert not [name for name in hidden if str(name).lower() in text]
