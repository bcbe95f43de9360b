"""What is proved of each stream at the end of a read, against a vendor that counts, deletes and hides."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from billing.models import Customer, Subscription
from companies.models import Connection
from config.tenancy import tenant_context
from integrations.connectors.base import Session, UnreadableRow
from integrations.connectors.chargify import ChargifyConnector, streams
from integrations.connectors.chargify.session import ChargifySession
from integrations.models import CompanySyncSetting, PullOperation, StreamCursor, StreamProof
from integrations.services.completeness import NothingHeld, deletions_confirm
from integrations.services.syncs import sync_request
from integrations.sync.engine import run_slice
from tests.integrations.sync.test_engine import run

Completeness = Connection.Completeness


def proof(connection: Connection, stream: str) -> StreamProof:
    with tenant_context(connection.operator_id):
        return StreamProof.objects.get(connection=connection, stream=stream)


def operation(connection: Connection, stream: str) -> PullOperation:
    with tenant_context(connection.operator_id):
        return PullOperation.objects.filter(connection=connection, stream=stream).order_by("-requested_at")[0]


def whole_reads(connection: Connection, *names: str) -> None:
    """Age the proofs, so that the next sync reads everything and compares."""
    with tenant_context(connection.operator_id):
        month_ago = F("swept_at") - timedelta(days=31)
        StreamProof.objects.filter(connection=connection, stream__in=names).update(swept_at=month_ago)


def now_live(model: Any, connection: Connection) -> int:
    with tenant_context(connection.operator_id):
        return int(model.objects.filter(connection=connection, deleted_at=None).count())


@pytest.fixture
def miscount(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Let the vendor's own count be off by what the test says, by stream."""
    off: dict[str, int] = {}
    honest = ChargifySession.total

    def total(self: Session, stream: Any) -> int | None:
        counted = honest(self, stream)  # type: ignore[arg-type]
        return None if counted is None else counted + off.get(stream.name, 0)

    monkeypatch.setattr(ChargifySession, "total", total)
    return off


