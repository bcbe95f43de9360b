"""Purging what was deleted: everything of it, nothing of anybody else's, in small steps."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import Model

from companies.models import AuditEvent, Company, Connection
from companies.services.companies import company_delete
from companies.services.connections import connection_delete
from config.tenancy import tenant_context
from integrations.models import Credential, Sync
from portal import erase
from portal.tasks import purge_deleted
from tests.conftest import Tenant
from tests.portal.conftest import World


def left(world: World) -> dict[str, int]:
    """Return how many rows of each table still hang on the world's connection."""
    with tenant_context(world.tenant.operator.id):
        return {
            table._meta.label: table._default_manager.filter(connection_id=world.connection.pk).count()
            for table in erase.tables_of_connections()
        }


def test_credentials_go_first_then_the_syncs_that_still_write() -> None:
    tables = erase.tables_of_connections()
    assert tables[:2] == [Credential, Sync]
    assert {"billing.BodyChunk", "billing.Invoice", "billing.RecordVersion", "companies.Consent"} <= {
        table._meta.label for table in tables
    }


def test_every_table_that_names_a_connection_is_among_them() -> None:
    from django.apps import apps

    def names_a_connection(model: type[Model]) -> bool:
        return any(field.related_model is Connection for field in model._meta.fields)

    expected = {model for model in apps.get_models() if names_a_connection(model)}
    assert set(erase.tables_of_connections()) == expected


@pytest.mark.parametrize("batch", [1, 5_000])
def test_a_deleted_company_is_erased_with_everything(world: World, monkeypatch: Any, batch: int) -> None:
    monkeypatch.setattr(erase, "BATCH", batch)
    other = World(world.tenant, "Other Bakery")
    before = left(other)
    with tenant_context(world.tenant.operator.id):
        company_delete(company=world.company, actor="test")
    purge_deleted()
    assert not any(left(world).values())
    assert left(other) == before
    with tenant_context(world.tenant.operator.id):
        # The connection went first, in its own steps, not as a cascade of the company.
        assert AuditEvent.objects.get(action="connection.purged").details["rows"] > 20
        assert [company.name for company in Company.with_deleted.all()] == ["Other Bakery"]
        assert AuditEvent.objects.filter(action="company.purged", subject=str(world.company.pk)).exists()


def test_a_deleted_connection_leaves_its_company(world: World) -> None:
    with tenant_context(world.tenant.operator.id):
        connection_delete(connection=world.connection, actor="test")
    purge_deleted()
    assert not any(left(world).values())
    with tenant_context(world.tenant.operator.id):
        assert Company.objects.filter(pk=world.company.pk).exists()
        assert not Connection.with_deleted.exists()


def test_another_operators_data_stays(world: World, southbank: Tenant) -> None:
    other = World(southbank, "Hay Farm")
    before = left(other)
    with tenant_context(world.tenant.operator.id):
        company_delete(company=world.company, actor="test")
    purge_deleted()
    assert left(other) == before


def test_nothing_is_purged_that_was_not_deleted(world: World) -> None:
    before = left(world)
    purge_deleted()
    assert left(world) == before
    assert any(before.values())


def test_a_purge_that_is_still_running_is_left_alone(world: World) -> None:
    from django.core.cache import cache

    with tenant_context(world.tenant.operator.id):
        company_delete(company=world.company, actor="test")
    cache.set("portal.purge", True)
    purge_deleted()
    assert any(left(world).values())
