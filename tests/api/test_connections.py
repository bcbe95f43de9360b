from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from companies.models import AuditEvent, Connection, ConnectionEvent
from companies.services.connections import connection_event
from config.tenancy import tenant_context
from integrations import tasks
from integrations.connectors.base import Problem
from integrations.models import Credential, CredentialCheck, Sync
from integrations.services import credentials
from tests.api.conftest import linked, path_of, pending, tables_read
from tests.api.reference import assert_schema
from tests.conftest import Tenant

JSON = "application/json"
KEY = "a-key-0123456789"


@pytest.mark.parametrize("body", [{"platformKey": "rkgp"}, '"rkgp"'])
def test_create(northwind: Tenant, body: Any) -> None:
    company_id = pending(northwind).company_id
    answer = northwind.api().post(f"/companies/{company_id}/connections", body, content_type=JSON)
    assert answer.status_code == 200
    created = answer.json()
    assert_schema(created, "Platform", "Connection")
    assert (created["status"], created["integrationKey"], created["platformName"]) == (
        "PendingAuth",
        "rkgp",
        "Chargify",
    )
    assert created["dataConnectionErrors"] == []
    assert created["linkUrl"].endswith(f"/{created['id']}/")
    assert northwind.api().get(f"/companies/{company_id}/connections").json()["totalResults"] == 2


@pytest.mark.parametrize(
    "body", [{}, {"platformKey": "nope"}, {"platformKey": None}, [], 1, {"platformKey": []}]
)
def test_unknown_platform(northwind: Tenant, body: Any) -> None:
    company = northwind.company()
    answer = northwind.api().post(f"/companies/{company.id}/connections", body, content_type=JSON)
    assert answer.status_code == 400


def test_switched_off(northwind: Tenant) -> None:
    company = northwind.company()
    answer = northwind.api().post(
        f"/companies/{company.id}/connections", {"platformKey": "rkgp"}, content_type=JSON
    )
    assert answer.status_code == 400
    assert "switched off" in answer.json()["validation"]["errors"][0]["message"]


def test_list(northwind: Tenant, connection: Connection) -> None:
    client, path = northwind.api(), f"/companies/{connection.company_id}/connections"
    body = client.get(path).json()
    assert_schema(body, "Platform", "Connections")
    assert [row["id"] for row in body["results"]] == [str(connection.id)]
    assert body["results"][0]["isTest"] is True
    assert client.get(f"{path}?query=status=Unlinked").json()["totalResults"] == 0
    assert client.get(f"{path}?query=status=Linked%26%26id={connection.id}").json()["totalResults"] == 1
    # Company with Link URLs, connections and errors; count; page, Link URLs, errors; latest syncs, schedules.
    assert tables_read(client, path) == 10


def test_errors_are_shown_until_the_connection_is_made(northwind: Tenant) -> None:
    connection = pending(northwind)
    with tenant_context(northwind.operator.id):
        connection_event(
            connection=connection, kind=ConnectionEvent.Kind.FAILED, reason="Wrong key", status_code=403
        )
    client = northwind.api()
    body = client.get(path_of(connection)).json()
    assert_schema(body, "Platform", "Connection")
    (error,) = body["dataConnectionErrors"]
    assert (error["statusCode"], error["errorMessage"], error["status"]) == ("403", "Wrong key", "Active")
    assert error["resolvedOnUtc"] is None
    with tenant_context(northwind.operator.id):
        moment = ConnectionEvent.objects.get(kind="failed").at
        Connection.objects.filter(pk=connection.pk).update(linked_at=moment)
    (error,) = client.get(path_of(connection)).json()["dataConnectionErrors"]
    assert error["status"] == "Resolved"
    assert error["resolvedOnUtc"]


def test_unlink(northwind: Tenant, connection: Connection) -> None:
    client, path = northwind.api(), path_of(connection)
    assert client.patch(path, {"status": "Linked"}, content_type=JSON).json()["status"] == "Linked"
    assert client.patch(path, {"status": "PendingAuth"}, content_type=JSON).status_code == 400
    assert client.patch(path, {"status": None}, content_type=JSON).json()["status"] == "Linked"
    for _ in range(2):
        answer = client.patch(path, {"status": "Unlinked"}, content_type=JSON)
        assert (answer.status_code, answer.json()["status"]) == (200, "Unlinked")


def test_only_a_linked_connection_can_be_unlinked(northwind: Tenant) -> None:
    answer = northwind.api().patch(path_of(pending(northwind)), {"status": "Unlinked"}, content_type=JSON)
    assert answer.status_code == 409


def test_delete(northwind: Tenant, connection: Connection) -> None:
    client, path = northwind.api(), path_of(connection)
    answer = client.delete(path)
    assert (answer.status_code, answer.content) == (200, b"")
    gone = client.get(path)
    assert gone.status_code == 404
    assert gone.json()["error"] == f"Data connection {connection.id} not found"


@pytest.mark.parametrize("connection_id", ["nonsense", "7f0c2a3e-7d41-4b86-9a4e-0c6f1d2b8e70"])
def test_unknown_connection(northwind: Tenant, connection_id: str) -> None:
    company = northwind.company()
    path = f"/companies/{company.id}/connections/{connection_id}"
    client = northwind.api()
    assert client.get(path).status_code == client.delete(path).status_code == 404
    answer = client.put(f"{path}/authorization", {"site": "a", "apiKey": "b"}, content_type=JSON)
    assert answer.status_code == 404


