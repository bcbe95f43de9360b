"""Purging what was deleted: everything of it, nothing of anybody else's, in small steps."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db.models import Model

from companies.lookups import operators_to_purge
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


def test_trouble_at_one_operator_does_not_stop_the_others(
    world: World, southbank: Tenant, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    both = [world, World(southbank, "Hay Farm")]
    for each in both:
        with tenant_context(each.tenant.operator.id):
            company_delete(company=each.company, actor="test")
    first, second = (next(w for w in both if w.tenant.operator.id == pk) for pk in operators_to_purge())
    original = erase.purge_operator

    def broken(operator_id: UUID) -> int:
        if operator_id == first.tenant.operator.id:
            raise RuntimeError("broken")
        return original(operator_id)

    monkeypatch.setattr(erase, "purge_operator", broken)
    purge_deleted()
    assert any(left(first).values())
    assert not any(left(second).values())
    assert "purge_failed" in caplog.text
    monkeypatch.undo()
    purge_deleted()
    assert not any(left(first).values())


def test_a_round_that_takes_too_long_ends(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(operator_id: UUID) -> int:
        raise SoftTimeLimitExceeded

    with tenant_context(world.tenant.operator.id):
        company_delete(company=world.company, actor="test")
    monkeypatch.setattr(erase, "purge_operator", slow)
    with pytest.raises(SoftTimeLimitExceeded):
        purge_deleted()
