"""Writing rows: only what changed, never older over newer, lists only where they are present."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from billing.models import BodyChunk, Customer, Invoice, Payment, RecordVersion
from companies.models import Connection
from config.tenancy import tenant_context
from integrations.connectors.base import Row
from integrations.sync.tables import table_for
from integrations.sync.writer import write_rows

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def row(source_id: str, table: str = "customer", *, at: datetime | None = NOON, **values: Any) -> Row:
    """Return a row whose hash follows its values, as a connector's does."""
    children = values.pop("children", {})
    typed = {name: _empty(table, name) for name in table_for(table).typed} | values
    body = f'{{"id": "{source_id}", "values": "{sorted(values.items())}"}}'.encode()
    return Row(
        source_id=source_id,
        values=typed,
        body=body,
        content_hash=f"{hash((str(sorted(values.items())), str(children))):016x}"[-16:].encode(),
        source_updated_at=at,
        children=children,
    )


def _empty(table: str, name: str) -> Any:
    field = table_for(table).model._meta.get_field(name)
    return None if field.null else field.get_default()


def write(connection: Connection, *rows: Row, table: str = "customer") -> int:
    with tenant_context(connection.operator_id):
        return write_rows(
            connection_id=connection.pk, stream=f"{table}s", table=table, rows=rows, now=timezone.now()
        ).changed


def customer(connection: Connection, source_id: str = "1") -> Customer:
    with tenant_context(connection.operator_id):
        found: Customer = Customer.objects.select_related("body_chunk").get(source_id=source_id)
        return found


def version_of(connection: Connection) -> int:
    with tenant_context(connection.operator_id):
        connection.refresh_from_db()
    return connection.data_version


@pytest.fixture
def connection(linked: Connection) -> Connection:
    return linked


class TestWriteRows:
    def test_new_rows_are_written_with_their_bodies(self, connection: Connection) -> None:
        rows = [row(str(number), name=f"Customer {number}") for number in range(3)]
        assert write(connection, *rows) == 3
        assert customer(connection, "2").name == "Customer 2"
        assert customer(connection, "2").raw_body() == rows[2].body

    def test_the_same_again_writes_nothing(self, connection: Connection) -> None:
        write(connection, row("1", name="Ada"))
        before = version_of(connection)
        assert write(connection, row("1", name="Ada")) == 0
        assert version_of(connection) == before
        with tenant_context(connection.operator_id):
            assert BodyChunk.objects.count() == 1

    def test_a_change_keeps_the_former_version(self, connection: Connection) -> None:
        write(connection, row("1", name="Ada"))
        first = customer(connection)
        assert write(connection, row("1", name="Ada Lovelace", at=NOON + timedelta(hours=1))) == 1
        now = customer(connection)
        assert (now.name, now.first_seen_at) == ("Ada Lovelace", first.first_seen_at)
        assert now.version > first.version
        with tenant_context(connection.operator_id):
            former = RecordVersion.objects.select_related("body_chunk").get()
        assert (former.source_id, former.version, former.known_from) == ("1", first.version, first.changed_at)
        assert former.body_chunk is not None
        assert former.body_chunk.body(former.body_index) == first.raw_body()

    def test_older_never_replaces_newer(self, connection: Connection) -> None:
        write(connection, row("1", name="New", at=NOON))
        assert write(connection, row("1", name="Old", at=NOON - timedelta(seconds=1))) == 0
        assert customer(connection).name == "New"

    def test_the_database_refuses_older_over_newer_too(self, connection: Connection) -> None:
        """The statement itself, with the comparison before it left out."""
        from integrations.sync import writer

        write(connection, row("1", name="New", at=NOON))
        with tenant_context(connection.operator_id):
            batch = writer._Batch(connection.operator_id, connection.pk, 99, timezone.now())
            old = row("1", name="Old", at=NOON - timedelta(seconds=1))
            assert writer._merge(table_for("customer"), batch, 1, [(0, old)]) == 0

    def test_duplicates_within_a_page_leave_the_newest(self, connection: Connection) -> None:
        pair = [row("1", name="New", at=NOON), row("1", name="Old", at=NOON - timedelta(days=1))]
        assert write(connection, *pair) == 1
        assert customer(connection).name == "New"

    def test_a_deleted_row_that_is_seen_again_comes_back(self, connection: Connection) -> None:
        write(connection, row("1", name="Ada"))
        with tenant_context(connection.operator_id):
            Customer.objects.update(deleted_at=timezone.now())
        assert write(connection, row("1", name="Ada")) == 1
        assert customer(connection).deleted_at is None

    def test_two_connections_may_have_the_same_ids(self, connection: Connection) -> None:
        with tenant_context(connection.operator_id):
            other = Connection.objects.create(
                company=connection.company,
                platform_key="rkgp",
                platform_name="Chargify",
                integration_id=connection.integration_id,
                source_id=connection.source_id,
            )
        assert write(connection, row("1", name="Ada")) == 1
        assert write(other, row("1", name="Grace")) == 1


class TestChildren:
    def invoice(self, *, at: datetime = NOON, status: str = "open", **children: list[Row]) -> Row:
        return row("inv_1", "invoice", at=at, status=status, children=children)

    def payment(self, number: int, amount: int = 100) -> Row:
        return row(
            f"inv_1:{number}", "payment", invoice_source_id="inv_1", amount_minor=amount, currency="USD"
        )

    def payments(self, connection: Connection) -> dict[str, int | None]:
        with tenant_context(connection.operator_id):
            rows = Payment.objects.filter(deleted_at=None)
            return dict(rows.values_list("source_id", "amount_minor"))

    def test_come_with_their_parent_and_share_its_body(self, connection: Connection) -> None:
        write(connection, self.invoice(payment=[self.payment(1)]), table="invoice")
        with tenant_context(connection.operator_id):
            payment = Payment.objects.select_related("body_chunk").get()
            assert payment.raw_body() == Invoice.objects.select_related("body_chunk").get().raw_body()

    def test_an_absent_list_says_nothing(self, connection: Connection) -> None:
        write(connection, self.invoice(payment=[self.payment(1)]), table="invoice")
        later = self.invoice(at=NOON + timedelta(hours=1), status="paid")
        other = row("inv_2", "invoice", status="open", children={"payment": []})
        assert write(connection, later, other, table="invoice") == 2
        assert self.payments(connection) == {"inv_1:1": 100}

    def test_a_present_list_replaces(self, connection: Connection) -> None:
        write(connection, self.invoice(payment=[self.payment(1), self.payment(2)]), table="invoice")
        later = self.invoice(
            at=NOON + timedelta(hours=1), payment=[self.payment(2, amount=70), self.payment(3)]
        )
        write(connection, later, table="invoice")
        assert self.payments(connection) == {"inv_1:2": 70, "inv_1:3": 100}

    def test_an_empty_list_removes_all(self, connection: Connection) -> None:
        write(connection, self.invoice(payment=[self.payment(1)]), table="invoice")
        write(connection, self.invoice(at=NOON + timedelta(hours=1), payment=[]), table="invoice")
        assert self.payments(connection) == {}
