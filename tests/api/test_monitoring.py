"""The audit trail and the usage by the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from redis.exceptions import ConnectionError as ValkeyDown

from companies.lookups import operators_in_use
from companies.models import ApiKey, Connection, UsageDay
from companies.services.audit import audit
from config.tenancy import tenant_context
from integrations.models import PullOperation, Sync
from integrations.tasks import count_usage
from tests.api.conftest import NOW, linked, tables_read
from tests.conftest import Tenant

NOON = "2026-03-01T12:00:00Z"
USED = {"day": "2026-03-01", "rowsRead": 0, "rowsChanged": 0}


@pytest.fixture
def trail(northwind: Tenant) -> Client:
    with tenant_context(northwind.operator.id):
        audit(actor="Bob", action="link_url.issued", subject="c1", ip_address="192.0.2.7", note="x")
    return northwind.api()


def test_the_audit_trail_begins_with_the_newest(trail: Client) -> None:
    body = trail.get("/audit?pageSize=1").json()
    assert body["totalResults"] > 1
    (event,) = body["results"]
    assert event.pop("id")
    assert event.pop("at").endswith("Z")
    assert event == {
        "actor": "Bob",
        "action": "link_url.issued",
        "subject": "c1",
        "details": {"note": "x"},
        "ipAddress": "192.0.2.7",
    }
    assert tables_read(trail, "/audit") == 2


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("actor=Bob", 1),
        ("action~link", 1),
        ("subject=c1%26%26action=x", 0),
        ("at>2999-01-01", 0),
    ],
)
def test_the_audit_trail_can_be_queried(trail: Client, query: str, found: int) -> None:
    assert trail.get(f"/audit?query={query}&orderBy=at").json()["totalResults"] == found


@pytest.mark.parametrize("query", ["query=details=x", "query=at~x", "query=actor", "orderBy=x", "page=0"])
def test_odd_queries_of_the_audit_trail(trail: Client, query: str) -> None:
    assert trail.get(f"/audit?{query}").status_code == 400


def test_the_audit_trail_of_another_tenant(trail: Client, southbank: Tenant) -> None:
    assert southbank.api().get("/audit?query=actor=Bob").json()["totalResults"] == 0
    assert Client().get("/audit").status_code == 401


def read(connection: Connection, *, days_ago: int = 0, rows: int = 100, changed: int = 7) -> None:
    """Make a sync that ended some days ago."""
    ended = NOW - timedelta(days=days_ago)
    with tenant_context(connection.operator_id):
        sync = Sync.objects.create(connection=connection, not_before=ended, status=Sync.Status.COMPLETE)
        Sync.objects.filter(pk=sync.pk).update(requested_at=ended)
        PullOperation.objects.create(
            sync=sync,
            connection=connection,
            stream="customers",
            data_type="commerce-customers",
            position=0,
            finished_at=ended,
            rows_read=rows,
            rows_changed=changed,
        )


@time_machine.travel(NOON, tick=False)
def test_usage_is_counted_up_to_now(northwind: Tenant) -> None:
    client, connection = northwind.api(), linked(northwind)
    assert client.get("/usage").json()["results"] == [USED | {"requests": 1}]
    read(connection)
    read(connection, rows=5, changed=0)
    assert client.get("/usage").json()["results"] == [
        {"day": "2026-03-01", "requests": 2, "rowsRead": 105, "rowsChanged": 7}
    ]
    assert client.get("/usage?query=day<2026-03-01").json()["totalResults"] == 0
    assert client.get("/usage?query=rowsRead>=105%26%26requests>1").json()["totalResults"] == 1


@time_machine.travel(NOON, tick=False)
def test_usage_reads_few_tables_however_many_days(northwind: Tenant) -> None:
    with tenant_context(northwind.operator.id):
        for number in range(1, 50):
            UsageDay.objects.create(day=(NOW - timedelta(days=number)).date(), requests=number)
    # The sums of operations; today's row; count and page.
    assert tables_read(northwind.api(), "/usage") == 4


def test_days_end_at_midnight_in_utc(northwind: Tenant) -> None:
    client, connection = northwind.api(), linked(northwind)
    with time_machine.travel("2026-03-02T23:59:00Z", tick=False):
        client.get("/companies")
    read(connection, days_ago=-1)
    with time_machine.travel("2026-03-03T00:01:00Z", tick=False):
        results = client.get("/usage").json()["results"]
    assert [(row["day"], row["requests"], row["rowsRead"]) for row in results] == [
        ("2026-03-03", 1, 0),
        ("2026-03-02", 1, 100),
    ]


@time_machine.travel(NOON, tick=False)
def test_the_task_keeps_what_valkey_and_deletions_take_away(
    northwind: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integrations.tasks.operators_in_use", lambda: [northwind.operator.id])
    client, connection = northwind.api(), linked(northwind)
    read(connection)
    for _ in range(3):
        client.get("/companies")
    count_usage()
    cache.clear()
    with tenant_context(northwind.operator.id):
        Sync.objects.all().delete()
    (row,) = client.get("/usage").json()["results"]
    assert (row["requests"], row["rowsRead"], row["rowsChanged"]) == (3, 100, 7)
    count_usage()
    with tenant_context(northwind.operator.id):
        assert UsageDay.objects.count() == 1


def test_the_task_asks_for_those_alone_who_use_anything(northwind: Tenant, southbank: Tenant) -> None:
    northwind.api().get("/companies")
    assert operators_in_use() == [northwind.operator.id]
    with tenant_context(northwind.operator.id):
        ApiKey.objects.update(last_used_at=NOW - timedelta(days=400))
    assert operators_in_use() == []


def test_one_operators_trouble_stops_nobody(
    northwind: Tenant, southbank: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    for tenant in (northwind, southbank):
        tenant.api().get("/companies")
    asked: list[Any] = []

    def fail() -> None:
        asked.append(1)
        raise RuntimeError

    monkeypatch.setattr("integrations.tasks.usage_count", fail)
    count_usage()
    assert len(asked) == 2


def test_usage_is_shown_while_valkey_is_down(northwind: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise ValkeyDown("nobody there")

    for name in ("get_or_set", "get_many"):
        monkeypatch.setattr(cache, name, refuse)
    assert northwind.api().get("/usage").json()["results"] == []


@time_machine.travel(NOON, tick=False)
def test_the_usage_of_another_tenant(northwind: Tenant, southbank: Tenant) -> None:
    read(linked(northwind))
    assert southbank.api().get("/usage").json()["results"] == [USED | {"requests": 1}]
    assert Client().get("/usage").status_code == 401


@pytest.mark.parametrize("query", ["query=day=x", "query=requests~1", "orderBy=rows", "pageSize=0"])
def test_odd_queries_of_usage(northwind: Tenant, query: str) -> None:
    assert northwind.api().get(f"/usage?{query}").status_code == 400
