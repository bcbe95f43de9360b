"""The page that says how complete a connection is, and deletions that wait for a person."""

from __future__ import annotations

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.models import Customer
from companies.models import AuditEvent, Connection
from companies.roles import Role
from config.tenancy import tenant_context
from integrations.models import StreamProof, Sync
from tests.conftest import Tenant
from tests.portal.conftest import World, sign_in


def page_of(world: World, page: str = "completeness") -> str:
    return f"/admin/companies/company/{world.company.pk}/connections/{world.connection.pk}/{page}/"


def make_proof(world: World, stream: str = "customers", **values: object) -> StreamProof:
    with tenant_context(world.tenant.operator.id):
        return StreamProof.objects.create(
            connection=world.connection,
            stream=stream,
            checked_at=timezone.now(),
            **{"verdict": "complete", "evidence": ["sweep"], "swept_at": timezone.now(), "stored": 1}
            | values,
        )


@pytest.fixture
def held(world: World) -> StreamProof:
    """Customers of which one waits to be marked deleted."""
    return make_proof(world, findings={"held_deletions": 1}, verdict="warnings", held_version=1)


class TestPage:
    def test_says_what_proves_each_stream(self, world: World, portal: Client) -> None:
        make_proof(world, "subscriptions", evidence=["total", "sweep"], total=1, findings={"orphans": 3})
        content = portal.get(page_of(world)).content.decode()
        assert "Their count and their whole list" in content
        assert "3 name a customer or subscription" in content

    def test_says_so_before_the_first_sync(self, world: World, portal: Client) -> None:
        assert b"Nothing was read to its end yet" in portal.get(page_of(world)).content

    def test_the_companys_page_leads_there(self, world: World, portal: Client) -> None:
        with tenant_context(world.tenant.operator.id):
            Connection.objects.update(completeness="gaps")
        content = portal.get(f"/admin/companies/company/{world.company.pk}/change/").content.decode()
        assert f'href="{page_of(world)}"' in content
        assert '<span class="tb-pill is-gaps">Gaps</span>' in content

    def test_costs_the_same_however_many_streams(self, world: World, portal: Client) -> None:
        make_proof(world, "a")
        with CaptureQueriesContext(database) as few:
            portal.get(page_of(world))
        for name in "bcdefg":
            make_proof(world, name)
        with CaptureQueriesContext(database) as many:
            portal.get(page_of(world))
        assert len(many) == len(few)

    def test_everything_can_be_read_again(self, world: World, portal: Client) -> None:
        assert b"Read everything again" in portal.get(page_of(world)).content
        portal.post(page_of(world, "sync"), {"everything": "yes"})
        with tenant_context(world.tenant.operator.id):
            assert Sync.objects.order_by("-requested_at")[0].is_full

    def test_of_another_operator_is_not_there(self, world: World, southbank: Tenant) -> None:
        assert southbank.portal().get(page_of(world)).status_code == 404


class TestHeldDeletions:
    def test_are_marked_once_a_person_says_so(self, world: World, portal: Client, held: StreamProof) -> None:
        assert b"Decide about 1 deletions" in portal.get(page_of(world)).content
        assert b"compare with your customer" in portal.get(page_of(world, "deletions/customers")).content
        response = portal.post(page_of(world, "deletions/customers"), follow=True)
        assert b"1 records were marked deleted" in response.content
        with tenant_context(world.tenant.operator.id):
            assert Customer.objects.get().deleted_at is not None
            assert AuditEvent.objects.get(action="deletions.confirmed").actor == "alice@example.org"

    def test_a_look_changes_nothing(self, world: World, portal: Client, held: StreamProof) -> None:
        portal.get(page_of(world, "deletions/customers"))
        with tenant_context(world.tenant.operator.id):
            assert Customer.objects.get().deleted_at is None

    def test_are_decided_once(self, world: World, portal: Client, held: StreamProof) -> None:
        portal.post(page_of(world, "deletions/customers"))
        assert portal.post(page_of(world, "deletions/customers")).status_code == 404

    @pytest.mark.parametrize("role", [Role.ANALYST, Role.ADVISOR])
    def test_others_see_them_and_decide_nothing(self, world: World, held: StreamProof, role: Role) -> None:
        client = sign_in(world.tenant, role)
        content = client.get(page_of(world)).content
        assert b"too many to mark them deleted" in content
        assert b"Decide about" not in content
        assert client.post(page_of(world, "deletions/customers")).status_code == 403

    def test_of_another_operator_are_not_there(
        self, world: World, southbank: Tenant, held: StreamProof
    ) -> None:
        assert southbank.portal().post(page_of(world, "deletions/customers")).status_code == 404
        with tenant_context(world.tenant.operator.id):
            assert Customer.objects.get().deleted_at is None
