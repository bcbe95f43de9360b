from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from billing.models import Customer
from config.tenancy import tenant_context
from integrations.simulator.server.fault import Fault
from tests.chaos.comparison import differences
from tests.chaos.runs import fresh_tenant, run
from tests.chaos.scenario import MISHAPS, Mishap, scenario
from tests.chaos.world import world
from tests.conftest import Tenant

SEEDS = range(200)
# A seed whose account has customers with invoices, and little else: the mishap is to be the only trouble.
QUIET = replace(
    scenario(1),
    spec=replace(scenario(1).spec, customers=6, months=2, visible_after_seconds=0),
    streams=frozenset({"customers", "invoices", "events", "payment_profiles"}),
    page_size=5,
    passing=(),
    lasting=(),
    deeds=(),
    mishaps=0,
    rounds=(),
    slice_seconds=(0.0,),
)


@pytest.fixture
def tenant(django_db_setup: None, django_db_blocker: Any) -> Iterator[Tenant]:
    """An operator in a database without a test's transaction around it: a death must really roll back."""
    with django_db_blocker.unblock(), fresh_tenant() as made:
        yield made


def spread(seed: int) -> Any:
    """Let the workers of a test run share the seeds."""
    return pytest.param(seed, marks=pytest.mark.xdist_group(f"chaos {seed % 8}"))


@pytest.mark.slow
@pytest.mark.parametrize("seed", [spread(seed) for seed in SEEDS])
def test_whatever_befalls_a_sync_it_ends_in_the_rows_of_an_undisturbed_one(seed: int, tenant: Tenant) -> None:
    run(scenario(seed), tenant)


@pytest.mark.parametrize("kind", MISHAPS)
def test_each_mishap_does_befall_and_does_no_harm(
    kind: str, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.chaos.world.mishap", lambda dice: Mishap(kind, 3))
    happened = run(replace(QUIET, mishaps=4), tenant)
    assert happened[kind] == 4


def test_a_scenario_is_the_same_each_time(tenant: Tenant) -> None:
    assert scenario(7) == scenario(7)
    assert scenario(7) != scenario(8)


def test_the_same_seed_meets_the_same_trouble(tenant: Tenant) -> None:
    disturbed = replace(QUIET, mishaps=6, passing=(Fault("error_500", share=0.1, requests=60),))
    assert run(disturbed, tenant) == run(disturbed, tenant)


def test_what_an_undisturbed_reader_has_is_what_the_ledger_states(tenant: Tenant) -> None:
    with world(QUIET, tenant) as made:
        connection = made.read_undisturbed()
        with tenant_context(tenant.operator.id):
            customers = Customer.objects.filter(connection=connection).count()
        assert customers == made.site.ledger()["rows"]["customers"] > 0


class TestVerdict:
    """A comparison that finds nothing must be able to find something."""

    @pytest.fixture
    def read(self, tenant: Tenant) -> Iterator[tuple[Any, Any]]:
        with world(QUIET, tenant) as made:
            readers = made.read_disturbed(), made.read_undisturbed()
            with tenant_context(tenant.operator.id):
                assert list(differences(*readers, gone=set())) == []
                yield readers

    def test_sees_a_lost_row(self, read: tuple[Any, Any]) -> None:
        self._of(read[0]).delete()
        assert self._found(read) == [f"customer {self.source_id} is lost"]

    def test_sees_a_row_that_stands_though_the_vendor_has_none(self, read: tuple[Any, Any]) -> None:
        self._of(read[1]).delete()
        assert self._found(read) == [f"customer {self.source_id} stands, though the vendor has no such row"]
        assert list(differences(*read, gone={("customer", self.source_id)})) == []

    def test_sees_a_column_and_a_hash_that_differ(self, read: tuple[Any, Any]) -> None:
        customer = self._of(read[0])
        Customer.objects.filter(pk=customer.pk).update(name="Somebody else", content_hash=b"x" * 16)
        lines = self._found(read)
        assert f"customer {self.source_id} differs" in lines[0]
        assert "content_hash" in lines[0]
        assert "'Somebody else'" in lines[0]

    def test_sees_a_row_that_points_to_anothers_body(self, read: tuple[Any, Any]) -> None:
        first, second = Customer.objects.filter(connection=read[0]).order_by("source_id")[:2]
        Customer.objects.filter(pk=first.pk).update(
            body_chunk_id=second.body_chunk_id, body_index=second.body_index
        )
        assert "points to another body" in self._found(read)[0]

    def _of(self, connection: Any) -> Customer:
        customer = Customer.objects.filter(connection=connection).order_by("source_id").first()
        assert customer is not None
        self.source_id = customer.source_id
        return customer

    def _found(self, read: tuple[Any, Any]) -> list[str]:
        return list(differences(*read, gone=set()))
