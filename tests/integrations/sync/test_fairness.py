from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from companies.models import Connection
from config.tenancy import tenant_context
from integrations import tasks
from integrations.models import Sync
from integrations.services.syncs import sync_request
from integrations.simulator import Simulator
from integrations.sync import engine
from tests.conftest import Tenant
from tests.sandbox import check, pending

SMALL = 5


def test_small_accounts_that_wait_behind_a_huge_one_end_before_its_next_slice(
    northwind: Tenant, linked: Connection, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A huge account is one whose slices end before its rows do."""
    queue: list[dict[str, Any]] = []
    monkeypatch.setattr(tasks.run_sync, "delay", lambda **message: queue.append(message))
    small = [other(northwind, number) for number in range(SMALL)]
    huge, *others = [asked(northwind, connection, queue) for connection in (linked, *small)]
    order: list[UUID] = []
    while queue and order.count(huge) < 3:
        message = queue.pop(0)
        order.append(UUID(message["sync_id"]))
        monkeypatch.setattr(engine, "SLICE_SECONDS", 0 if order[-1] == huge else 20)
        tasks.run_sync(**message)
    assert order == [huge, *others, huge, huge]
    with tenant_context(northwind.operator.id):
        assert {sync.status for sync in Sync.objects.filter(pk__in=others)} == {Sync.Status.COMPLETE}
        assert Sync.objects.get(pk=huge).status == Sync.Status.QUEUED


def other(tenant: Tenant, number: int) -> Connection:
    """Return one more connection, to a small site."""
    connection = pending(tenant, name=f"Bakery {number}")
    check(tenant, connection, site="other", key="other-key-0123456789")
    return connection


def asked(tenant: Tenant, connection: Connection, queue: list[dict[str, Any]]) -> UUID:
    """Return the sync that was asked for and queued."""
    with tenant_context(tenant.operator.id):
        sync = sync_request(connection=connection, requested_by="test", queue=False)
    queue.append({"operator_id": str(sync.operator_id), "sync_id": str(sync.pk), "attempt": sync.attempts})
    return sync.pk
