"""What is told: each change in its own transaction, in the shapes of the reference, to whom it concerns."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from companies import tasks
from companies.models import Company, Connection, WebhookConsumer, WebhookEvent
from companies.services.companies import company_create, company_delete
from companies.services.connections import connection_delete, connection_unlink
from companies.services.webhook_events import KEPT_FOR
from companies.tasks import dispatch_due_webhooks, forget_old_webhooks
from companies.webhooks.event_types import EventType
from companies.webhooks.examples import example_payload
from config.tenancy import tenant_context
from integrations.models import PullOperation, Sync
from integrations.services.connections import connection_deauthorize
from integrations.services.reads import read_tell
from portal.erase import purge_all
from tests.api.conftest import committed
from tests.api.reference import assert_schema
from tests.conftest import Tenant
from tests.portal.conftest import make_connection
from tests.sandbox import acme, check, linked, pending, simulator
from tests.webhooks.conftest import deliveries_of, later, make_consumer
from tests.webhooks.receiver import Receiver

__all__ = ["acme", "committed", "linked", "simulator"]

SCHEMAS = {
    "company": "CompanyWebhook",
    "connection": "ConnectionWebhook",
    "read": "ReadCompletedWebhook",
    "client": "ClientRateLimitWebhook",
}


def told(tenant: Tenant) -> list[dict[str, Any]]:
    """Return the bodies of a tenant's events, the oldest first."""
    with tenant_context(tenant.operator.id):
        rows = WebhookEvent.objects.order_by("generated_at")
        bodies = [json.loads(bytes(row.body)) for row in rows]
    for body in bodies:
        schema = SCHEMAS[body["eventType"].partition(".")[0]]
        assert body.keys() == {"id", "eventType", "generatedDate", "payload"}
        assert_schema(body, "Platform", schema)
    return bodies


def types(tenant: Tenant) -> list[str]:
    return [body["eventType"] for body in told(tenant)]


class TestCompanies:
    def test_made_and_deleted(self, northwind: Tenant, settings: Settings) -> None:
        with tenant_context(northwind.operator.id):
            company = company_create(name="Bakery", actor="alice", tags={"region": "uk"})
            make_connection(company)
            company_delete(company=company, actor="alice")
        created, _, deleted = told(northwind)
        assert (created["eventType"], deleted["eventType"]) == ("company.created", "company.deleted")
        payload = created["payload"]
        assert (payload["id"], payload["name"]) == (str(company.pk), "Bakery")
        assert payload["tags"] == {"region": "uk"}
        assert payload["redirect"].startswith(settings.BASE_URL)
        assert "dataConnections" not in payload

    def test_the_deletion_is_told_though_nothing_is_left(
        self, northwind: Tenant, consumer: WebhookConsumer, inbox: Receiver, work: Callable[[], None]
    ) -> None:
        company = northwind.company()
        with tenant_context(northwind.operator.id):
            company_delete(company=company, actor="alice")
        purge_all()
        with tenant_context(northwind.operator.id):
            assert not Company.with_deleted.exists()
        work()
        assert sorted(json.loads(body)["eventType"] for body in inbox.bodies) == [
            "company.created",
            "company.deleted",
        ]


class TestConnections:
    def test_from_beginning_to_end(self, northwind: Tenant, simulator: Any) -> None:
        connection = pending(northwind)
        check(northwind, connection, key="wrong-key-0123456789")
        check(northwind, connection)
        with tenant_context(northwind.operator.id):
            connection_unlink(connection=connection, actor="alice")
        check(northwind, connection)
        with tenant_context(northwind.operator.id):
            soon = timezone.now() + timedelta(minutes=1)
            assert connection_deauthorize(connection=connection, refused_since=soon, reason="Refused")
            connection_delete(connection=connection, actor="alice")
        bodies = told(northwind)[1:]
        seen = [(body["eventType"], body["payload"]["connection"]["status"]) for body in bodies]
        assert seen == [
            ("connection.created", "PendingAuth"),
            ("connection.failed", "PendingAuth"),
            ("connection.connected", "Linked"),
            ("connection.disconnected", "Unlinked"),
            ("connection.reconnected", "Linked"),
            ("connection.disconnected", "Deauthorized"),
            ("connection.deleted", "Deauthorized"),
        ]
        failed = bodies[1]["payload"]
        assert failed["connection"]["dataConnectionErrors"][0]["statusCode"] == "403"
        assert bodies[5]["payload"]["connection"]["dataConnectionErrors"][0]["errorMessage"] == "Refused"
        company = failed["referenceCompany"]
        assert company.keys() == {"id", "name", "description", "links", "tags"}
        assert company["links"]["portal"].endswith(
            f"/admin/companies/company/{connection.company_id}/change/"
        )


