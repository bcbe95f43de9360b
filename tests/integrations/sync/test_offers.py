"""Streams that an account doesn't have: left out with a word, and what stands in their place."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from billing import models as billing
from billing.models import Record
from companies.models import Connection
from config.tenancy import tenant_context
from integrations.admin.progress import sync_progress
from integrations.connectors.chargify import ChargifyConnector
from integrations.connectors.chargify.streams import LEGACY_INVOICES
from integrations.models import StreamCursor, StreamProof, Sync
from integrations.simulator import Simulator, SiteSpec
from integrations.simulator.endpoints.answers import Refused
from integrations.simulator.endpoints.routes import TABLES
from integrations.texts import NOT_OFFERED
from tests.api.reference import assert_schema
from tests.conftest import Tenant
from tests.integrations.sync.test_engine import run
from tests.sandbox import NOW, check, pending

OLD_KEY = "old-key-0123456789"
ONLY_NEW_SITES = {"subscription_groups", "credit_notes", "invoice_events"}
ONLY_OLD_SITES = {"statements", "transactions"}
CREDIT_NOTES = "/credit_notes.json"


@pytest.fixture
def old(settings: Settings) -> Iterator[Any]:
    """A site from before Relationship Invoicing."""
    spec = SiteSpec(subdomain="old", api_key=OLD_KEY, customers=20, months=12, seed=5, legacy=True, now=NOW)
    with Simulator([spec]) as running:
        settings.CHARGIFY_US_URL = f"{running.root}/us/{{site}}"
        settings.ALLOW_INSECURE_VENDOR_URL = True
        yield running.site("us", "old")


@pytest.fixture
def old_link(northwind: Tenant, old: Any) -> Connection:
    """A connection to the old site."""
    connection = pending(northwind)
    assert check(northwind, connection, site="old", key=OLD_KEY).outcome == "passed"
    return connection


def left_out(sync: Sync) -> set[str]:
    with tenant_context(sync.operator_id):
        operations = sync.operations.filter(is_offered=False)
        assert {(operation.status, operation.rows_read) for operation in operations} <= {("Complete", 0)}
        return {operation.stream for operation in operations}


def rows_of(connection: Connection, model: type[Record]) -> list[Any]:
    with tenant_context(connection.operator_id):
        return list(model.objects.filter(connection=connection, deleted_at=None))


class TestOldSites:
    def test_what_they_have_arrives_and_what_they_have_not_is_left_out(
        self, old_link: Connection, old: Any
    ) -> None:
        sync = run(old_link)
        assert (sync.status, left_out(sync)) == (Sync.Status.COMPLETE, ONLY_NEW_SITES)
        stated = old.ledger()["rows"]
        for name, model in (
            ("invoices", billing.Invoice),
            ("statements", billing.Statement),
            ("transactions", billing.Transaction),
        ):
            assert len(rows_of(old_link, model)) == stated[name] > 0
        with tenant_context(old_link.operator_id):
            verdicts = dict(StreamProof.objects.values_list("stream", "verdict"))
        assert verdicts.keys() == {stream.name for stream in ChargifyConnector.streams}
        assert {name for name, verdict in verdicts.items() if verdict != "complete"} <= {"customers"}

    def test_an_invoice_adds_up_with_what_stands_on_it(self, old_link: Connection) -> None:
        run(old_link, streams=["invoices"])
        invoices = rows_of(old_link, billing.Invoice)
        for invoice in invoices:
            assert invoice.total_minor == invoice.subtotal_minor - invoice.discount_minor + invoice.tax_minor
            assert invoice.customer_source_id
        lines = rows_of(old_link, billing.InvoiceLine)
        payments = rows_of(old_link, billing.Payment)
        assert sum(line.total_minor for line in lines) == sum(one.subtotal_minor for one in invoices)
        assert (
            sum(payment.amount_minor for payment in payments) == sum(one.paid_minor for one in invoices) > 0
        )

    def test_an_invoice_is_an_order(self, northwind: Tenant, old_link: Connection) -> None:
        run(old_link, streams=["customers", "invoices"])
        paid = next(one for one in rows_of(old_link, billing.Invoice) if one.paid_minor)
        path = f"/companies/{old_link.company_id}/connections/{old_link.id}/data/commerce-orders/"
        order = northwind.api().get(path + paid.source_id).json()
        assert_schema(order, "Commerce", "Order")
        assert (order["status"], order["customerRef"]["id"]) == (paid.status, paid.customer_source_id)
        assert order["totalAmount"] == (paid.total_minor - paid.refund_minor) / 100
        assert sum(line["totalAmount"] for line in order["orderLineItems"]) == paid.subtotal_minor / 100
        received = sum(payment["amount"] for payment in order["payments"])
        assert received == (paid.paid_minor - paid.refund_minor) / 100

    def test_a_statement_bills_what_its_transactions_say(self, old_link: Connection) -> None:
        run(old_link, streams=["statements", "transactions"])
        billed = {statement.source_id: 0 for statement in rows_of(old_link, billing.Statement)}
        for one in rows_of(old_link, billing.Transaction):
            if one.type == "Charge" or one.kind == "coupon":
                billed[one.statement_source_id] += one.amount_minor
        assert billed == {one.source_id: one.total_minor for one in rows_of(old_link, billing.Statement)}

    def test_the_next_sync_brings_what_happened_since(self, old_link: Connection, old: Any) -> None:
        run(old_link)
        old.advance(90 * 86_400)
        sync = run(old_link, streams=["invoices", "transactions"])
        assert sync.status == Sync.Status.COMPLETE
        stated = old.ledger()["rows"]
        assert len(rows_of(old_link, billing.Transaction)) == stated["transactions"]
        assert len(rows_of(old_link, billing.Invoice)) == stated["invoices"]

    def test_what_they_have_otherwise_has_a_cursor_of_its_own(self, old_link: Connection) -> None:
        """Else the invoices of a site that moves on would be read from the last sync on, and not from the first."""
        run(old_link, streams=["invoices"])
        with tenant_context(old_link.operator_id):
            assert StreamCursor.objects.get().stream == LEGACY_INVOICES.name


class TestNewSites:
    def test_statements_are_left_out_without_a_request(
        self, linked: Connection, simulator: Simulator
    ) -> None:
        simulator.requests.clear()
        sync = run(linked, streams=ONLY_OLD_SITES)
        assert (sync.status, left_out(sync)) == (Sync.Status.COMPLETE, ONLY_OLD_SITES)
        assert {path for _, path, _ in simulator.requests} == {"/us/acme/site.json"}
        with tenant_context(linked.operator_id):
            assert not StreamCursor.objects.exists()

    def test_people_are_told(self, linked: Connection) -> None:
        sync = run(linked, streams=["statements", "reason_codes"])
        with tenant_context(linked.operator_id):
            said = {line.operation.stream: (line.status, line.note) for line in sync_progress(sync).streams}
        assert said == {"statements": ("Not offered", NOT_OFFERED), "reason_codes": ("Complete", "")}


def refuse(monkeypatch: pytest.MonkeyPatch, status: int, *, after: int = 0) -> None:
    """Let the simulator refuse the list of credit notes, once `after` pages of it were read."""
    fixed, _ = TABLES[False]
    answer, asked = fixed[CREDIT_NOTES], count()

    def refused(site: Any, query: Any) -> Any:
        if next(asked) < after:
            return answer(site, query)
        raise Refused(status, None)

    monkeypatch.setitem(fixed, CREDIT_NOTES, refused)


class TestOptionalStreams:
    @pytest.mark.parametrize("status", [403, 404, 410])
    def test_one_that_is_missing_ends_without_rows_and_stops_nothing(
        self, linked: Connection, monkeypatch: pytest.MonkeyPatch, status: int
    ) -> None:
        refuse(monkeypatch, status)
        sync = run(linked, streams=["credit_notes", "customer_metadata"])
        assert (sync.status, left_out(sync)) == (Sync.Status.COMPLETE, {"credit_notes"})
        assert rows_of(linked, billing.CustomerMetadatum)
        with tenant_context(linked.operator_id):
            assert StreamCursor.objects.get(stream="credit_notes").completed_at is None

    def test_what_was_read_of_it_before_stays_and_it_is_asked_for_again(
        self, linked: Connection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run(linked, streams=["credit_notes"])
        known = len(rows_of(linked, billing.CreditNote))
        with monkeypatch.context() as gone:
            refuse(gone, 404)
            assert left_out(run(linked, streams=["credit_notes"])) == {"credit_notes"}
        again = run(linked, streams=["credit_notes"])
        assert left_out(again) == set()
        assert len(rows_of(linked, billing.CreditNote)) == known > 0

    def test_half_a_list_is_not_taken_for_none(
        self, linked: Connection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        refuse(monkeypatch, 404, after=1)
        sync = run(linked, streams=["credit_notes"])
        assert (sync.status, sync.problem) == (Sync.Status.FAILED, "internal")

    def test_one_that_every_account_has_is_not_left_out(
        self, linked: Connection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        refuse(monkeypatch, 404)
        streams = [dataclasses.replace(one, optional=False) for one in ChargifyConnector.streams]
        monkeypatch.setattr(ChargifyConnector, "streams", tuple(streams))
        assert run(linked, streams=["credit_notes"]).problem == "internal"
