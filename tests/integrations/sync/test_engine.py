from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from billing import models as billing
from companies.models import Connection
from config.tenancy import tenant_context
from integrations.connectors.base import UnreadableRow
from integrations.connectors.chargify import ChargifyConnector, credit_notes, streams
from integrations.models import Credential, CredentialCheck, PullOperation, StreamCursor, Sync
from integrations.services.syncs import CannotSync, sync_request
from integrations.simulator import Simulator
from integrations.sync import budget, engine
from integrations.sync.engine import run_slice
from tests.conftest import Tenant
from tests.sandbox import check, later

LEDGER_TABLES = {
    "customers": billing.Customer,
    "product_families": billing.ProductFamily,
    "products": billing.Product,
    "subscriptions": billing.Subscription,
    "invoices": billing.Invoice,
    "invoice_lines": billing.InvoiceLine,
    "discounts": billing.Discount,
    "taxes": billing.Tax,
    "payments": billing.Payment,
    "refunds": billing.Refund,
    "credits": billing.AppliedCredit,
    "components": billing.Component,
    "product_price_points": billing.PricePoint,
    "component_price_points": billing.ComponentPricePoint,
    "coupons": billing.Coupon,
    "payment_profiles": billing.PaymentProfile,
    "subscription_components": billing.SubscriptionComponent,
    "subscription_groups": billing.SubscriptionGroup,
    "credit_notes": billing.CreditNote,
    "events": billing.Event,
    "invoice_events": billing.InvoiceEvent,
    "customer_metadata": billing.CustomerMetadatum,
    "subscription_metadata": billing.SubscriptionMetadatum,
    "reason_codes": billing.ReasonCode,
}
# What the ledger leaves out, and lists apart.
NOT_COUNTED: dict[str, dict[str, Any]] = {
    "invoice_events": {"event_type": "change_invoice_status"},
    "customer_metadata": {"source_deleted_at__isnull": False},
    "subscription_metadata": {"source_deleted_at__isnull": False},
}


def run(connection: Connection, **options: Any) -> Sync:
    """Sync a connection here, and return how it ended."""
    with tenant_context(connection.operator_id):
        sync = sync_request(connection=connection, requested_by="test", queue=False, **options)
    while run_slice(operator_id=connection.operator_id, sync_id=sync.pk):
        pass
    with tenant_context(connection.operator_id):
        sync.refresh_from_db()
        connection.refresh_from_db()
    return sync


def counts(connection: Connection) -> dict[str, int]:
    with tenant_context(connection.operator_id):
        return {
            name: model.objects.filter(connection=connection, deleted_at=None)
            .exclude(**NOT_COUNTED.get(name, {}))
            .count()
            for name, model in LEDGER_TABLES.items()
        }


def stated(site: Any) -> dict[str, int]:
    """Return what the simulator says of the resources that are read."""
    rows = site.ledger()["rows"]
    return {name: rows[name] for name in LEDGER_TABLES}


def changed_by(sync: Sync) -> dict[str, int]:
    with tenant_context(sync.operator_id):
        return {op.stream: op.rows_changed for op in sync.operations.all() if op.rows_changed}


