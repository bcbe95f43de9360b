"""Comparing all that was listed with all that is stored, on rows made for it."""

from __future__ import annotations

import pytest
from django.utils import timezone
from msgspec.structs import replace

from billing.models import Customer, Invoice, InvoiceLine, RecordVersion
from companies.models import Connection
from config.tenancy import tenant_context
from integrations.models import ListedIds
from integrations.sync.sweep import Swept, delete_held, keep_listed, sweep
from integrations.sync.writer import delete_rows
from tests.integrations.sync.test_writer import row, version_of, write


def lists(connection: Connection, *source_ids: str, table: str = "customer") -> None:
    with tenant_context(connection.operator_id):
        rows = [row(source_id, table) for source_id in source_ids]
        keep_listed(connection_id=connection.pk, stream="s", rows=rows)


def swept(connection: Connection, table: str = "customer", *, can_delete: bool = True) -> Swept:
    with tenant_context(connection.operator_id):
        return sweep(connection_id=connection.pk, stream="s", table=table, can_delete=can_delete)


def live(connection: Connection) -> set[str]:
    with tenant_context(connection.operator_id):
        return set(Customer.objects.filter(deleted_at=None).values_list("source_id", flat=True))


def numbers(count: int) -> list[str]:
    return [str(number) for number in range(count)]


class TestSweep:
    def test_marks_deleted_what_was_not_listed(self, linked: Connection) -> None:
        write(linked, row("1"), row("2"), row("3"))
        before = version_of(linked)
        lists(linked, "1")
        lists(linked, "3")
        assert swept(linked) == Swept(missing=0, deleted=1, held=0)
        assert live(linked) == {"1", "3"}
        assert version_of(linked) == before + 1
        with tenant_context(linked.operator_id):
            assert Customer.objects.get(source_id="2").version == before + 1
            assert RecordVersion.objects.get(source_id="2").deleted_at is None
            assert not ListedIds.objects.exists()

    def test_finds_what_was_listed_and_is_not_stored(self, linked: Connection) -> None:
        write(linked, row("1"))
        lists(linked, "1", "2", "3", "3")
        assert swept(linked) == Swept(missing=2, deleted=0, held=0)

    def test_nothing_to_do_writes_nothing(self, linked: Connection) -> None:
        write(linked, row("1"))
        before = version_of(linked)
        lists(linked, "1")
        assert swept(linked) == Swept(0, 0, 0)
        assert version_of(linked) == before

    def test_what_was_deleted_stays_so_and_is_not_missing(self, linked: Connection) -> None:
        write(linked, row("1"), row("2"))
        lists(linked, "1")
        swept(linked)
        lists(linked, "1")
        assert swept(linked) == Swept(0, 0, 0)

    def test_more_than_a_twentieth_is_held(self, linked: Connection) -> None:
        write(linked, *[row(number) for number in numbers(300)])
        lists(linked, *numbers(284))
        assert swept(linked) == Swept(missing=0, deleted=0, held=16)
        assert len(live(linked)) == 300

    def test_a_twentieth_is_not(self, linked: Connection) -> None:
        write(linked, *[row(number) for number in numbers(300)])
        lists(linked, *numbers(285))
        assert swept(linked) == Swept(missing=0, deleted=15, held=0)

    def test_of_a_few_rows_a_share_says_nothing(self, linked: Connection) -> None:
        write(linked, *[row(number) for number in numbers(12)])
        lists(linked, *numbers(2))
        assert swept(linked).deleted == 10

    def test_a_list_that_came_back_empty_is_held(self, linked: Connection) -> None:
        write(linked, *[row(number) for number in numbers(20)])
        assert swept(linked) == Swept(missing=0, deleted=0, held=20)

    def test_what_vendors_only_add_to_is_never_deleted(self, linked: Connection) -> None:
        write(linked, row("1"), row("2"))
        lists(linked, "2")
        assert swept(linked, can_delete=False) == Swept(0, 0, 0)
        assert live(linked) == {"1", "2"}

    def test_takes_with_it_what_stands_on_the_record(self, linked: Connection) -> None:
        lines = [row("a:1", "invoiceline", invoice_source_id="a")]
        write(linked, row("a", "invoice", children={"invoiceline": lines}), table="invoice")
        lists(linked, table="invoice")
        assert swept(linked, "invoice").deleted == 1
        with tenant_context(linked.operator_id):
            assert Invoice.objects.get().deleted_at is not None
            assert InvoiceLine.objects.get().deleted_at is not None

    def test_leaves_other_connections_alone(self, linked: Connection) -> None:
        write(linked, row("1"))
        with tenant_context(linked.operator_id):
            other = Connection.objects.get(pk=linked.pk)
            other.pk = None
            other._state.adding = True
            other.save()
        write(other, row("1"), row("2"))
        lists(linked, "1")
        swept(linked)
        with tenant_context(linked.operator_id):
            assert not Customer.objects.exclude(deleted_at=None).exists()


class TestHeld:
    @pytest.fixture
    def version(self, linked: Connection) -> int:
        """Hold the deletion of sixteen of twenty customers, and return the data version it was held at."""
        write(linked, *[row(number) for number in numbers(20)])
        lists(linked, *numbers(4))
        assert swept(linked).held == 16
        return version_of(linked)

    def confirm(self, connection: Connection, version: int) -> int:
        with tenant_context(connection.operator_id):
            return delete_held(connection_id=connection.pk, stream="s", table="customer", version=version)

    def test_is_done_when_confirmed(self, linked: Connection, version: int) -> None:
        assert self.confirm(linked, version) == 16
        assert live(linked) == set(numbers(4))

    def test_spares_what_was_written_since(self, linked: Connection, version: int) -> None:
        write(linked, row("new"), row("7", name="Changed"))
        assert self.confirm(linked, version) == 15
        assert live(linked) == {*numbers(4), "7", "new"}


class TestDeleteRows:
    def test_counts_what_was_not_deleted_before(self, linked: Connection) -> None:
        write(linked, row("1"), row("2"))

        def delete(*source_ids: str) -> int:
            with tenant_context(linked.operator_id):
                return delete_rows(
                    connection_id=linked.pk, table="customer", source_ids=source_ids, now=timezone.now()
                )

        assert [delete("1", "unknown"), delete("1", "2"), delete("1")] == [1, 1, 0]

    def test_an_event_tells_of_a_records_end(self, linked: Connection) -> None:
        write(linked, row("1"), row("2"))
        told = replace(row("900", "event", key="customer_delete"), deletes=(("customer", "2"),))
        write(linked, told, table="event")
        assert live(linked) == {"1"}
        # The same event once more says nothing about a record that was listed again since.
        write(linked, row("2", name="Back"))
        write(linked, told, table="event")
        assert live(linked) == {"1", "2"}
