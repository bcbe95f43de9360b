"""Schedules: when each data type of a connection is due, and the round of beat that queues it."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from companies.models import Company, Connection
from companies.services.connections import connection_unlink
from config.tenancy import tenant_context
from integrations import tasks
from integrations.connectors.chargify import ChargifyConnector, streams
from integrations.lookups import due_schedules
from integrations.models import DataTypeSchedule, PullOperation, StreamCursor, Sync
from integrations.services.schedules import (
    company_settings_reset,
    company_settings_set,
    default_settings_reset,
    default_settings_set,
)
from integrations.services.syncs import sync_request
from integrations.sync.engine import run_slice
from tests.conftest import Tenant

DATA_TYPES = {stream.data_type for stream in streams.STREAMS}
CUSTOMERS, ORDERS = "commerce-customers", "commerce-orders"


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The syncs that were put into the queue."""
    ids: list[str] = []
    monkeypatch.setattr(tasks.run_sync, "delay", lambda **values: ids.append(values["sync_id"]))
    return ids


def schedule(connection: Connection, data_type: str = CUSTOMERS) -> DataTypeSchedule:
    with tenant_context(connection.operator_id):
        return DataTypeSchedule.objects.get(connection=connection, data_type=data_type)


def make_due(connection: Connection, *data_types: str) -> None:
    past = timezone.now() - timedelta(minutes=1)
    with tenant_context(connection.operator_id):
        due = DataTypeSchedule.objects.filter(connection=connection, data_type__in=data_types or DATA_TYPES)
        due.update(next_sync_at=past)


def syncs(connection: Connection) -> list[Sync]:
    with tenant_context(connection.operator_id):
        return list(Sync.objects.filter(connection=connection).order_by("requested_at"))


def planned(sync: Sync) -> set[str]:
    with tenant_context(sync.operator_id):
        return set(sync.operations.values_list("stream", flat=True))


def set_default(connection: Connection, data_type: str = CUSTOMERS, **values: Any) -> None:
    with tenant_context(connection.operator_id):
        default_settings_set(platform_key="rkgp", settings={data_type: values}, actor="alice")


def set_company(connection: Connection, data_type: str = CUSTOMERS, **values: Any) -> None:
    with tenant_context(connection.operator_id):
        company_settings_set(company=connection.company, settings={data_type: values}, actor="alice")


def run(connection: Connection, **options: Any) -> Sync:
    with tenant_context(connection.operator_id):
        sync = sync_request(connection=connection, requested_by="test", queue=False, **options)
    while run_slice(operator_id=connection.operator_id, sync_id=sync.pk):
        pass
    return sync


