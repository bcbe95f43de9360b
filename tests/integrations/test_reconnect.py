"""A key is revoked, half an hour passes, the operator is told, the customer enters a new one: nothing is read anew.

Over HTTP throughout: the customer's browser in Link, the operator's API, the vendor over a socket.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from billing import models as billing
from companies import tasks as emails
from companies.link_urls import company_link_url
from companies.models import Company, Connection, ConnectionEvent
from config.tenancy import tenant_context
from integrations import tasks
from integrations.connectors.chargify import ChargifyConnector
from integrations.models import DataTypeSchedule, Sync
from integrations.services.plans import is_unfiltered
from integrations.services.switches import integration_switch
from integrations.simulator import Simulator
from tests.conftest import Tenant
from tests.integrations.sync.test_engine import counts, stated
from tests.sandbox import KEY, later

NEW_KEY, OTHER_KEY = "the-new-key-0123456789", "other-key-0123456789"
Commit = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def working(monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any) -> Commit:
    """Return a context after which everything that was queued in it has been worked off."""
    for task in (tasks.check_credential, tasks.run_sync):
        monkeypatch.setattr(task, "delay", lambda task=task, **sent: task(**sent))

    @contextmanager
    def commit() -> Iterator[None]:
        with django_capture_on_commit_callbacks(execute=True):
            yield

    return commit


class Customer:
    """The customer's browser in Link."""

    def __init__(self, company: Company, working: Commit) -> None:
        self.client, self.working = Client(), working
        self.start = urlsplit(company_link_url(company)).path

    def connect(self, first: str, **entered: str) -> str:
        """Walk from a page of Link to the end of the check; return the page that is shown then."""
        agreed = self.client.post(first).headers["Location"]
        assert agreed.endswith("/credentials/"), agreed
        with self.working():
            checked = self.client.post(agreed, entered).headers["Location"]
        return self.client.get(checked, follow=True).content.decode()

    def begin(self, choice: str) -> str:
        """Choose what to connect; return where that leads."""
        return self.client.post(self.start, {"choice": choice}).headers["Location"]


def test_reconnecting_goes_on_where_it_stopped(
    northwind: Tenant, simulator: Simulator, acme: Any, working: Commit
) -> None:
    company = northwind.company()
    with tenant_context(northwind.operator.id):
        integration_switch(platform_key="rkgp", enabled=True, actor="test")
        customer = Customer(company, working)
    api = f"/companies/{company.pk}/connections"

    # Connected and read.
    assert "Connected" in customer.connect(customer.begin("rkgp"), site="acme", secret=KEY)
    with tenant_context(northwind.operator.id):
        connection = Connection.objects.get(company=company)
    assert counts(connection) == stated(acme)
    body = seen(northwind, api, connection)
    assert (body["status"], body["health"]["state"]) == ("Linked", "good")
    assert body["nextSync"] is not None
    kept = kept_of(connection)

    # Revoked: believed after half an hour only.
    acme.revoke_key()
    acme.add_customer()
    with working():
        northwind.api().post(f"/companies/{company.pk}/data/all")
    body = seen(northwind, api, connection)
    assert (body["status"], body["health"]["problem"]) == ("Linked", "wrong_key")
    later(connection, minutes=29)
    tasks.dispatch_due_syncs()
    assert seen(northwind, api, connection)["status"] == "Linked"
    later(connection, minutes=11)
    tasks.dispatch_due_syncs()
    body = seen(northwind, api, connection)
    assert (body["status"], body["health"]["state"], body["nextSync"]) == ("Deauthorized", "notLinked", None)

    # Told once.
    for _ in range(2):
        emails.send_emails()
    (message,) = mail.outbox
    assert message.to == ["alice@example.org"]
    (link_url,) = re.findall(r"\S+/link/\S+", str(message.body))
    assert link_url == body["linkUrl"]
    (page_url,) = re.findall(r"\S+/admin/\S+", str(message.body))
    assert "Deauthorized" in northwind.portal().get(urlsplit(page_url).path).content.decode()

    # Another site is refused, and a new key of the same one takes up the same connection.
    consent = urlsplit(link_url).path
    refused = customer.connect(consent, site="other", secret=OTHER_KEY)
    assert "This is another site than before" in refused
    assert seen(northwind, api, connection)["status"] == "Deauthorized"
    acme.restore_key(NEW_KEY)
    simulator.requests.clear()
    assert "Connected" in customer.connect(consent, site="acme", secret=NEW_KEY)
    assert lists_read(simulator).keys() >= {"customers", "subscriptions", "invoices"}
    assert max(lists_read(simulator).values()) <= 2
    assert unfiltered() & lists_read(simulator).keys() == set()

    # Nothing was lost, doubled or forgotten; lists without a filter were read within a day and rest.
    held = {name: number for name, number in counts(connection).items() if name in filtered()}
    assert held.items() <= stated(acme).items()
    assert held["customers"] == 61
    assert kept.items() <= kept_of(connection).items()
    body = seen(northwind, api, connection)
    assert (body["status"], body["health"]["state"]) == ("Linked", "good")
    assert body["nextSync"] is not None
    with tenant_context(northwind.operator.id):
        assert Connection.objects.filter(company=company).count() == 1
        latest = Sync.objects.filter(connection=connection).latest("requested_at")
        assert (latest.status, latest.requested_by) == (Sync.Status.COMPLETE, "reconnecting")
        assert DataTypeSchedule.objects.filter(connection=connection).count() == len(data_types())
        kinds = ConnectionEvent.objects.filter(connection=connection).order_by("at", "id")
        assert list(kinds.values_list("kind", flat=True)) == [
            "started",
            "connected",
            "deauthorized",
            "failed",
            "reconnected",
        ]


