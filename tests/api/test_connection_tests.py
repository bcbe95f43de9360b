"""Testing a connection's key by the API."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connections
from django.utils import timezone
from kombu.exceptions import OperationalError

from companies.models import AuditEvent, Connection
from config.tenancy import tenant_context
from integrations import tasks
from integrations.connectors.base import Account, ConnectorError, Problem
from integrations.models import ConnectionTest, Credential
from integrations.services import connection_tests
from integrations.services.connection_tests import connection_test_end
from tests.api.conftest import linked, path_of, pending, tables_read
from tests.conftest import Tenant

JSON = "application/json"
UNKNOWN = "7f0c2a3e-7d41-4b86-9a4e-0c6f1d2b8e70"


def with_key(tenant: Tenant) -> Connection:
    """Return a linked connection with a key in use."""
    connection = linked(tenant)
    with tenant_context(tenant.operator.id):
        Credential.objects.create(
            connection=connection,
            account={"site": "acme", "region": "us"},
            secret="a-key-0123456789",
            last_four="6789",
            state=Credential.State.IN_USE,
        )
    return connection


def post(tenant: Tenant, connection: Connection, **headers: str) -> Any:
    return tenant.api().post(path_of(connection, "/test"), content_type=JSON, headers=headers)


def worker(*, problem: Problem | None, after: float = 0) -> Callable[..., None]:
    """Return a stand-in for the task's `delay`: a worker with a database session of its own ends the test."""

    def work(*, operator_id: str, test_id: str) -> None:
        connection_test_end(operator_id=UUID(operator_id), test_id=UUID(test_id), problem=problem)
        connections.close_all()

    return lambda **ids: threading.Timer(after, work, kwargs=ids).start()