class TestReads:
    def read(self, tenant: Tenant, connection: Connection, **values: Any) -> None:
        now = timezone.now()
        defaults = {"status": "complete", "not_before": now, "started_at": now, "finished_at": now}
        with tenant_context(tenant.operator.id):
            sync = Sync.objects.create(connection=connection, **defaults | values)
            for position, (data_type, changed, status) in enumerate(self.operations):
                PullOperation.objects.create(
                    sync=sync,
                    connection=connection,
                    stream=f"stream {position}",
                    data_type=data_type,
                    position=position,
                    rows_changed=changed,
                    status=status,
                    problem="" if status == "Complete" else "forbidden",
                    warnings=[{"message": "Odd", "count": 2}] if data_type == "billing-events" else [],
                )
            read_tell(sync=sync)

    operations = [
        ("commerce-customers", 0, "Complete"),
        ("commerce-customers", 3, "Complete"),
        ("billing-events", 0, "Complete"),
    ]

    @pytest.fixture
    def linked(self, northwind: Tenant) -> Connection:
        company = northwind.company()
        with tenant_context(northwind.operator.id):
            return make_connection(company, linked_at=timezone.now() - timedelta(minutes=1))

    def test_the_first_one_after_each_authorisation_is_told_twice(
        self, northwind: Tenant, linked: Connection
    ) -> None:
        self.read(northwind, linked)
        self.read(northwind, linked)
        with tenant_context(northwind.operator.id):
            Connection.objects.update(linked_at=timezone.now())
        self.read(northwind, linked)
        assert types(northwind)[2:] == [
            "read.completed",
            "read.completed.initial",
            "read.completed",
            "read.completed",
            "read.completed.initial",
        ]

    def test_says_what_was_read(self, northwind: Tenant, linked: Connection) -> None:
        self.read(northwind, linked)
        payload = told(northwind)[2]["payload"]
        (customers,), (events,) = payload["dataTypes"], payload["billingDataTypes"]
        assert (customers["dataType"], customers["recordsModified"]) == ("commerce-customers", True)
        assert (customers["connectionId"], customers["status"]) == (str(linked.pk), "Complete")
        assert customers["issues"] == []
        assert (events["dataType"], events["recordsModified"]) == ("billing-events", False)
        (issue,) = events["issues"]
        assert (issue["type"], issue["message"]) == ("warning.validation", "Odd (2 times).")
        assert issue["links"].keys() == {"logs", "portal", "readMore"}

    def test_a_failure_is_no_initial_read(self, northwind: Tenant, linked: Connection) -> None:
        self.operations = [("commerce-customers", 3, "Complete"), ("commerce-customers", 0, "FetchError")]
        self.read(northwind, linked, status="failed")
        assert types(northwind)[2:] == ["read.completed"]
        (customers,) = told(northwind)[2]["payload"]["dataTypes"]
        assert customers["status"] == "FetchError"
        assert customers["issues"][0]["type"] == "error.read"

    def test_a_real_sync_tells(self, northwind: Tenant, simulator: Any) -> None:
        from tests.integrations.sync.test_engine import run

        connection = pending(northwind)
        check(northwind, connection)
        run(connection)
        (first, initial) = told(northwind)[-2:]
        assert (first["eventType"], initial["eventType"]) == ("read.completed", "read.completed.initial")
        assert first["payload"] == initial["payload"]
        assert {one["status"] for one in first["payload"]["dataTypes"]} == {"Complete"}