def test_the_first_page_offers_the_lost_connection(
    northwind: Tenant, linked: Connection, working: Commit
) -> None:
    with tenant_context(northwind.operator.id):
        Connection.objects.filter(pk=linked.pk).update(status="Deauthorized")
        customer = Customer(linked.company, working)
    page = customer.client.get(customer.start).content.decode()
    assert "Its API key doesn&#x27;t work any more. Choose this to enter a new one." in page
    where = {"token": customer.start.rstrip("/").rsplit("/", 1)[1], "connection_id": linked.pk}
    assert customer.begin(str(linked.pk)) == reverse("link:consent", kwargs=where)


def seen(tenant: Tenant, path: str, connection: Connection) -> dict[str, Any]:
    """Return the connection as the API shows it."""
    body: dict[str, Any] = tenant.api().get(f"{path}/{connection.pk}").json()
    return body


def kept_of(connection: Connection) -> dict[str, tuple[int, Any]]:
    """Return version and first sight of each invoice."""
    with tenant_context(connection.operator_id):
        invoices = billing.Invoice.objects.filter(connection=connection)
        return {one.source_id: (one.version, one.first_seen_at) for one in invoices}


def lists_read(simulator: Simulator) -> Counter[str]:
    """Return how often each list was asked for, but for the check's single rows."""
    paths = [path for _, path, _ in simulator.requests if "per_page=1&" not in f"{path}&"]
    return Counter(
        path.partition("?")[0].removeprefix("/us/acme/").removesuffix(".json")
        for path in paths
        if not path.startswith("/us/acme/site.json")
    )


def unfiltered() -> set[str]:
    """Return the lists that can't be filtered."""
    return {
        one.path.strip("/").removesuffix(".json") for one in ChargifyConnector.streams if is_unfiltered(one)
    }


def filtered() -> set[str]:
    """Return the streams that a sync reads every time."""
    return {one.name for one in ChargifyConnector.streams if not is_unfiltered(one)}


def data_types() -> set[str]:
    """Return the connector's data types."""
    return {one.data_type for one in ChargifyConnector.streams}