def test_a_key_that_works(committed: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    connection = with_key(committed)
    monkeypatch.setattr(tasks.check_connection, "delay", worker(problem=None, after=0.3))
    answer = post(committed, connection, **{"Idempotency-Key": "k"})
    assert answer.status_code == 200
    body = answer.json()
    assert (body["outcome"], body["problem"], body["message"]) == ("passed", "", "")
    assert body["connectionId"] == str(connection.id)
    assert body["completed"]
    assert committed.api().get(path_of(connection, f"/test/{body['id']}")).json() == body
    with tenant_context(committed.operator.id):
        assert AuditEvent.objects.filter(action="connection.tested", actor="API key test").exists()


def test_a_key_that_is_refused_ends_nothing(committed: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    connection = with_key(committed)
    monkeypatch.setattr(tasks.check_connection, "delay", worker(problem=Problem.WRONG_KEY))
    body = post(committed, connection).json()
    assert (body["outcome"], body["problem"]) == ("failed", "wrong_key")
    assert "refused the API key" in body["message"]
    assert committed.api().get(path_of(connection)).json()["status"] == "Linked"


def test_the_answer_comes_in_time(committed: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    connection = with_key(committed)
    sent: list[Any] = []
    monkeypatch.setattr(tasks.check_connection, "delay", lambda **ids: sent.append(ids))
    monkeypatch.setattr("integrations.api.waiting._LONGEST_WAIT", 1)
    started = time.monotonic()
    answer = post(committed, connection)
    assert time.monotonic() - started < 3
    assert (answer.status_code, answer.json()["outcome"]) == (202, "running")
    again = post(committed, connection)
    assert again.json()["id"] == answer.json()["id"]
    assert len(sent) == 1


def test_valkey_is_down(committed: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**ids: str) -> None:
        raise OperationalError

    monkeypatch.setattr(tasks.check_connection, "delay", refuse)
    body = post(committed, with_key(committed)).json()
    assert (body["outcome"], body["problem"]) == ("failed", "internal")


@pytest.fixture
def test_of(northwind: Tenant) -> ConnectionTest:
    """A test that is running."""
    connection = with_key(northwind)
    with tenant_context(northwind.operator.id):
        return ConnectionTest.objects.create(connection=connection)


def path(test: ConnectionTest) -> str:
    return path_of(test.connection, f"/test/{test.pk}")


def test_a_lost_test_has_failed_and_another_can_be_made(northwind: Tenant, test_of: ConnectionTest) -> None:
    assert northwind.api().get(path(test_of)).json()["outcome"] == "running"
    with tenant_context(northwind.operator.id):
        ConnectionTest.objects.update(started_at=timezone.now() - timedelta(minutes=6))
    body = northwind.api().get(path(test_of)).json()
    assert (body["outcome"], body["problem"]) == ("failed", "internal")
    with tenant_context(northwind.operator.id):
        another = connection_tests.connection_test_start(connection=test_of.connection, actor="test")
    assert another.pk != test_of.pk


def test_reading_a_test_reads_few_tables(northwind: Tenant, test_of: ConnectionTest) -> None:
    # Company with Link URLs, connections and errors; connection with Link URLs and errors; test.
    assert tables_read(northwind.api(), path(test_of)) == 8


@pytest.mark.parametrize("asked", ["nonsense", UNKNOWN])
def test_unknown_tests(northwind: Tenant, test_of: ConnectionTest, asked: str) -> None:
    answer = northwind.api().get(path_of(test_of.connection, f"/test/{asked}"))
    assert answer.status_code == 404
    assert answer.json()["error"] == f"No test was found with ID {asked}"


def test_of_another_tenant(northwind: Tenant, southbank: Tenant, test_of: ConnectionTest) -> None:
    assert southbank.api().get(path(test_of)).status_code == 404
    assert post(southbank, test_of.connection).status_code == 404


def test_without_a_key_there_is_nothing_to_test(northwind: Tenant) -> None:
    answer = post(northwind, pending(northwind))
    assert answer.status_code == 409
    assert answer.json()["error"] == "This connection is PendingAuth and has no key to test."


class Session:
    """A session with the vendor that ends as it was told."""

    def __init__(self, problem: Problem | None, account_id: str) -> None:
        self.problem, self.account = (
            problem,
            Account(id=account_id, name="acme", host="acme", currency="USD", is_test=True),
        )
        self.note: Any = None
        self.is_closed = False

    def check(self) -> Iterator[str]:
        yield "site"
        if self.problem:
            raise ConnectorError(self.problem, "detail")

    def close(self) -> None:
        self.is_closed = True


@pytest.mark.parametrize(
    ("problem", "account_id", "found"),
    [
        (None, "4711", ""),
        (None, "4712", Problem.OTHER_ACCOUNT),
        (Problem.WRONG_KEY, "4711", Problem.WRONG_KEY),
        (Problem.VENDOR_DOWN, "4711", Problem.VENDOR_DOWN),
    ],
)
def test_the_task(
    northwind: Tenant,
    test_of: ConnectionTest,
    monkeypatch: pytest.MonkeyPatch,
    problem: Problem | None,
    account_id: str,
    found: str,
) -> None:
    session = Session(problem, account_id)
    connector = type("Connector", (), {"open": lambda *args: session})()
    monkeypatch.setattr("integrations.services.credentials.connector_for", lambda key: connector)
    ids = {"operator_id": str(northwind.operator.id), "test_id": str(test_of.pk)}
    tasks.check_connection(**ids)
    with tenant_context(northwind.operator.id):
        test = ConnectionTest.objects.get()
        assert Connection.objects.get().status == "Linked"
    assert (test.outcome, test.problem) == ("failed" if found else "passed", found)
    assert session.is_closed
    session.is_closed = False
    tasks.check_connection(**ids)  # delivered twice
    assert not session.is_closed


def test_a_defect_of_ours_ends_a_test_too(
    northwind: Tenant, test_of: ConnectionTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(key: str) -> None:
        raise RuntimeError

    monkeypatch.setattr("integrations.services.credentials.connector_for", broken)
    with pytest.raises(RuntimeError):
        tasks.check_connection(operator_id=str(northwind.operator.id), test_id=str(test_of.pk))
    assert northwind.api().get(path(test_of)).json()["problem"] == "internal"


def test_a_key_that_went_in_the_meantime(northwind: Tenant, test_of: ConnectionTest) -> None:
    with tenant_context(northwind.operator.id):
        Credential.objects.all().delete()
    tasks.check_connection(operator_id=str(northwind.operator.id), test_id=str(test_of.pk))
    assert northwind.api().get(path(test_of)).json()["problem"] == "not_linked"