def test_a_connection_of_another_company(northwind: Tenant, connection: Connection) -> None:
    other = northwind.company("Other")
    assert northwind.api().get(f"/companies/{other.id}/connections/{connection.id}").status_code == 404


def authorize(client: Client, connection: Connection, **body: Any) -> Any:
    return client.put(
        path_of(connection, "/authorization"), {"site": "acme", "apiKey": KEY, **body}, content_type=JSON
    )


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"site": "", "apiKey": " "}, ["site", "apiKey"]),
        ({"site": None}, ["site"]),
        ({"apiKey": []}, ["apiKey"]),
        ({"site": "a\0"}, ["site"]),
    ],
)
def test_authorization_names_missing_fields(northwind: Tenant, body: Any, fields: list[str]) -> None:
    answer = authorize(northwind.api(), pending(northwind), **body)
    assert answer.status_code == 400
    assert sorted(error["itemId"] for error in answer.json()["validation"]["errors"]) == sorted(fields)


def test_authorization_refuses_what_is_no_site(northwind: Tenant) -> None:
    answer = authorize(northwind.api(), pending(northwind), site="not a site!")
    assert answer.status_code == 400
    assert answer.json()["error"]


def end_check(tenant: Tenant, *, problem: Problem | None, after: float = 0) -> Any:
    """Return a stand-in for the task's `delay`: a worker with a database session of its own ends the check."""

    def work(*, operator_id: str, check_id: str) -> None:
        _end(check_id)
        connections.close_all()

    def _end(check_id: str) -> None:
        with tenant_context(tenant.operator.id):
            check = CredentialCheck.objects.select_related("connection", "credential").get(pk=check_id)
            if problem:
                credentials._fail(check=check, problem=problem)
                return
            Connection.objects.filter(pk=check.connection_id).update(status="Linked", account_id="1")
            CredentialCheck.objects.filter(pk=check_id).update(outcome="passed")

    return lambda **ids: threading.Timer(after, work, kwargs=ids).start()


def test_authorization_links(committed: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    connection = pending(committed)
    monkeypatch.setattr(tasks.check_credential, "delay", end_check(committed, problem=None))
    answer = authorize(committed.api(), connection)
    assert answer.status_code == 200
    assert_schema(answer.json(), "Platform", "Connection")
    assert answer.json()["status"] == "Linked"
    with tenant_context(committed.operator.id):
        assert not Sync.objects.exists()
        assert not CredentialCheck.objects.get().starts_sync
        assert AuditEvent.objects.filter(action="connection.authorized_by_api").exists()
        assert KEY not in str(list(AuditEvent.objects.values()))


def test_authorization_says_what_failed(committed: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    connection = pending(committed)
    monkeypatch.setattr(tasks.check_credential, "delay", end_check(committed, problem=Problem.WRONG_KEY))
    answer = authorize(committed.api(), connection)
    assert answer.status_code == 400
    assert "refused the API key" in answer.json()["error"]
    assert KEY not in answer.content.decode()
    with tenant_context(committed.operator.id):
        assert not Credential.objects.exists()
    shown = committed.api().get(path_of(connection)).json()
    assert shown["status"] == "PendingAuth"
    assert shown["dataConnectionErrors"][0]["statusCode"] == "403"


def test_authorization_answers_in_time(committed: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    connection = pending(committed)
    monkeypatch.setattr(tasks.check_credential, "delay", lambda **ids: None)
    started = time.monotonic()
    answer = authorize(committed.api(), connection)
    assert time.monotonic() - started < 4
    assert (answer.status_code, answer.json()["status"]) == (200, "PendingAuth")


def test_authorization_waits_outside_of_any_transaction(
    committed: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker has its own database session, and must see the check while the view waits."""
    connection = pending(committed)
    monkeypatch.setattr(tasks.check_credential, "delay", end_check(committed, problem=None, after=0.4))
    assert authorize(committed.api(), connection).json()["status"] == "Linked"


def test_another_tenants_connection(northwind: Tenant, southbank: Tenant) -> None:
    connection = linked(northwind)
    client, path = southbank.api(), path_of(connection)
    for answer in (
        client.get(path),
        client.patch(path, {"status": "Unlinked"}, content_type=JSON),
        client.delete(path),
        authorize(client, connection),
        client.get(f"/companies/{connection.company_id}/connections"),
        client.post(f"/companies/{connection.company_id}/connections", '"rkgp"', content_type=JSON),
        client.get(f"/companies/{connection.company_id}"),
        client.put(f"/companies/{connection.company_id}", {"name": "Mine"}, content_type=JSON),
        client.patch(f"/companies/{connection.company_id}", {"name": "Mine"}, content_type=JSON),
        client.delete(f"/companies/{connection.company_id}"),
        client.post(f"/companies/{connection.company_id}/data/all"),
        client.post(f"/companies/{connection.company_id}/data/queue/commerce-orders"),
        client.get(f"/companies/{connection.company_id}/dataStatus"),
        client.get(f"/companies/{connection.company_id}/data/history"),
        client.get(f"{path}/data/commerce-orders"),
        client.get(f"{path}/data/commerce-customers/c1"),
        client.get(f"{path}/data/billing-subscriptions"),
    ):
        assert answer.status_code == 404, answer.content
    assert client.get("/companies").json()["totalResults"] == 0
    assert northwind.api().get(path).json()["status"] == "Linked"
