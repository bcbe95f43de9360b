"""The whole way, against the simulator: a key is checked, customers and subscriptions arrive, changes follow."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import timezone

from billing.models import Customer, Subscription
from companies.models import Connection
from config.tenancy import tenant_context
from integrations.connectors.base import Problem
from integrations.models import CredentialCheck, PullOperation, Sync
from integrations.services.connections import IntegrationOff, connection_create
from integrations.services.switches import integration_switch
from integrations.services.syncs import sync_request
from integrations.sync.engine import run_slice
from integrations.valkey import valkey
from tests.conftest import Tenant
from tests.integrations.chargebee.simulator import ChargebeeSimulator, Refusal, Site, busy
from tests.sandbox import check

from .support import KEY


@pytest.fixture
def pending(northwind: Tenant, chargebee: ChargebeeSimulator) -> Connection:
    """A new connection of Northwind's, with Chargebee switched on."""
    company = northwind.company()
    with tenant_context(northwind.operator.id):
        integration_switch(platform_key="xwsy", enabled=True, actor="test")
        return connection_create(company=company, platform_key="xwsy", actor="test")


@pytest.fixture
def linked(northwind: Tenant, pending: Connection, chargebee: ChargebeeSimulator) -> Connection:
    """The connection, linked to acme."""
    assert check(northwind, pending, site="acme", key=KEY).outcome == CredentialCheck.Outcome.PASSED
    chargebee.requests.clear()
    return pending


def run(connection: Connection, observe: Callable[[PullOperation], None] = lambda operation: None) -> Sync:
    """Sync a connection here, and return how it ended."""
    with tenant_context(connection.operator_id):
        sync = sync_request(connection=connection, requested_by="test", queue=False)
    while run_slice(operator_id=connection.operator_id, sync_id=sync.pk, observe=observe):
        pass
    with tenant_context(connection.operator_id):
        sync.refresh_from_db()
        connection.refresh_from_db()
    return sync


def stored(connection: Connection) -> dict[str, dict[str, datetime | None]]:
    """Return the ids of what is stored, with the time of its last change."""
    with tenant_context(connection.operator_id):
        return {
            name: dict(model.objects.filter(deleted_at=None).values_list("source_id", "source_updated_at"))
            for name, model in (("customers", Customer), ("subscriptions", Subscription))
        }


def stated(site: Site) -> dict[str, dict[str, datetime]]:
    """Return the same as the simulator has it."""
    return {
        kind: {id_: datetime.fromtimestamp(body["updated_at"], UTC) for id_, body in rows.items()}
        for kind, rows in site.rows.items()
    }


def changed_by(sync: Sync) -> dict[str, int]:
    with tenant_context(sync.operator_id):
        return {op.stream: op.rows_changed for op in sync.operations.all() if op.rows_changed}


class TestCheck:
    def test_it_is_off_until_somebody_switches_it_on(self, northwind: Tenant) -> None:
        company = northwind.company()
        with tenant_context(northwind.operator.id), pytest.raises(IntegrationOff):
            connection_create(company=company, platform_key="xwsy", actor="test")

    def test_a_key_links_its_site(
        self, northwind: Tenant, pending: Connection, chargebee: ChargebeeSimulator
    ) -> None:
        passed = check(northwind, pending, site="https://acme.chargebee.com/d/home", key=f" {KEY}\n")
        assert passed.outcome == CredentialCheck.Outcome.PASSED
        assert (pending.status, pending.is_test) == (Connection.Status.LINKED, False)
        assert (pending.account_id, pending.account_host) == ("acme", "acme.chargebee.com")
        assert chargebee.requests == [
            ("/acme/api/v2/customers", {"limit": "1"}),
            ("/acme/api/v2/subscriptions", {"limit": "1"}),
        ]

    def test_a_test_site_is_known_as_one(self, northwind: Tenant, pending: Connection) -> None:
        check(northwind, pending, site="old-test", key="test_other")
        assert (pending.account_name, pending.is_test) == ("old-test", True)

    @pytest.mark.parametrize(
        ("site", "key", "problem"),
        [
            ("acme", "live_wrong", Problem.WRONG_KEY),
            ("acme", "test_other", Problem.WRONG_KEY),
            ("nowhere", KEY, Problem.UNKNOWN_SITE),
        ],
    )
    def test_a_wrong_key_or_site_links_nothing(
        self, northwind: Tenant, pending: Connection, site: str, key: str, problem: Problem
    ) -> None:
        failed = check(northwind, pending, site=site, key=key)
        assert (failed.outcome, failed.problem) == (CredentialCheck.Outcome.FAILED, problem)
        assert pending.status == Connection.Status.PENDING

    def test_a_key_that_may_not_read_subscriptions_fails_at_that_step(
        self, northwind: Tenant, pending: Connection, acme: Site
    ) -> None:
        pages = acme.page

        def restricted(kind: str, query: Any) -> Any:
            if kind == "subscriptions":
                raise Refusal(403, "api_authorization_failed", "Sorry, you may not.")
            return pages(kind, query)

        acme.page = restricted  # type: ignore[method-assign]
        failed = check(northwind, pending, site="acme", key=KEY)
        assert (failed.problem, failed.steps_done) == (Problem.FORBIDDEN, 1)