class TestFirstSync:
    def test_brings_every_row_that_the_ledger_states(self, linked: Connection, acme: Any) -> None:
        sync = run(linked)
        assert sync.status == Sync.Status.COMPLETE
        assert counts(linked) == stated(acme)

    def test_brings_every_change_of_an_invoices_status(self, linked: Connection, acme: Any) -> None:
        run(linked, streams=["invoice_events"])
        with tenant_context(linked.operator_id):
            changes = billing.InvoiceEvent.objects.filter(event_type="change_invoice_status").count()
        assert changes == acme.ledger()["rows"]["invoice_status_changes"] > 0

    def test_sums_agree_with_the_ledger(self, linked: Connection, acme: Any) -> None:
        run(linked)
        with tenant_context(linked.operator_id):
            # A parent sums up its children: count either (facts §7).
            invoices = list(
                billing.Invoice.objects.filter(currency="USD").exclude(consolidation_level="child")
            )
        sums = acme.ledger()["sums"]["USD"]
        assert sum(invoice.total_minor or 0 for invoice in invoices) == sums["total"]
        assert sum(invoice.paid_minor or 0 for invoice in invoices) == sums["paid"]
        assert sum(invoice.due_minor or 0 for invoice in invoices) == sums["due"]

    def test_states_the_outcome_on_the_connection(self, linked: Connection) -> None:
        run(linked)
        assert linked.sync_state == Connection.SyncState.COMPLETE
        assert linked.last_synced_at is not None

    def test_keeps_every_body_to_the_byte(self, linked: Connection, acme: Any) -> None:
        run(linked)
        with tenant_context(linked.operator_id):
            invoice = billing.Invoice.objects.select_related("body_chunk").order_by("?").first()
            assert invoice is not None
            assert invoice.raw()["uid"] == invoice.source_id
            line = billing.InvoiceLine.objects.filter(invoice_source_id=invoice.source_id).first()
            assert line is not None
            assert line.raw_body() == invoice.raw_body()

    def test_expects_what_the_vendor_counts(self, linked: Connection, acme: Any) -> None:
        sync = run(linked)
        with tenant_context(linked.operator_id):
            operation = sync.operations.get(stream="subscriptions")
        assert operation.rows_expected == operation.rows_read == acme.ledger()["rows"]["subscriptions"]

    def test_warns_of_what_it_had_to_change(self, linked: Connection) -> None:
        sync = run(linked)
        with tenant_context(linked.operator_id):
            warnings = sync.operations.get(stream="customers").warnings
        assert any("NUL" in warning["message"] for warning in warnings)


class TestNextSync:
    def test_unchanged_writes_nothing_and_asks_once_a_filtered_stream(
        self, linked: Connection, simulator: Simulator
    ) -> None:
        run(linked)
        version = linked.data_version
        _age_cursors(linked, by=timedelta(days=-1))
        simulator.requests.clear()
        sync = run(linked)
        assert changed_by(sync) == {}
        assert linked.data_version == version
        paths = [path.split("?")[0] for _, path, _ in simulator.requests]
        assert [paths.count(f"/us/acme/{name}.json") for name in ("customers", "invoices")] == [1, 1]

    def test_brings_changed_and_new_rows_alone(self, linked: Connection, acme: Any) -> None:
        run(linked)
        _next_day(linked)
        acme.update("subscriptions", 3)
        acme.add_customer()  # with a subscription and its first invoice
        sync = run(linked)
        changed = changed_by(sync)
        assert {"subscriptions": 4, "customers": 1, "invoices": 1}.items() <= changed.items()
        # How the new customer pays, what it has, and what happened on the way.
        assert changed.keys() - {"subscriptions", "customers", "invoices"} <= {
            "payment_profiles",
            "subscription_components",
            "customer_metadata",
            "subscription_metadata",
            "events",
            "invoice_events",
            "site_statistics",
            "site_mrr",
        }
        assert counts(linked) == stated(acme)

    def test_brings_half_a_year_of_business(self, linked: Connection, acme: Any) -> None:
        run(linked)
        _next_day(linked)
        acme.advance(180 * 86_400)
        sync = run(linked)
        assert {"credit_notes", "invoices", "invoice_events", "events"} <= changed_by(sync).keys()
        assert counts(linked) == stated(acme)

    def test_sees_a_later_payment_of_an_old_invoice(self, linked: Connection, acme: Any) -> None:
        run(linked)
        with tenant_context(linked.operator_id):
            unpaid = (
                billing.Invoice.objects.filter(status="open", due_minor__gt=0).order_by("issue_date").first()
            )
        assert unpaid is not None
        acme.pay_invoice(unpaid.source_id)
        run(linked)
        with tenant_context(linked.operator_id):
            unpaid.refresh_from_db()
            assert (unpaid.status, unpaid.due_minor) == ("paid", 0)
            assert billing.Payment.objects.filter(invoice_source_id=unpaid.source_id).exists()
            former = billing.RecordVersion.objects.get(source_id=unpaid.source_id)
            assert former.body_chunk is not None
            assert b'"open"' in former.body_chunk.body(former.body_index)

    def test_full_reads_everything_and_changes_nothing(self, linked: Connection) -> None:
        first = run(linked)
        again = run(linked, is_full=True)
        assert changed_by(again) == {}
        with tenant_context(linked.operator_id):
            read = [op.rows_read for op in again.operations.order_by("position")]
            assert read == [op.rows_read for op in first.operations.order_by("position")]

    def test_reads_one_stream_where_asked(self, linked: Connection, simulator: Simulator) -> None:
        simulator.requests.clear()
        sync = run(linked, streams=["customers"])
        with tenant_context(linked.operator_id):
            assert [op.stream for op in sync.operations.all()] == ["customers"]
        assert not any("invoices" in path for _, path, _ in simulator.requests)


