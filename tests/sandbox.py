"""A Chargify of our own for tests: the simulator over a socket, and a connection linked to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db.models import F
from pytest_django.fixtures import Settings

from companies.models import Connection
from config.tenancy import tenant_context
from integrations.models import CredentialCheck, DataTypeSchedule, Sync
from integrations.services.connections import connection_create
from integrations.services.credentials import credential_check_run, credential_submit
from integrations.services.switches import integration_switch
from integrations.simulator import Simulator, SiteSpec
from tests.conftest import Tenant

KEY = "simulated-key-0123456789"
# A business depends on the moment it is built at: fixed, so that every run of the tests meets the same one.
NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)


@pytest.fixture
def simulator(settings: Settings) -> Iterator[Simulator]:
    """A Chargify with the US sites acme and other, and the EU site europa."""
    sites = [
        SiteSpec(region="us", subdomain="acme", api_key=KEY, customers=60, seed=3, now=NOW),
        SiteSpec(
            region="us", subdomain="other", api_key="other-key-0123456789", customers=5, seed=4, now=NOW
        ),
        SiteSpec(
            region="eu", subdomain="europa", api_key="europa-key-0123456789", customers=5, test=True, now=NOW
        ),
    ]
    with Simulator(sites, port=0) as running:
        settings.CHARGIFY_US_URL = f"{running.root}/us/{{site}}"
        settings.CHARGIFY_EU_URL = f"{running.root}/eu/{{site}}"
        settings.ALLOW_INSECURE_VENDOR_URL = True
        yield running


@pytest.fixture
def acme(simulator: Simulator) -> Any:
    """The simulator's site acme, with its weather and its mutators."""
    return simulator.site("us", "acme")


def pending(tenant: Tenant, *, name: str = "Corner Bakery") -> Connection:
    """Return a new pending connection of a new company."""
    company = tenant.company(name)
    with tenant_context(tenant.operator.id):
        integration_switch(platform_key="rkgp", enabled=True, actor="test")
        return connection_create(company=company, platform_key="rkgp", actor="test")


def check(
    tenant: Tenant, connection: Connection, *, site: str = "acme", key: str = KEY, starts_sync: bool = False
) -> CredentialCheck:
    """Submit a credential, run its check here, and return how it ended."""
    with tenant_context(tenant.operator.id):
        submitted = credential_submit(
            connection=connection,
            entered={"site": site},
            secret=key,
            actor="test",
            starts_sync=starts_sync,
            queue=False,
        )
    credential_check_run(operator_id=tenant.operator.id, check_id=submitted.id)
    with tenant_context(tenant.operator.id):
        submitted.refresh_from_db()
        connection.refresh_from_db()
    return submitted


def later(connection: Connection, *, minutes: int) -> None:
    """Let time pass for a connection, its syncs and its schedules, by making everything that much older."""
    moments = {
        Connection: ("linked_at", "problem_since", "stale_since"),
        Sync: ("trouble_since", "refused_since", "not_before"),
        DataTypeSchedule: ("counts_from", "fresh_at", "next_sync_at"),
    }
    with tenant_context(connection.operator_id):
        for model, fields in moments.items():
            key = "pk" if model is Connection else "connection"
            older = {field: F(field) - timedelta(minutes=minutes) for field in fields}
            model.objects.filter(**{key: connection.pk}).update(**older)


@pytest.fixture
def linked(northwind: Tenant, simulator: Simulator) -> Connection:
    """A connection of Northwind's, linked to acme, with nothing synced yet."""
    connection = pending(northwind)
    assert check(northwind, connection).outcome == CredentialCheck.Outcome.PASSED
    return connection
