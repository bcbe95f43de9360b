"""Every request to a vendor is on record, whatever came of it, and forgotten after a while."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from companies.models import Connection
from config.tenancy import tenant_context
from integrations import tasks
from integrations.connectors.base import Exchange
from integrations.models import VendorRequest
from integrations.services import requests as module
from integrations.services.requests import KEPT_FOR, RequestLog
from integrations.simulator import Simulator
from integrations.sync.lease import LeaseLost
from integrations.sync.pull import StreamPull
from tests.conftest import Tenant
from tests.integrations.sync.test_engine import run
from tests.sandbox import check, pending


def on_record(connection: Connection, **wanted: Any) -> list[VendorRequest]:
    """Return the requests of a connection in the order in which they were sent."""
    with tenant_context(connection.operator_id):
        return list(VendorRequest.objects.filter(connection=connection, **wanted).order_by("at", "id"))


def asked(simulator: Simulator) -> list[str]:
    """Return the paths that the simulator was asked for, without site and query."""
    return sorted("/" + path.split("?")[0].split("/", 3)[3] for _, path, _ in simulator.requests)


class TestSync:
    def test_each_of_its_requests_is_on_record_once(self, linked: Connection, simulator: Simulator) -> None:
        simulator.requests.clear()
        sync = run(linked)
        found = on_record(linked, sync=sync.pk)
        assert sorted(one.path for one in found) == asked(simulator)
        assert len(found) >= sync.requests_made > 20
        assert {one.status for one in found} == {200}
        assert all(len(one.vendor_request_id) == 36 for one in found)

    @pytest.mark.parametrize(("weather", "status"), [("down", 503), ("reset", None), ("rate_limited", 429)])
    def test_a_request_that_failed_is_on_record(
        self, linked: Connection, acme: Any, weather: str, status: int | None
    ) -> None:
        acme.set_weather(weather)
        sync = run(linked, streams=["customers"])
        assert status in {one.status for one in on_record(linked, sync=sync.pk)}

    def test_a_page_that_is_not_written_leaves_its_requests_on_record_once(
        self, linked: Connection, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(self: StreamPull, *args: Any, **options: Any) -> None:
            raise LeaseLost("taken over")

        monkeypatch.setattr(StreamPull, "_count", refuse)
        simulator.requests.clear()
        sync = run(linked, streams=["customers"])
        assert sorted(one.path for one in on_record(linked, sync=sync.pk)) == asked(simulator)

    def test_a_connection_deleted_meanwhile_gets_no_more(self, linked: Connection) -> None:
        log = RequestLog(connection=linked)
        log.note(Exchange("/customers.json"))
        with tenant_context(linked.operator_id):
            Connection.objects.update(deleted_at=timezone.now())
            VendorRequest.objects.all().delete()
        log.flush(operator_id=linked.operator_id)
        assert on_record(linked) == []


class TestKeyCheck:
    def test_its_requests_are_on_record_without_a_sync(self, northwind: Tenant, simulator: Simulator) -> None:
        connection = pending(northwind)
        check(northwind, connection)
        found = on_record(connection)
        assert sorted(one.path for one in found) == asked(simulator)
        assert {one.sync for one in found} == {None}

    def test_a_refused_one_too(self, northwind: Tenant, simulator: Simulator) -> None:
        connection = pending(northwind)
        check(northwind, connection, key="wrong-key-0123456789")
        assert [(one.path, one.status) for one in on_record(connection)] == [
            ("/site.json", 401),
            ("/site.json", 404),
        ]


class TestWhatIsKept:
    def test_neither_query_nor_secret(self, linked: Connection) -> None:
        run(linked, streams=["customers"])
        with tenant_context(linked.operator_id):
            rows = [str(row) for row in VendorRequest.objects.values_list()]
        assert rows
        assert not any(text in row for row in rows for text in ("?", "per_page", "simulated-key"))

    def test_a_request_id_that_is_no_text_is_made_one(self, linked: Connection) -> None:
        log = RequestLog(connection=linked)
        log.note(Exchange("/odd.json", request_id="a\0b\x1b" + "c" * 300))
        log.flush(operator_id=linked.operator_id)
        [odd] = on_record(linked, path="/odd.json")
        assert odd.vendor_request_id == "ab" + "c" * 98

    def test_what_is_older_than_is_kept_goes(
        self, linked: Connection, southbank: Tenant, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "_BATCH", 2)
        other = pending(southbank, name="Harbour Cafe")
        now = timezone.now()
        for connection in (linked, other):
            for age in (timedelta(0), KEPT_FOR - timedelta(hours=1), *[KEPT_FOR + timedelta(hours=1)] * 5):
                log = RequestLog(connection=connection)
                log.note(Exchange("/x.json", at=now - age))
                log.flush(operator_id=connection.operator_id)
        tasks.forget_old_requests()
        assert [len(on_record(one, path="/x.json")) for one in (linked, other)] == [2, 2]