class TestFirstSync:
    def test_is_complete_by_total_and_sweep(self, linked: Connection, acme: Any) -> None:
        run(linked, streams=["subscriptions"])
        found = proof(linked, "subscriptions")
        assert (found.verdict, found.evidence) == ("complete", ["total", "sweep"])
        assert found.stored == found.total == acme.ledger()["rows"]["subscriptions"]
        assert found.oldest_at is not None
        assert found.newest_at is not None
        assert found.oldest_at < found.newest_at
        assert operation(linked, "subscriptions").evidence == ["total", "sweep"]

    def test_of_every_stream_reaches_the_connection(self, linked: Connection) -> None:
        run(linked)
        with tenant_context(linked.operator_id):
            verdicts = dict(StreamProof.objects.values_list("stream", "verdict"))
        # Hostile names hold a NUL, which PostgreSQL can't keep.
        assert {name for name, verdict in verdicts.items() if verdict != "complete"} == {"customers"}
        assert linked.completeness == Completeness.WARNINGS

    def test_of_some_streams_is_not_yet_complete(self, linked: Connection) -> None:
        run(linked, streams=["subscriptions"])
        assert linked.completeness == Completeness.NOT_YET

    def test_finds_no_wrong_sum_in_a_sound_business(self, linked: Connection) -> None:
        run(linked, streams=["invoices"])
        assert proof(linked, "invoices").findings.keys() <= {"orphans"}

    def test_invoices_without_their_customers_are_orphans(self, linked: Connection) -> None:
        run(linked, streams=["invoices"])
        found = proof(linked, "invoices")
        assert found.findings["orphans"] == found.stored > 0
        assert found.verdict == "complete"

    def test_a_row_that_could_not_be_read_is_a_gap(
        self, linked: Connection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stream = next(s for s in streams.STREAMS if s.name == "products")

        def refuse(body: bytes, account: Any) -> Any:
            row = stream.map(body, account)
            if row.values["handle"] == "team-monthly":
                raise UnreadableRow("products", "made unreadable")
            return row

        monkeypatch.setattr(ChargifyConnector, "streams", (dataclasses.replace(stream, map=refuse),))
        run(linked)
        assert proof(linked, "products").findings == {"unreadable": 1}
        assert linked.completeness == Completeness.GAPS

    def test_within_a_window_says_so(self, linked: Connection) -> None:
        with tenant_context(linked.operator_id):
            CompanySyncSetting.objects.create(
                company=linked.company, data_type="commerce-orders", window_months=3
            )
        run(linked, streams=["invoices"])
        found = proof(linked, "invoices")
        assert (found.verdict, found.evidence) == ("warnings", [])
        assert found.findings.keys() == {"bounded", "orphans"}


class TestNextSync:
    def test_keeps_the_proof(self, linked: Connection) -> None:
        run(linked, streams=["subscriptions"])
        swept_at = proof(linked, "subscriptions").swept_at
        run(linked, streams=["subscriptions"])
        found = proof(linked, "subscriptions")
        assert (found.verdict, found.evidence, found.swept_at) == ("complete", ["total", "sweep"], swept_at)

    def test_an_event_tells_of_a_deleted_customer(self, linked: Connection, acme: Any) -> None:
        run(linked, streams=["customers", "events"])
        with tenant_context(linked.operator_id):
            gone = Customer.objects.order_by("source_id")[0]
        acme.delete_customer(int(gone.source_id))
        run(linked, streams=["customers", "events"])
        with tenant_context(linked.operator_id):
            gone.refresh_from_db()
        assert gone.deleted_at is not None

    def test_a_lower_count_leads_to_a_read_of_everything(self, linked: Connection, acme: Any) -> None:
        run(linked, streams=["subscriptions"])
        with tenant_context(linked.operator_id):
            gone = Subscription.objects.order_by("source_id")[0]
        acme.delete("subscriptions", int(gone.source_id))
        run(linked, streams=["subscriptions"])
        assert proof(linked, "subscriptions").findings["doubted"] == 1
        run(linked, streams=["subscriptions"])
        found = proof(linked, "subscriptions")
        assert (found.verdict, found.stored) == ("complete", acme.ledger()["rows"]["subscriptions"])
        with tenant_context(linked.operator_id):
            gone.refresh_from_db()
        assert gone.deleted_at is not None

    def test_a_month_later_reads_everything(self, linked: Connection, acme: Any) -> None:
        run(linked, streams=["customers"])
        stored = now_live(Customer, linked)
        with tenant_context(linked.operator_id):
            gone = Customer.objects.order_by("source_id")[0]
        acme.delete_customer(int(gone.source_id))
        run(linked, streams=["customers"])
        assert now_live(Customer, linked) == stored
        whole_reads(linked, "customers")
        run(linked, streams=["customers"])
        assert now_live(Customer, linked) == stored - 1


class TestCount:
    def test_that_stays_higher_is_a_gap(self, linked: Connection, miscount: dict[str, int]) -> None:
        miscount["subscriptions"] = 2
        run(linked, streams=["subscriptions"])
        assert proof(linked, "subscriptions").findings["doubted"] == 2
        run(linked, streams=["subscriptions"])
        found = proof(linked, "subscriptions")
        assert (found.verdict, found.findings["total_higher"]) == ("gaps", 2)
        assert found.evidence == ["sweep"]

    def test_that_was_only_ahead_is_forgiven(self, linked: Connection, miscount: dict[str, int]) -> None:
        miscount["subscriptions"] = 2
        run(linked, streams=["subscriptions"])
        miscount.clear()
        run(linked, streams=["subscriptions"])
        assert proof(linked, "subscriptions").verdict == "complete"

    def test_that_stays_lower_is_a_warning_and_asked_about_once(
        self, linked: Connection, miscount: dict[str, int]
    ) -> None:
        miscount["subscriptions"] = -2
        run(linked, streams=["subscriptions"])
        found = proof(linked, "subscriptions")
        assert (found.verdict, found.findings["total_lower"]) == ("warnings", 2)
        run(linked, streams=["subscriptions"])
        assert proof(linked, "subscriptions").swept_at == found.swept_at


class TestHeldDeletions:
    @pytest.fixture
    def held(self, linked: Connection, acme: Any) -> StreamProof:
        """Let the vendor list far fewer customers than are stored."""
        run(linked, streams=["customers"])
        with tenant_context(linked.operator_id):
            oldest = Customer.objects.order_by("source_created_at").values_list("source_id", flat=True)[:20]
            ids = [int(source_id) for source_id in oldest]
        for number in ids:
            acme.delete_customer(number)
        run(linked, streams=["customers"], is_full=True)
        return proof(linked, "customers")

    def test_are_not_marked_and_said(self, linked: Connection, held: StreamProof) -> None:
        assert held.findings["held_deletions"] == 20
        assert held.verdict == "warnings"
        assert now_live(Customer, linked) == held.stored

    def test_stay_held_when_nothing_changes(self, linked: Connection, held: StreamProof) -> None:
        run(linked, streams=["customers"])
        assert proof(linked, "customers").findings["held_deletions"] == 20

    def test_are_marked_when_a_person_says_so(self, linked: Connection, held: StreamProof) -> None:
        with tenant_context(linked.operator_id):
            assert deletions_confirm(proof=held, actor="Alice") == 20
            assert "held_deletions" not in proof(linked, "customers").findings
            with pytest.raises(NothingHeld):
                deletions_confirm(proof=held, actor="Alice")
        assert now_live(Customer, linked) == held.stored - 20

    def test_can_not_be_confirmed_once_everything_is_being_read_again(
        self, linked: Connection, acme: Any, held: StreamProof
    ) -> None:
        """The list to go by is then that of the new read, which isn't complete."""
        with tenant_context(linked.operator_id):
            sync = sync_request(
                connection=linked, requested_by="test", queue=False, is_full=True, streams=["customers"]
            )
        acme.set_weather("down")
        run_slice(operator_id=linked.operator_id, sync_id=sync.pk)
        with tenant_context(linked.operator_id), pytest.raises(NothingHeld):
            deletions_confirm(proof=held, actor="Alice")


class TestCrossChecks:
    @pytest.mark.parametrize(
        ("column", "finding"),
        [
            ("total_minor", "totals"),
            ("due_minor", "due"),
            ("subtotal_minor", "lines"),
            ("paid_minor", "payments"),
            ("refund_minor", "refunds"),
            ("credit_minor", "credits"),
        ],
    )
    def test_a_wrong_amount_is_found(
        self, linked: Connection, monkeypatch: pytest.MonkeyPatch, column: str, finding: str
    ) -> None:
        stream = next(s for s in streams.STREAMS if s.name == "invoices")

        def spoil(body: bytes, account: Any) -> Any:
            row = stream.map(body, account)
            if row.values["total_minor"]:
                row.values[column] += 500
            return row

        monkeypatch.setattr(ChargifyConnector, "streams", (dataclasses.replace(stream, map=spoil),))
        run(linked, streams=["invoices"])
        assert proof(linked, "invoices").findings[finding] > 0
        assert proof(linked, "invoices").verdict == "warnings"


def test_a_read_that_older_code_began_starts_anew(linked: Connection) -> None:
    with tenant_context(linked.operator_id):
        StreamCursor.objects.create(
            connection=linked,
            stream="products",
            progress={"rows": 5, "last_id": "x", "page_size": 200, "since": None, "sync": "old"},
            completed_at=timezone.now(),
        )
    run(linked, streams=["products"])
    assert proof(linked, "products").verdict == "complete"


class TestOtherSites:
    def test_what_a_site_does_not_have_is_not_lacking(self, linked: Connection) -> None:
        run(linked, streams=["statements"])
        found = proof(linked, "statements")
        assert (found.verdict, found.findings) == ("complete", {"not_offered": 1})