class TestFirstSync:
    def test_brings_every_row_in_the_largest_pages(
        self, linked: Connection, acme: Site, chargebee: ChargebeeSimulator
    ) -> None:
        sync = run(linked)
        assert (sync.status, sync.requests_made) == (Sync.Status.COMPLETE, 6)
        assert stored(linked) == stated(acme)
        assert {query["limit"] for _, query in chargebee.requests} == {"100"}

    def test_keeps_each_body_to_the_byte_and_nothing_that_stood_beside_it(
        self, linked: Connection, acme: Site
    ) -> None:
        run(linked)
        with tenant_context(linked.operator_id):
            customer = Customer.objects.select_related("body_chunk").get(source_id="cust_3")
            assert customer.raw_body() == json.dumps(acme.rows["customers"]["cust_3"]).encode()

    def test_a_row_that_changes_meanwhile_is_read_as_it_is_now(self, linked: Connection, acme: Site) -> None:
        def change_what_was_read() -> None:
            acme.change("customers", "cust_0", company="New Bakery")
            acme.change("customers", "cust_120", company="Old Bakery")

        acme.meanwhile["customers"] = change_what_was_read
        run(linked)
        assert stored(linked) == stated(acme)

    def test_what_was_deleted_before_comes_as_deleted(self, linked: Connection, acme: Site) -> None:
        acme.change("customers", "cust_3", deleted=True)
        run(linked)
        with tenant_context(linked.operator_id):
            assert list(Customer.objects.exclude(deleted_at=None).values_list("source_id", flat=True)) == [
                "cust_3"
            ]

    def test_product_catalog_1(self, northwind: Tenant, pending: Connection) -> None:
        check(northwind, pending, site="old-test", key="test_other")
        assert run(pending).status == Sync.Status.COMPLETE
        with tenant_context(pending.operator_id):
            assert set(Subscription.objects.values_list("product_source_id", "price_minor")) == {
                ("gold", 4900)
            }

    def test_another_operator_sees_nothing(self, linked: Connection, southbank: Tenant) -> None:
        run(linked)
        with tenant_context(southbank.operator.id):
            assert not Customer.objects.exists()


class TestNextSync:
    def test_unchanged_asks_once_a_stream_and_writes_nothing(
        self, linked: Connection, chargebee: ChargebeeSimulator
    ) -> None:
        run(linked)
        version = linked.data_version
        chargebee.requests.clear()
        assert changed_by(run(linked)) == {}
        assert linked.data_version == version
        assert [path for path, _ in chargebee.requests] == [
            "/acme/api/v2/customers",
            "/acme/api/v2/subscriptions",
        ]
        assert all("updated_at[after]" in query for _, query in chargebee.requests)

    def test_brings_changed_and_new_rows_alone(self, linked: Connection, acme: Site) -> None:
        run(linked)
        acme.change("subscriptions", "sub_7", status="cancelled")
        acme.add_customer()
        assert changed_by(run(linked)) == {"customers": 1, "subscriptions": 2}
        assert stored(linked) == stated(acme)

    def test_a_deletion_is_a_change_and_can_be_taken_back(self, linked: Connection, acme: Site) -> None:
        run(linked)
        acme.change("customers", "cust_3", deleted=True)
        assert changed_by(run(linked)) == {"customers": 1}
        assert stored(linked)["customers"].keys() == acme.rows["customers"].keys() - {"cust_3"}
        version = linked.data_version
        assert changed_by(run(linked)) == {}
        assert linked.data_version == version
        acme.change("customers", "cust_3", deleted=False)
        run(linked)
        assert stored(linked) == stated(acme)


class TestTrouble:
    def test_one_request_too_many_is_waited_out(self, linked: Connection, acme: Site) -> None:
        acme.refusals.append(busy(retry_after=30))
        sync = run(linked)
        assert (sync.status, sync.problem) == (Sync.Status.QUEUED, Problem.RATE_LIMITED)
        assert sync.not_before > timezone.now()
        (pause,) = valkey().keys("vendor:*:pause")
        assert 20 < valkey().ttl(pause) <= 30
        valkey().delete(pause)
        assert run(linked).status == Sync.Status.COMPLETE
        assert stored(linked) == stated(acme)

    def test_a_read_goes_on_from_its_cursor(
        self, linked: Connection, acme: Site, chargebee: ChargebeeSimulator
    ) -> None:
        def fail() -> None:
            raise Refusal(500, "internal_error", "Sorry")

        acme.meanwhile["subscriptions"] = fail
        sync = run(linked)
        assert (sync.status, sync.problem) == (Sync.Status.QUEUED, Problem.VENDOR_DOWN)
        chargebee.requests.clear()
        assert run(linked).status == Sync.Status.COMPLETE
        assert stored(linked) == stated(acme)
        assert all("offset" in query for _, query in chargebee.requests)
