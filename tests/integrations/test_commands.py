"""`manage.py connect` and `manage.py sync`, against the simulator."""

from __future__ import annotations

import io
import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from companies.models import Connection
from config.tenancy import tenant_context
from integrations.services.connections import connection_deauthorize
from integrations.services.switches import integration_switch
from integrations.simulator import Simulator
from integrations.sync.lease import claim
from tests.conftest import Tenant
from tests.integrations.sync.test_engine import counts, stated
from tests.integrations.test_tasks import queued
from tests.sandbox import KEY


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that puts a line on standard input."""
    return lambda line: monkeypatch.setattr("sys.stdin", io.StringIO(line + "\n"))


def connect(tenant: Tenant, **options: Any) -> str:
    out = io.StringIO()
    company = tenant.company()
    call_command(
        "connect", company=company.pk, api_key_stdin=True, stdout=out, stderr=io.StringIO(), **options
    )
    return out.getvalue().strip()


def sync(connection: Connection, **options: Any) -> dict[str, Any]:
    out = io.StringIO()
    call_command("sync", connection=connection.pk, json=True, stdout=out, stderr=io.StringIO(), **options)
    outcome: dict[str, Any] = json.loads(out.getvalue())
    return outcome


class TestConnect:
    @pytest.fixture(autouse=True)
    def _switched_on(self, northwind: Tenant) -> None:
        with tenant_context(northwind.operator.id):
            integration_switch(platform_key="rkgp", enabled=True, actor="test")

    def test_links_and_prints_the_connections_id(
        self, northwind: Tenant, simulator: Simulator, typed: Any
    ) -> None:
        typed(KEY)
        connection_id = UUID(connect(northwind, site="acme"))
        with tenant_context(northwind.operator.id):
            assert Connection.objects.get(pk=connection_id).status == Connection.Status.LINKED

    def test_says_why_a_key_is_refused(self, northwind: Tenant, simulator: Simulator, typed: Any) -> None:
        typed("not-the-key-0123456789")
        with pytest.raises(CommandError, match="refused the API key"):
            connect(northwind, site="acme")

    def test_says_what_can_not_be_a_site(self, northwind: Tenant, simulator: Simulator, typed: Any) -> None:
        typed(KEY)
        with pytest.raises(CommandError, match="not an address at Chargify"):
            connect(northwind, site="acme.example.com")

    def test_needs_a_company_that_exists(self, db: None, typed: Any) -> None:
        typed(KEY)
        with pytest.raises(CommandError, match="no company with the id"):
            call_command("connect", company=uuid4(), site="acme", api_key_stdin=True)


class TestSync:
    def test_brings_everything_and_says_so(self, linked: Connection, acme: Any) -> None:
        outcome = sync(linked)
        assert outcome["status"] == "complete"
        assert outcome["streams"]["invoices"]["read"] == stated(acme)["invoices"]
        assert counts(linked) == stated(acme)

    def test_reads_the_streams_that_are_named(self, linked: Connection) -> None:
        assert list(sync(linked, stream="site, customers")["streams"]) == ["site", "customers"]

    def test_names_the_streams_there_are(self, linked: Connection) -> None:
        with pytest.raises(CommandError, match="No stream is called orders; there are site,"):
            sync(linked, stream="orders")

    def test_leaves_a_running_sync_to_its_worker(self, linked: Connection) -> None:
        running = queued(linked)
        with tenant_context(linked.operator_id):
            claim(running.pk)
        with pytest.raises(CommandError, match="A worker is syncing"):
            sync(linked)

    def test_says_what_stops_it(self, linked: Connection, acme: Any) -> None:
        acme.set_weather("account_canceled")
        with pytest.raises(CommandError, match="canceled"):
            sync(linked)

    def test_needs_a_linked_connection(self, linked: Connection) -> None:
        with tenant_context(linked.operator_id):
            connection_deauthorize(connection=linked, refused_since=timezone.now(), reason="test")
        with pytest.raises(CommandError, match="Only a linked connection"):
            sync(linked)

    def test_trouble_that_passes_is_said_too(self, linked: Connection, acme: Any) -> None:
        acme.set_weather("down")
        with pytest.raises(CommandError, match="tried again by itself"):
            sync(linked)