class TestWhoGetsWhat:
    def test_by_type_and_tag(self, northwind: Tenant, southbank: Tenant) -> None:
        url = "https://hooks.example.com/"
        wants = {
            "all": make_consumer(northwind, url),
            "other type": make_consumer(northwind, url, "company.deleted"),
            "tag": make_consumer(northwind, url, company_tags=["region:us", "region:uk"]),
            "other case": make_consumer(northwind, url, company_tags=["region:UK"]),
            "disabled": make_consumer(northwind, url, disabled=True),
        }
        make_consumer(southbank, url)
        with tenant_context(northwind.operator.id):
            company_create(name="Bakery", actor="alice", tags={"region": "uk", "team": "a"})
        got = {delivery.consumer_id for delivery in deliveries_of(northwind)}
        assert got == {wants["all"].pk, wants["tag"].pk}
        assert deliveries_of(southbank) == []

    def test_tenants_are_kept_apart(
        self, northwind: Tenant, southbank: Tenant, inbox: Receiver, work: Callable[[], None]
    ) -> None:
        make_consumer(northwind, inbox.url)
        southbank.company("Southern")
        work()
        assert inbox.requests == []
        northwind.company("Northern")
        work()
        assert [b"Northern" in body for body in inbox.bodies] == [True]


class TestOutbox:
    @pytest.fixture
    def sent(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        calls: list[str] = []
        monkeypatch.setattr(dispatch_due_webhooks, "delay", lambda: calls.append("dispatch"))
        return calls

    def test_what_is_rolled_back_is_not_told(self, committed: Tenant, sent: list[str]) -> None:
        make_consumer(committed, "https://hooks.example.com/")

        def fail() -> None:
            with tenant_context(committed.operator.id):
                company_create(name="Bakery", actor="alice")
                raise RuntimeError

        with pytest.raises(RuntimeError):
            fail()
        assert (types(committed), deliveries_of(committed), sent) == ([], [], [])
        with tenant_context(committed.operator.id):
            assert not Company.objects.exists()
            company_create(name="Bakery", actor="alice")
            assert sent == []
        assert types(committed) == ["company.created"]
        assert sent == ["dispatch"]

    def test_the_broker_may_be_down(self, committed: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse() -> None:
            raise ConnectionError("nobody there")

        monkeypatch.setattr(dispatch_due_webhooks, "delay", refuse)
        make_consumer(committed, "https://hooks.example.com/")
        committed.company()
        assert [delivery.state for delivery in deliveries_of(committed)] == ["waiting"]

    def test_two_dispatchers_send_once(
        self, committed: Tenant, sent: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make_consumer(committed, "https://hooks.example.com/")
        committed.company()
        queued: list[Any] = []
        monkeypatch.setattr(tasks.send_webhook, "delay", lambda **message: queued.append(message))
        dispatch_due_webhooks()
        dispatch_due_webhooks()
        assert len(queued) == 1

    def test_without_consumers_nothing_is_dispatched(self, committed: Tenant, sent: list[str]) -> None:
        committed.company()
        assert types(committed) == ["company.created"]
        assert sent == []

    def test_old_events_go_with_their_deliveries(self, northwind: Tenant, consumer: WebhookConsumer) -> None:
        with later():
            northwind.company("Old")
        with later(days=1):
            northwind.company("Newer")
        with later(days=KEPT_FOR.days, hours=1):
            forget_old_webhooks()
        (left,) = told(northwind)
        assert left["payload"]["name"] == "Newer"
        assert len(deliveries_of(northwind)) == 1


@pytest.mark.parametrize("event_type", EventType)
def test_examples_have_the_shapes_of_the_reference(event_type: EventType) -> None:
    body = {"id": "x", "eventType": event_type, "generatedDate": "x", "payload": example_payload(event_type)}
    assert_schema(body, "Platform", SCHEMAS[event_type.partition(".")[0]])


def test_examples_have_the_shapes_of_what_is_sent(northwind: Tenant) -> None:
    company = northwind.company()
    with tenant_context(northwind.operator.id):
        make_connection(company)
    for body in told(northwind):
        example = example_payload(EventType(body["eventType"]))
        assert example.keys() == body["payload"].keys()
        for name in ("referenceCompany", "connection"):
            assert example.get(name, {}).keys() == body["payload"].get(name, {}).keys()
