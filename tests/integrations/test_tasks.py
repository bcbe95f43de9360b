"""What workers are handed: ids alone, dispatched again where a worker or Valkey lost them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import OperationalError
from django.utils import timezone

from companies.models import Connection
from config.tenancy import tenant_context
from integrations import tasks
from integrations.models import CredentialCheck, PullOperation, Sync
from integrations.services.credentials import credential_submit
from integrations.services.syncs import sync_request
from integrations.simulator import Simulator
from integrations.sync import engine
from integrations.sync.lease import claim
from tests.conftest import Tenant
from tests.sandbox import KEY, pending


@pytest.fixture
def dispatched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the syncs that were put into the queue."""
    ids: list[str] = []
    monkeypatch.setattr(tasks.run_sync, "delay", lambda **sent: ids.append(sent["sync_id"]))
    return ids


def queued(connection: Connection) -> Sync:
    with tenant_context(connection.operator_id):
        return sync_request(connection=connection, requested_by="test", queue=False)


def change(sync: Sync, **values: Any) -> None:
    with tenant_context(sync.operator_id):
        Sync.objects.filter(pk=sync.pk).update(**values)


class TestDispatch:
    def test_queues_what_waits_no_longer_once(self, linked: Connection, dispatched: list[str]) -> None:
        sync = queued(linked)
        change(sync, not_before=timezone.now() - timedelta(minutes=1))
        tasks.dispatch_due_syncs()
        tasks.dispatch_due_syncs()
        assert dispatched == [str(sync.pk)]

    def test_leaves_what_still_waits(self, linked: Connection, dispatched: list[str]) -> None:
        change(queued(linked), not_before=timezone.now() + timedelta(minutes=5))
        tasks.dispatch_due_syncs()
        assert dispatched == []

    def test_queues_a_running_sync_whose_worker_has_vanished(
        self, linked: Connection, dispatched: list[str]
    ) -> None:
        sync = queued(linked)
        # Before the transaction began that the test runs in, which is the database's clock here.
        change(sync, status="running", not_before=timezone.now() - timedelta(minutes=5))
        tasks.dispatch_due_syncs()
        assert dispatched == [str(sync.pk)]

    def test_leaves_a_running_sync_to_its_worker(self, linked: Connection, dispatched: list[str]) -> None:
        sync = queued(linked)
        with tenant_context(linked.operator_id):
            assert claim(sync.pk) is not None
        tasks.dispatch_due_syncs()
        assert dispatched == []


