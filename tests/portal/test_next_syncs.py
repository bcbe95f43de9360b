"""A company's page says when each data type is synced next by itself."""

from __future__ import annotations

from datetime import UTC, datetime

import time_machine
from django.test import Client

from companies.models import Connection
from config.tenancy import tenant_context
from integrations.models import DataTypeSchedule
from integrations.services.schedules import schedules_start
from tests.portal.conftest import World

NOW = datetime(2026, 11, 25, 9, 30, 20, tzinfo=UTC)


def shown(world: World, portal: Client) -> str:
    path = f"/admin/companies/company/{world.company.pk}/activity/"
    return " ".join(portal.get(path).content.decode().split())


def start(world: World) -> None:
    with tenant_context(world.tenant.operator.id):
        schedules_start(connection=world.connection)


@time_machine.travel(NOW, tick=False)
def test_of_one_time_all_together(world: World, portal: Client) -> None:
    start(world)
    assert "<dt>Next sync</dt><dd>2026-11-26 09:30: all data types</dd>" in shown(world, portal)


@time_machine.travel(NOW, tick=False)
def test_of_several_times_each_with_its_data_types_and_those_without_last(
    world: World, portal: Client
) -> None:
    start(world)
    with tenant_context(world.tenant.operator.id):
        DataTypeSchedule.objects.exclude(
            data_type__in=["commerce-customers", "commerce-companyInfo"]
        ).delete()
        DataTypeSchedule.objects.create(
            connection=world.connection,
            data_type="billing-creditNotes",
            hours=1,
            counts_from=NOW,
            next_sync_at=NOW,
        )
        DataTypeSchedule.objects.filter(data_type="commerce-companyInfo").update(hours=0, next_sync_at=None)
    expected = "Due now: Credit notes<br>2026-11-26 09:30: Customers<br>No schedule: Company info</dd>"
    assert f"<dt>Next sync</dt><dd>{expected}" in shown(world, portal)


def test_says_so_where_none_is(world: World, portal: Client) -> None:
    assert "<dt>Next sync</dt><dd>None is scheduled</dd>" in shown(world, portal)
    with tenant_context(world.tenant.operator.id):
        Connection.objects.update(status="Unlinked")
    assert "<dt>Next sync</dt><dd>None until it is linked</dd>" in shown(world, portal)
