"""Raw bodies that nothing points to any more go, and no other ever does."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing import tasks
from billing.lookups import operators_with_bodies
from billing.models import BodyChunk, Customer, InvoiceLine, RecordVersion
from billing.services import bodies
from billing.tasks import collect_bodies
from companies.models import Connection
from config.tenancy import tenant_context
from integrations.sync.writer import keep_unreadable
from tests.api.conftest import linked
from tests.api.vendor import day, sent, swept
from tests.conftest import Tenant


@pytest.fixture
def connection(northwind: Tenant) -> Connection:
    return linked(northwind)


def chunks(connection: Connection) -> list[int]:
    with tenant_context(connection.operator_id):
        return list(BodyChunk.objects.order_by("pk").values_list("pk", flat=True))


def invoice(status: str) -> dict[str, Any]:
    return {"uid": "inv_1", "status": status, "line_items": [{"uid": "li_1", "title": "Gold plan"}]}


def test_what_a_record_points_to_stays(connection: Connection) -> None:
    sent(connection, "customers", day(2), {"id": 1}, {"id": 2})
    before = chunks(connection)
    collect_bodies()
    assert chunks(connection) == before
    assert len(before) == 1


def test_what_a_former_version_points_to_stays(connection: Connection) -> None:
    sent(connection, "customers", day(2), {"id": 1})
    sent(connection, "customers", day(4), {"id": 1, "first_name": "Ada"})
    swept(connection, "customer", day(6), "1")
    before = chunks(connection)
    collect_bodies()
    assert chunks(connection) == before
    assert len(before) == 2


def test_what_a_part_alone_points_to_stays(connection: Connection) -> None:
    sent(connection, "invoices", day(2), invoice("open"))
    sent(connection, "invoices", day(4), invoice("paid"))
    with tenant_context(connection.operator_id):
        RecordVersion.objects.all().delete()
    # The line hasn't changed, and so still points to the first body.
    collect_bodies()
    assert len(chunks(connection)) == 2
    with tenant_context(connection.operator_id):
        InvoiceLine.objects.all().delete()
    collect_bodies()
    assert len(chunks(connection)) == 1


def test_what_nothing_points_to_goes(connection: Connection) -> None:
    sent(connection, "customers", day(2), {"id": 1})
    sent(connection, "customers", day(3), {"id": 2})
    with tenant_context(connection.operator_id):
        Customer.objects.filter(source_id="1").delete()
    *_, second = chunks(connection)
    collect_bodies()
    assert chunks(connection) == [second]


def test_every_table_with_a_pointer_is_asked() -> None:
    from django.apps import apps

    pointing = {
        model for model in apps.get_models() if any(f.related_model is BodyChunk for f in model._meta.fields)
    }
    assert set(bodies._pointing()) == pointing
    assert len(pointing) > 20


class TestUnreadable:
    def keep(self, connection: Connection, *sent_bodies: Any, stream: str = "customers") -> None:
        raw = [body if isinstance(body, bytes) else json.dumps(body).encode() for body in sent_bodies]
        with tenant_context(connection.operator_id):
            keep_unreadable(connection_id=connection.pk, stream=stream, bodies=raw)

    def test_stays_while_nothing_reads_it(self, connection: Connection) -> None:
        self.keep(connection, {"no": "id"})
        self.keep(connection, b"{", stream="invoices")
        self.keep(connection, {"id": 1}, stream="a_stream_of_old")
        before = chunks(connection)
        collect_bodies()
        assert chunks(connection) == before
        assert len(before) == 3

    def test_stays_until_each_has_become_a_record(self, connection: Connection) -> None:
        self.keep(connection, {"id": 1}, {"id": 2})
        sent(connection, "customers", day(2), {"id": 1})
        collect_bodies()
        assert len(chunks(connection)) == 2
        sent(connection, "customers", day(4), {"id": 2})
        collect_bodies()
        with tenant_context(connection.operator_id):
            assert set(BodyChunk.objects.values_list("stream", flat=True)) == {"customers"}

    def test_a_record_of_another_connection_does_not_count(
        self, northwind: Tenant, connection: Connection
    ) -> None:
        self.keep(connection, {"id": 1})
        sent(linked(northwind, "Other"), "customers", day(2), {"id": 1})
        collect_bodies()
        assert len(chunks(connection)) == 2

    def test_what_every_read_keeps_again_is_kept_once(self, connection: Connection) -> None:
        for _ in range(3):
            self.keep(connection, {"no": "id"})
        self.keep(connection, {"no": "other id"})
        *_, newest, other = chunks(connection)
        collect_bodies()
        assert chunks(connection) == [newest, other]


def test_it_goes_through_all_of_them_in_steps(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "_CHUNKS", 2)
    for number in range(5):
        sent(connection, "customers", day(number + 1), {"id": number})
    with tenant_context(connection.operator_id):
        Customer.objects.exclude(source_id="2").delete()
    collect_bodies()
    assert len(chunks(connection)) == 1


def test_the_tables_are_seen_at_one_moment(connection: Connection) -> None:
    sent(connection, "customers", day(2), {"id": 1})
    with (
        tenant_context(connection.operator_id),
        CaptureQueriesContext(connections["default"]) as captured,
    ):
        bodies.bodies_collect(after=0)
    touching = [query["sql"] for query in captured if "billing_recordversion" in query["sql"]]
    assert len(touching) == 1
    assert touching[0].startswith("DELETE")


def test_another_operators_bodies_are_found_under_that_operator(
    connection: Connection, southbank: Tenant
) -> None:
    other = linked(southbank)
    for each in (connection, other):
        sent(each, "customers", day(2), {"id": 1})
    assert set(operators_with_bodies()) == {connection.operator_id, other.operator_id}
    with tenant_context(other.operator_id):
        Customer.objects.all().delete()
    collect_bodies()
    assert (len(chunks(connection)), len(chunks(other))) == (1, 0)
    assert operators_with_bodies() == [connection.operator_id]


def test_trouble_at_one_operator_does_not_stop_the_others(
    connection: Connection, southbank: Tenant, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    other = linked(southbank)
    for each in (connection, other):
        sent(each, "customers", day(2), {"id": 1})
        with tenant_context(each.operator_id):
            Customer.objects.all().delete()
    first, *_ = operators_with_bodies()
    collect = tasks._collect

    def broken(operator_id: Any) -> int:
        if operator_id == first:
            raise RuntimeError("broken")
        return collect(operator_id)

    monkeypatch.setattr(tasks, "_collect", broken)
    collect_bodies()
    assert "collection_failed" in caplog.text
    assert operators_with_bodies() == [first]


def test_a_round_that_is_still_at_it_is_left_alone(connection: Connection) -> None:
    sent(connection, "customers", day(2), {"id": 1})
    with tenant_context(connection.operator_id):
        Customer.objects.all().delete()
    cache.set("billing.collect", True)
    collect_bodies()
    assert len(chunks(connection)) == 1


def test_nothing_is_lost_while_others_write(committed: Tenant) -> None:
    """Two connections are written and one collector goes round and round; every pointer leads somewhere after it."""
    both = [linked(committed, name) for name in ("One", "Two")]

    def work(connection: Connection) -> None:
        try:
            for number in range(25):
                sent(connection, "customers", timezone.now(), {"id": 1, "n": number}, {"id": number + 2})
                sent(connection, "invoices", timezone.now(), invoice(f"status {number}"))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=2) as executor:
        done = [executor.submit(work, connection) for connection in both]
        rounds = 0
        while not all(future.done() for future in done):
            with tenant_context(committed.operator.id):
                bodies.bodies_collect(after=0)
            rounds += 1
    for future in done:
        future.result()
    with tenant_context(committed.operator.id):
        bodies.bodies_collect(after=0)
        kept = set(BodyChunk.objects.values_list("pk", flat=True))
        for model in bodies._pointing():
            pointers = set(model._default_manager.values_list("body_chunk", flat=True))
            assert pointers <= kept, model
        assert RecordVersion.objects.count() == 2 * 2 * 24
    assert rounds > 3