class TestRunSync:
    def test_goes_on_in_another_task_after_a_slice(
        self, linked: Connection, dispatched: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(engine, "SLICE_SECONDS", 0)
        sync = queued(linked)
        tasks.run_sync(operator_id=str(linked.operator_id), sync_id=str(sync.pk), attempt=0)
        tasks.dispatch_due_syncs()
        assert dispatched == [str(sync.pk)]

    def test_a_message_from_before_the_last_claim_is_out_of_date(
        self, linked: Connection, dispatched: list[str], acme: Any
    ) -> None:
        """Else it would break the wait after trouble, and messages would multiply."""
        acme.set_weather("down")
        sync = queued(linked)
        tasks.run_sync(operator_id=str(linked.operator_id), sync_id=str(sync.pk), attempt=0)
        acme.set_weather("fair")
        tasks.run_sync(operator_id=str(linked.operator_id), sync_id=str(sync.pk), attempt=0)
        with tenant_context(linked.operator_id):
            sync.refresh_from_db()
        assert (sync.status, sync.attempts, dispatched) == (Sync.Status.QUEUED, 1, [])

    def test_passing_trouble_with_the_database_leaves_the_sync_to_go_on(
        self, linked: Connection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail_over(*args: Any) -> None:
            raise OperationalError("terminating connection")

        monkeypatch.setattr(engine, "_work", fail_over)
        sync = queued(linked)
        with pytest.raises(OperationalError):
            tasks.run_sync(operator_id=str(linked.operator_id), sync_id=str(sync.pk), attempt=0)
        with tenant_context(linked.operator_id):
            sync.refresh_from_db()
        assert (sync.status, sync.problem) == (Sync.Status.RUNNING, "")

    def test_a_defect_of_ours_ends_the_sync_and_is_not_swallowed(
        self, linked: Connection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def break_down(*args: Any) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr(engine, "_work", break_down)
        sync = queued(linked)
        with pytest.raises(ZeroDivisionError):
            tasks.run_sync(operator_id=str(linked.operator_id), sync_id=str(sync.pk), attempt=0)
        with tenant_context(linked.operator_id):
            sync.refresh_from_db()
            assert (sync.status, sync.problem) == (Sync.Status.FAILED, "internal")
            assert set(sync.operations.values_list("status", flat=True)) == {"InternalError"}

    def test_only_one_worker_gets_a_sync(self, linked: Connection) -> None:
        sync = queued(linked)
        with tenant_context(linked.operator_id):
            assert claim(sync.pk) is not None
            assert claim(sync.pk) is None


class TestAnotherTenant:
    """A task that names one operator and another's rows finds nothing."""

    def test_runs_no_sync(self, linked: Connection, southbank: Tenant) -> None:
        sync = queued(linked)
        tasks.run_sync(operator_id=str(southbank.operator.id), sync_id=str(sync.pk), attempt=0)
        with tenant_context(linked.operator_id):
            sync.refresh_from_db()
            assert sync.status == Sync.Status.QUEUED
            assert not PullOperation.objects.exclude(status="Queued").exists()

    def test_checks_no_credential(self, northwind: Tenant, southbank: Tenant, simulator: Simulator) -> None:
        connection = pending(northwind)
        with tenant_context(northwind.operator.id):
            check = credential_submit(
                connection=connection, entered={"site": "acme"}, secret=KEY, actor="test", queue=False
            )
        simulator.requests.clear()
        with pytest.raises(ObjectDoesNotExist):
            tasks.check_credential(operator_id=str(southbank.operator.id), check_id=str(check.pk))
        assert not simulator.requests
        with tenant_context(northwind.operator.id):
            check.refresh_from_db()
        assert check.outcome == CredentialCheck.Outcome.RUNNING


class TestLostChecks:
    """Checks whose message was lost, or whose worker has vanished."""

    @pytest.fixture
    def submitted(self, northwind: Tenant, simulator: Simulator) -> CredentialCheck:
        connection = pending(northwind)
        with tenant_context(northwind.operator.id):
            return credential_submit(
                connection=connection, entered={"site": "acme"}, secret=KEY, actor="test", queue=False
            )

    def age(self, check: CredentialCheck, minutes: int) -> None:
        with tenant_context(check.operator_id):
            started = timezone.now() - timedelta(minutes=minutes)
            CredentialCheck.objects.filter(pk=check.pk).update(started_at=started)

    @pytest.mark.parametrize(("minutes", "sent_again"), [(1, False), (3, True)])
    def test_are_sent_again(
        self, submitted: CredentialCheck, monkeypatch: pytest.MonkeyPatch, minutes: int, sent_again: bool
    ) -> None:
        sent: list[str] = []
        monkeypatch.setattr(tasks.check_credential, "delay", lambda **ids: sent.append(ids["check_id"]))
        self.age(submitted, minutes)
        tasks.resume_lost_checks()
        assert sent == ([str(submitted.pk)] if sent_again else [])

    def test_are_given_up_at_last_and_the_key_destroyed(self, submitted: CredentialCheck) -> None:
        self.age(submitted, 16)
        tasks.resume_lost_checks()
        with tenant_context(submitted.operator_id):
            submitted.refresh_from_db()
        assert (submitted.outcome, submitted.credential) == (CredentialCheck.Outcome.FAILED, None)


class TestCheckCredential:
    def test_a_defect_of_ours_ends_the_check_and_destroys_the_key(
        self, northwind: Tenant, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def break_down(**ids: UUID) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr(tasks, "credential_check_run", break_down)
        connection = pending(northwind)
        with tenant_context(northwind.operator.id):
            check = credential_submit(
                connection=connection, entered={"site": "acme"}, secret=KEY, actor="test", queue=False
            )
        with pytest.raises(ZeroDivisionError):
            tasks.check_credential(operator_id=str(northwind.operator.id), check_id=str(check.pk))
        with tenant_context(northwind.operator.id):
            check.refresh_from_db()
            assert (check.outcome, check.credential) == (CredentialCheck.Outcome.FAILED, None)