class TestSlices:
    def test_goes_on_where_it_stopped(
        self, linked: Connection, acme: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(engine, "SLICE_SECONDS", 0)
        sync = run(linked)
        assert sync.status == Sync.Status.COMPLETE
        assert sync.attempts > 5
        assert counts(linked) == stated(acme)

    def test_a_worker_that_lost_the_sync_writes_nothing_more(self, linked: Connection) -> None:
        with tenant_context(linked.operator_id):
            sync = sync_request(connection=linked, requested_by="test", queue=False)

        def taken_over(operation: PullOperation) -> None:
            with tenant_context(linked.operator_id):
                Sync.objects.filter(pk=sync.pk).update(attempts=99)

        run_slice(operator_id=linked.operator_id, sync_id=sync.pk, observe=taken_over)
        assert counts(linked)["customers"] == 0

    def test_rows_that_vanish_while_a_reader_pages_hide_no_others(
        self, linked: Connection, acme: Any, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked = 0

        def delete_first_customers(method: str, path: str, query: Any) -> None:
            nonlocal asked
            asked += path.endswith("/customers.json")
            if asked == 2:
                asked += 1
                for customer_id in sorted(oldest)[:3]:
                    acme.delete_customer(customer_id)

        run(linked)
        with tenant_context(linked.operator_id):
            oldest = [int(pk) for pk in billing.Customer.objects.values_list("source_id", flat=True)]
        with tenant_context(linked.operator_id):
            billing.Customer.objects.all().delete()
        _small_pages(monkeypatch)
        simulator.before_request = delete_first_customers
        run(linked, is_full=True, streams=["customers"])
        with tenant_context(linked.operator_id):
            read = {int(pk) for pk in billing.Customer.objects.values_list("source_id", flat=True)}
        assert set(sorted(oldest)[3:]) <= read


class TestTrouble:
    @pytest.mark.parametrize("mode", ["down", "html", "truncated", "rate_limited"])
    def test_passing_trouble_is_waited_out(
        self, linked: Connection, acme: Any, mode: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(budget, "PAUSE_SECONDS", 0.001)
        acme.set_weather(mode)
        sync = run(linked)
        assert sync.status == Sync.Status.QUEUED
        assert sync.not_before > timezone.now()
        acme.set_weather("fair")
        sync = run(linked)
        assert sync.status == Sync.Status.COMPLETE
        assert sync.problem == ""
        assert counts(linked) == stated(acme)

    def test_trouble_half_way_loses_nothing(
        self, linked: Connection, acme: Any, simulator: Simulator
    ) -> None:
        def break_at_invoices(method: str, path: str, query: Any) -> None:
            if path.endswith("/invoices.json"):
                acme.set_weather("down", requests=1)

        simulator.before_request = break_at_invoices
        assert run(linked).status == Sync.Status.QUEUED
        simulator.before_request = None
        assert run(linked).status == Sync.Status.COMPLETE
        assert counts(linked) == stated(acme)

    def test_one_refusal_does_not_disconnect(self, linked: Connection, acme: Any) -> None:
        acme.set_weather("unauthorized")
        assert run(linked).status == Sync.Status.QUEUED
        assert linked.status == Connection.Status.LINKED

    def test_half_an_hour_of_refusals_does(self, linked: Connection, acme: Any) -> None:
        acme.set_weather("unauthorized")
        run(linked)
        later(linked, minutes=29)
        assert run(linked).status == Sync.Status.QUEUED
        later(linked, minutes=2)
        sync = run(linked)
        assert (sync.status, sync.problem) == (Sync.Status.FAILED, "wrong_key")
        assert linked.status == Connection.Status.DEAUTHORIZED
        with tenant_context(linked.operator_id):
            assert set(sync.operations.values_list("status", flat=True)) == {"AuthError"}

    def test_a_refusal_after_other_trouble_has_its_own_half_hour(self, linked: Connection, acme: Any) -> None:
        """A vendor that comes back from an outage may refuse right keys for a while."""
        acme.set_weather("down")
        run(linked)
        later(linked, minutes=45)
        acme.set_weather("unauthorized")
        assert run(linked).status == Sync.Status.QUEUED
        assert linked.status == Connection.Status.LINKED

    def test_any_other_answer_ends_the_half_hour(self, linked: Connection, acme: Any) -> None:
        for weather in ("unauthorized", "down", "unauthorized"):
            acme.set_weather(weather)
            assert run(linked).status == Sync.Status.QUEUED
            later(linked, minutes=20)
        assert linked.status == Connection.Status.LINKED

    def test_alternating_trouble_ends_after_a_day_all_the_same(self, linked: Connection, acme: Any) -> None:
        acme.set_weather("unauthorized")
        run(linked)
        later(linked, minutes=24 * 60 + 1)
        acme.set_weather("down")
        assert run(linked).problem == "vendor_down"
        assert linked.status == Connection.Status.LINKED

    def test_a_key_that_was_entered_meanwhile_has_its_own_half_hour(
        self, northwind: Tenant, linked: Connection, acme: Any
    ) -> None:
        acme.set_weather("unauthorized")
        run(linked)
        later(linked, minutes=31)
        acme.set_weather("fair")
        assert check(northwind, linked).outcome == CredentialCheck.Outcome.PASSED
        acme.set_weather("unauthorized")
        assert run(linked).status == Sync.Status.QUEUED
        assert linked.status == Connection.Status.LINKED
        with tenant_context(linked.operator_id):
            assert Credential.objects.filter(connection=linked).exists()

    def test_a_refused_check_of_another_key_does_not_disconnect(
        self, northwind: Tenant, linked: Connection, acme: Any
    ) -> None:
        assert check(northwind, linked, key="not-the-key-0123456789").problem == "wrong_key"
        assert linked.status == Connection.Status.LINKED
        assert run(linked).status == Sync.Status.COMPLETE

    def test_a_canceled_account_ends_the_sync(self, linked: Connection, acme: Any) -> None:
        acme.set_weather("account_canceled")
        sync = run(linked)
        assert (sync.status, sync.problem) == (Sync.Status.FAILED, "account_canceled")
        assert linked.sync_state == Connection.SyncState.FAILED

    def test_an_unlinked_connection_gets_no_more_rows(self, linked: Connection) -> None:
        with tenant_context(linked.operator_id):
            sync = sync_request(connection=linked, requested_by="test", queue=False)
            Connection.objects.update(status=Connection.Status.UNLINKED)
        run_slice(operator_id=linked.operator_id, sync_id=sync.pk)
        with tenant_context(linked.operator_id):
            sync.refresh_from_db()
        assert sync.problem == "not_linked"
        assert counts(linked)["customers"] == 0


class TestMapperChange:
    def test_between_two_slices_starts_the_stream_anew(
        self, linked: Connection, acme: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Else what was read before the deploy would keep the old mapping for good."""
        monkeypatch.setattr(engine, "SLICE_SECONDS", 0)
        with tenant_context(linked.operator_id):
            sync = sync_request(connection=linked, requested_by="test", queue=False, streams=["customers"])
        run_slice(operator_id=linked.operator_id, sync_id=sync.pk)
        stream = next(s for s in streams.STREAMS if s.name == "customers")
        newer = dataclasses.replace(stream, mapper_version=99)
        monkeypatch.setattr(ChargifyConnector, "streams", (newer,))
        while run_slice(operator_id=linked.operator_id, sync_id=sync.pk):
            pass
        with tenant_context(linked.operator_id):
            assert sync.operations.get().rows_read == 2 * acme.ledger()["rows"]["customers"]
            assert StreamCursor.objects.get(stream="customers").mapper_version == 99

    def test_reads_credit_notes_and_their_lines_anew(
        self, linked: Connection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run(linked, streams=["credit_notes"])
        with tenant_context(linked.operator_id):
            notes, lines = billing.CreditNote.objects.count(), billing.CreditNoteLine.objects.count()
        assert 0 < notes <= lines
        monkeypatch.setattr(credit_notes, "MAPPER_VERSION", 2)
        sync = run(linked, streams=["credit_notes"], is_full=True)
        assert changed_by(sync) == {"credit_notes": notes}
        with tenant_context(linked.operator_id):
            assert billing.CreditNoteLine.objects.filter(deleted_at=None).count() == lines


class TestUnreadable:
    def test_rows_are_warned_of_and_their_bodies_kept(
        self, linked: Connection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stream = next(s for s in streams.STREAMS if s.name == "products")

        def refuse_first(body: bytes, account: Any) -> Any:
            row = stream.map(body, account)
            if row.values["handle"] == "team-monthly":
                raise UnreadableRow("products", "made unreadable")
            return row

        monkeypatch.setattr(ChargifyConnector, "streams", (dataclasses.replace(stream, map=refuse_first),))
        sync = run(linked)
        with tenant_context(linked.operator_id):
            assert sync.operations.get().warnings == [
                {"message": "A row could not be read; its body is kept", "count": 1}
            ]
            kept = billing.BodyChunk.objects.get(stream="unreadable:products")
            assert b'"team-monthly"' in kept.body(0)
            assert billing.Product.objects.exists()


class TestRequest:
    def test_joins_what_is_queued(self, linked: Connection) -> None:
        with tenant_context(linked.operator_id):
            first = sync_request(connection=linked, requested_by="test", queue=False, streams=["site"])
            again = sync_request(connection=linked, requested_by="test", queue=False, is_full=True)
            assert again == first
            first.refresh_from_db()
            assert first.is_full
            assert first.operations.count() == len(streams.STREAMS)

    def test_that_a_running_sync_would_leave_out_is_done_after_it(self, linked: Connection) -> None:
        with tenant_context(linked.operator_id):
            first = sync_request(connection=linked, requested_by="test", queue=False, streams=["site"])

        def ask(operation: PullOperation) -> None:
            with tenant_context(linked.operator_id):
                sync_request(connection=linked, requested_by="test", queue=False, is_full=True)

        run_slice(operator_id=linked.operator_id, sync_id=first.pk, observe=ask)
        with tenant_context(linked.operator_id):
            after = Sync.objects.exclude(pk=first.pk).get()
            assert (after.status, after.is_full) == (Sync.Status.QUEUED, True)
            assert after.operations.count() == len(streams.STREAMS)

    def test_is_safe_to_repeat(self, linked: Connection) -> None:
        with tenant_context(linked.operator_id):
            first = sync_request(connection=linked, requested_by="test", queue=False)
            assert sync_request(connection=linked, requested_by="test", queue=False) == first

    def test_needs_a_linked_connection(self, northwind: Tenant, linked: Connection) -> None:
        with tenant_context(northwind.operator.id):
            Connection.objects.update(status=Connection.Status.UNLINKED)
            with pytest.raises(CannotSync):
                sync_request(connection=linked, requested_by="test", queue=False)


def _age_cursors(connection: Connection, *, by: timedelta) -> None:
    """Move the cursors, as if the last sync had been at another time."""
    with tenant_context(connection.operator_id):
        for cursor in StreamCursor.objects.filter(connection=connection):
            cursor.since = (cursor.since or timezone.now()) - by
            cursor.save()


def _next_day(connection: Connection) -> None:
    """Let a day pass since every stream was read, so that the unfiltered ones are due again."""
    with tenant_context(connection.operator_id):
        read_at = F("completed_at") - timedelta(days=1)
        StreamCursor.objects.filter(connection=connection).update(completed_at=read_at)


def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    small = tuple(dataclasses.replace(stream, page_size=20) for stream in streams.STREAMS)
    monkeypatch.setattr(ChargifyConnector, "streams", small)