def unfiltered(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    changed = [dataclasses.replace(one, since=None) if one.name == name else one for one in streams.STREAMS]
    monkeypatch.setattr(ChargifyConnector, "streams", tuple(changed))


class TestLinking:
    def test_starts_a_daily_schedule_for_each_data_type(self, linked: Connection) -> None:
        with tenant_context(linked.operator_id):
            rows = list(DataTypeSchedule.objects.filter(connection=linked))
        assert {row.data_type for row in rows} == DATA_TYPES
        assert {row.next_sync_at - row.counts_from for row in rows if row.next_sync_at} == {timedelta(days=1)}

    def test_unlinking_ends_them(self, linked: Connection) -> None:
        with tenant_context(linked.operator_id):
            connection_unlink(connection=linked, actor="alice")
            assert not DataTypeSchedule.objects.exists()


class TestSettings:
    def test_move_what_is_scheduled_counting_from_the_last_sync(self, linked: Connection) -> None:
        counts_from = schedule(linked).counts_from
        set_default(linked, schedule_hours=168)
        assert schedule(linked).next_sync_at == counts_from + timedelta(days=7)
        assert schedule(linked, ORDERS).next_sync_at == counts_from + timedelta(days=1)

    def test_may_be_no_schedule(self, linked: Connection) -> None:
        set_default(linked, schedule_hours=0)
        assert schedule(linked).next_sync_at is None

    def test_of_a_company_come_before_the_operators(self, linked: Connection) -> None:
        set_company(linked, schedule_hours=1)
        set_default(linked, schedule_hours=168)
        assert schedule(linked).hours == 1
        with tenant_context(linked.operator_id):
            company_settings_reset(company=linked.company, actor="alice")
        assert schedule(linked).hours == 168
        with tenant_context(linked.operator_id):
            default_settings_reset(platform_key="rkgp", actor="alice")
        assert schedule(linked).hours == 24

    def test_that_keep_the_hours_leave_the_schedule_alone(self, linked: Connection) -> None:
        make_due(linked)
        before = schedule(linked).next_sync_at
        set_default(linked, fetch_on_first_link=False)
        assert schedule(linked).next_sync_at == before

    def test_say_what_is_fetched_on_first_link(self, linked: Connection) -> None:
        set_company(linked, fetch_on_first_link=False)
        with tenant_context(linked.operator_id):
            sync = sync_request(connection=linked, requested_by="first link", queue=False)
        assert planned(sync) == {stream.name for stream in streams.STREAMS} - {"customers"}


class TestEndOfASync:
    def test_lets_the_schedules_of_what_was_read_count_anew(self, linked: Connection) -> None:
        make_due(linked)
        run(linked, streams=["customers"])
        read, left = schedule(linked), schedule(linked, ORDERS)
        assert read.next_sync_at is not None
        assert read.next_sync_at > timezone.now() + timedelta(hours=23)
        assert left.next_sync_at is not None
        assert left.next_sync_at < timezone.now()

    def test_that_failed_waits_for_its_next_turn_too(self, linked: Connection, acme: Any) -> None:
        """Else a canceled account would be asked every ten seconds."""
        acme.set_weather("account_canceled")
        make_due(linked)
        run(linked)
        tasks.dispatch_due_syncs()
        assert len(syncs(linked)) == 1

    def test_schedules_data_types_that_a_new_version_brought(self, linked: Connection) -> None:
        with tenant_context(linked.operator_id):
            DataTypeSchedule.objects.filter(data_type=ORDERS).delete()
        run(linked, streams=["customers"])
        assert schedule(linked, ORDERS).hours == 24


class TestRound:
    def test_queues_the_data_types_that_are_due_and_sends_them_next_time(
        self, linked: Connection, sent: list[str]
    ) -> None:
        make_due(linked, CUSTOMERS, ORDERS)
        tasks.dispatch_due_syncs()
        (sync,) = syncs(linked)
        assert (sync.status, sync.requested_by) == (Sync.Status.QUEUED, "schedule")
        assert planned(sync) == {"customers", "invoices"}
        with tenant_context(linked.operator_id):
            # Within a test's transaction the database's clock stands still.
            Sync.objects.update(not_before=timezone.now() - timedelta(minutes=1))
        tasks.dispatch_due_syncs()
        assert sent == [str(sync.pk)]
        assert len(syncs(linked)) == 1

    def test_leaves_what_is_not_due(self, linked: Connection) -> None:
        tasks.dispatch_due_syncs()
        assert syncs(linked) == []

    def test_waits_for_the_end_of_a_sync_that_is_there(self, linked: Connection) -> None:
        make_due(linked, ORDERS)
        with tenant_context(linked.operator_id):
            sync = sync_request(connection=linked, requested_by="bob", queue=False, streams=["customers"])
        assert due_schedules() == {}
        tasks.dispatch_due_syncs()
        assert planned(sync) == {"customers"}
        while run_slice(operator_id=linked.operator_id, sync_id=sync.pk):
            pass
        tasks.dispatch_due_syncs()
        assert planned(syncs(linked)[1]) == {"invoices"}

    def test_another_request_that_was_faster_keeps_the_schedule_due(
        self, linked: Connection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make_due(linked, ORDERS)
        with tenant_context(linked.operator_id):
            sync_request(connection=linked, requested_by="bob", queue=False, streams=["customers"])
        found = {linked.operator_id: [linked.pk]}
        monkeypatch.setattr(tasks, "due_schedules", lambda: found)
        tasks.dispatch_due_syncs()
        next_sync_at = schedule(linked, ORDERS).next_sync_at
        assert next_sync_at is not None
        assert next_sync_at < timezone.now()
        assert len(syncs(linked)) == 1

    def test_leaves_unlinked_connections_alone(self, linked: Connection) -> None:
        make_due(linked)
        with tenant_context(linked.operator_id):
            Connection.objects.update(status=Connection.Status.UNLINKED)
        tasks.dispatch_due_syncs()
        assert syncs(linked) == []

    def test_trouble_with_one_operator_keeps_no_other_back(
        self, linked: Connection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make_due(linked)
        queue = tasks.syncs_queue_scheduled

        def fail_once(**ids: Any) -> None:
            if ids["connection_ids"] != [linked.pk]:
                raise ZeroDivisionError
            queue(**ids)

        found = {uuid4(): [uuid4()], linked.operator_id: [linked.pk]}
        monkeypatch.setattr(tasks, "due_schedules", lambda: found)
        monkeypatch.setattr(tasks, "syncs_queue_scheduled", fail_once)
        tasks.dispatch_due_syncs()
        assert len(syncs(linked)) == 1


class TestUnfilteredStreams:
    def test_are_left_out_until_a_day_has_passed(
        self, linked: Connection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run(linked)
        unfiltered(monkeypatch, "customers")
        make_due(linked, CUSTOMERS, ORDERS)
        tasks.dispatch_due_syncs()
        sync = syncs(linked)[-1]
        assert planned(sync) == {"invoices"}
        while run_slice(operator_id=linked.operator_id, sync_id=sync.pk):
            pass
        with tenant_context(linked.operator_id):
            StreamCursor.objects.update(completed_at=timezone.now() - timedelta(hours=24))
        make_due(linked, CUSTOMERS, ORDERS)
        tasks.dispatch_due_syncs()
        assert planned(syncs(linked)[-1]) == {"customers", "invoices"}

    def test_alone_make_no_sync_but_wait_for_the_next_turn(
        self, linked: Connection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run(linked)
        unfiltered(monkeypatch, "customers")
        make_due(linked, CUSTOMERS)
        tasks.dispatch_due_syncs()
        assert len(syncs(linked)) == 1
        next_sync_at = schedule(linked).next_sync_at
        assert next_sync_at is not None
        assert next_sync_at > timezone.now()

    @pytest.mark.parametrize(
        ("options", "read"),
        [({}, False), ({"is_full": True}, True), ({"streams": ["customers"]}, True)],
    )
    def test_are_read_at_once_by_name_and_by_a_full_sync(
        self, linked: Connection, monkeypatch: pytest.MonkeyPatch, options: Any, read: bool
    ) -> None:
        run(linked)
        unfiltered(monkeypatch, "customers")
        with tenant_context(linked.operator_id):
            sync = sync_request(connection=linked, requested_by="bob", queue=False, **options)
        assert ("customers" in planned(sync)) is read


class TestManyRows:
    def test_5000_need_hardly_more_queries_than_ten(self, northwind: Tenant, southbank: Tenant) -> None:
        few = self.queries(northwind, 10)
        assert few < 25
        # Rows are written in batches.
        assert self.queries(southbank, 5_000) <= few + 10

    def test_are_sent_in_rounds_and_in_few_queries(self, southbank: Tenant, sent: list[str]) -> None:
        self.queries(southbank, 300)
        with tenant_context(southbank.operator.id):
            Sync.objects.update(not_before=timezone.now() - timedelta(minutes=1))
        with CaptureQueriesContext(connections["default"]) as captured:
            tasks.dispatch_due_syncs()
        assert (len(sent), len(set(sent))) == (200, 200)
        assert len(captured) < 15
        with tenant_context(southbank.operator.id):
            again = timezone.now() + timedelta(minutes=1)
            assert Sync.objects.filter(pk__in=sent, not_before__gt=again).count() == 200
        tasks.dispatch_due_syncs()
        assert len(set(sent)) == 300

    def queries(self, tenant: Tenant, count: int) -> int:
        self.make(tenant, count)
        with CaptureQueriesContext(connections["default"]) as captured:
            tasks.dispatch_due_syncs()
        with tenant_context(tenant.operator.id):
            assert Sync.objects.filter(status="queued").count() == count
            assert PullOperation.objects.count() == count
            assert not DataTypeSchedule.objects.filter(next_sync_at__lte=timezone.now()).exists()
        return len(captured)

    def make(self, tenant: Tenant, count: int) -> None:
        now = timezone.now()
        with tenant_context(tenant.operator.id):
            company = Company.objects.create(name="Corner Bakery")
            made = Connection.objects.bulk_create(
                Connection(
                    operator=tenant.operator,
                    company=company,
                    platform_key="rkgp",
                    platform_name="Chargify",
                    integration_id=uuid4(),
                    source_id=uuid4(),
                    status=Connection.Status.LINKED,
                    account_id=str(number),
                )
                for number in range(count)
            )
            DataTypeSchedule.objects.bulk_create(
                DataTypeSchedule(
                    operator=tenant.operator,
                    connection=connection,
                    data_type=CUSTOMERS,
                    hours=24,
                    counts_from=now - timedelta(days=2),
                    next_sync_at=now - timedelta(days=1),
                )
                for connection in made
            )


class TestAnotherTenant:
    def test_is_queued_under_its_own_name(self, linked: Connection, southbank: Tenant) -> None:
        make_due(linked)
        tasks.dispatch_due_syncs()
        with tenant_context(southbank.operator.id):
            assert not Sync.objects.exists()
        assert len(syncs(linked)) == 1

    def test_queues_nothing_of_ours(self, linked: Connection, southbank: Tenant) -> None:
        make_due(linked)
        with tenant_context(southbank.operator.id):
            tasks.syncs_queue_scheduled(connection_ids=[linked.pk])
            assert not Sync.objects.exists()
        assert syncs(linked) == []

    def test_changes_no_schedule_of_ours(self, linked: Connection, southbank: Tenant) -> None:
        with tenant_context(southbank.operator.id):
            default_settings_set(
                platform_key="rkgp", settings={CUSTOMERS: {"schedule_hours": 1}}, actor="charlie"
            )
        assert schedule(linked).hours == 24
