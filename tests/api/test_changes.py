"""The change feed: every change once it is committed, in order, deletions too, in pages that end."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection as database
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.api.changes import Position
from billing.api.data_types import DATA_TYPES, DataType
from billing.models import Customer, Event, SubscriptionMetadatum
from companies.models import Connection
from config.tenancy import tenant_context
from integrations.sync.writer import write_rows
from tests.api.conftest import NOW, linked, make_records, path_of, record, tables_read
from tests.conftest import Tenant
from tests.integrations.sync.test_writer import row

CUSTOMERS = "billing-customers"


def feed(tenant: Tenant, connection: Connection, data_type: str = CUSTOMERS, **parameters: str) -> Any:
    """Return one page of the feed."""
    answer = tenant.api().get(path_of(connection, f"/data/{data_type}"), {"changedSince": "0"} | parameters)
    assert answer.status_code == 200, answer.content
    return answer.json()


def followed(tenant: Tenant, connection: Connection, cursor: str = "0", size: str = "2") -> list[Any]:
    """Return every row of the feed, page by page."""
    rows: list[Any] = []
    while True:
        page = feed(tenant, connection, changedSince=cursor, pageSize=size)
        rows += page["results"]
        cursor = page["cursor"]
        if not page["hasMore"]:
            return rows


def write(connection: Connection, *source_ids: str, name: str = "Ada") -> None:
    rows = [row(source_id, name=name, at=None) for source_id in source_ids]
    with tenant_context(connection.operator_id):
        write_rows(
            connection_id=connection.pk, stream="customers", table="customer", rows=rows, now=timezone.now()
        )


def test_it_goes_from_the_oldest_change_to_the_newest(northwind: Tenant, connection: Connection) -> None:
    for source_id in ("b", "a", "c"):
        write(connection, source_id)
    write(connection, "b", name="Grace")
    rows = followed(northwind, connection)
    assert [(row["id"], row["version"]) for row in rows] == [("a", 2), ("c", 3), ("b", 4)]
    assert rows[-1]["name"] == "Grace"


def test_the_last_cursor_finds_what_came_later_and_nothing_else(
    northwind: Tenant, connection: Connection
) -> None:
    write(connection, "a", "b")
    last = feed(northwind, connection)["cursor"]
    nothing = feed(northwind, connection, changedSince=last)
    assert (nothing["results"], nothing["cursor"], nothing["hasMore"]) == ([], last, False)
    write(connection, "b", name="Grace")
    later = feed(northwind, connection, changedSince=last)
    assert [row["id"] for row in later["results"]] == ["b"]


def test_a_version_of_several_pages_is_neither_cut_nor_repeated(
    northwind: Tenant, connection: Connection
) -> None:
    write(connection, *"abcdefg")
    write(connection, *"hi")
    assert [row["id"] for row in followed(northwind, connection)] == list("abcdefghi")
    # A bare version is one that is known as a whole.
    assert [row["id"] for row in followed(northwind, connection, cursor="1")] == ["h", "i"]


def test_what_changes_between_two_pages_is_seen_with_its_last_state(
    northwind: Tenant, connection: Connection
) -> None:
    write(connection, *"abcd")
    first = feed(northwind, connection, pageSize="2")
    write(connection, "a", "d", name="Grace")
    rest = followed(northwind, connection, cursor=first["cursor"])
    assert [(row["id"], row["name"]) for row in rest] == [("c", "Ada"), ("a", "Grace"), ("d", "Grace")]


def test_deleted_records_are_told(northwind: Tenant, connection: Connection) -> None:
    with tenant_context(northwind.operator.id):
        record(Customer, connection, "here", version=1)
        record(Customer, connection, "gone", version=2, deleted_at=NOW)
        record(SubscriptionMetadatum, connection, "1", source_deleted_at=NOW)
        record(SubscriptionMetadatum, connection, "2", deleted_at=NOW)
    rows = feed(northwind, connection)["results"]
    assert [(row["id"], row["deletedAt"]) for row in rows] == [
        ("here", None),
        ("gone", "2026-03-01T12:00:00Z"),
    ]
    fields = feed(northwind, connection, "billing-subscriptionMetadata")["results"]
    assert {row["deletedAt"] for row in fields} == {"2026-03-01T12:00:00Z"}


def test_records_have_what_stands_on_them(northwind: Tenant, connection: Connection) -> None:
    make_records(connection, 1)
    (invoice,) = feed(northwind, connection, "billing-invoices")["results"]
    assert [line["title"] for line in invoice["lines"]] == ["Gold plan"]
    assert {name: len(invoice[name]) for name in ("discounts", "taxes", "payments", "refunds")} == {
        "discounts": 1,
        "taxes": 1,
        "payments": 1,
        "refunds": 1,
    }


@pytest.mark.parametrize("data_type", DATA_TYPES, ids=lambda type_: type_.name)
def test_every_type_has_it_in_the_shape_of_its_list(
    northwind: Tenant, connection: Connection, data_type: DataType
) -> None:
    make_records(connection, 3)
    page = feed(northwind, connection, data_type.name, pageSize="2")
    assert len(page["results"]) == page["pageSize"] == 2
    assert page["hasMore"]
    assert all(set(row) == set(data_type.serializer().fields) for row in page["results"])
    rest = northwind.api().get(page["_links"]["next"]["href"]).json()
    assert len(rest["results"]) == 1
    assert "next" not in rest["_links"]


@pytest.mark.parametrize("data_type", DATA_TYPES, ids=lambda type_: type_.name)
def test_queries_do_not_grow_with_rows(
    northwind: Tenant, connection: Connection, data_type: DataType
) -> None:
    make_records(connection, 3)
    path = path_of(connection, f"/data/{data_type.name}?changedSince=0")
    few, many = (tables_read(northwind.api(), f"{path}&pageSize={size}") for size in (1, 3))
    # The rows, and what stands on them; beside company and connection.
    assert few == many == 1 + len(data_type.parts) + 7


@pytest.mark.parametrize("cursor", ["", "-1", "x", "1.", "1.x", "1.2.3", "٣", "9" * 19, "1e3", "%00"])
def test_a_cursor_that_is_none_is_refused(northwind: Tenant, connection: Connection, cursor: str) -> None:
    answer = northwind.api().get(path_of(connection, f"/data/{CUSTOMERS}?changedSince={cursor}"))
    assert answer.status_code == 400
    assert "changedSince: Must be a version, or the cursor of an answer." in answer.json()["error"]


@pytest.mark.parametrize("other", ["query=id=1", "orderBy=id", "page=2"])
def test_what_would_make_gaps_is_refused(northwind: Tenant, connection: Connection, other: str) -> None:
    answer = northwind.api().get(path_of(connection, f"/data/{CUSTOMERS}?changedSince=0&{other}"))
    assert answer.status_code == 400
    assert "Can't be combined with changedSince." in answer.json()["error"]


@pytest.mark.parametrize("size", ["0", "501", "x"])
def test_pages_are_bounded(northwind: Tenant, connection: Connection, size: str) -> None:
    answer = northwind.api().get(path_of(connection, f"/data/{CUSTOMERS}?changedSince=0&pageSize={size}"))
    assert answer.status_code == 400
    assert "pageSize: Must be a whole number from 1 to 500." in answer.json()["error"]


def test_another_operator_finds_nothing(northwind: Tenant, southbank: Tenant, connection: Connection) -> None:
    make_records(connection, 1)
    answer = southbank.api().get(path_of(connection, f"/data/{CUSTOMERS}?changedSince=0"))
    assert answer.status_code == 404


def test_another_connection_has_a_feed_of_its_own(northwind: Tenant, connection: Connection) -> None:
    make_records(linked(northwind, "Other"), 1)
    assert feed(northwind, connection)["results"] == []


def test_a_page_deep_in_a_big_table_begins_where_the_cursor_is(committed: Tenant) -> None:
    """Also beside many small connections, whose average makes the planner take this one for a small one too."""
    big = linked(committed)
    with tenant_context(committed.operator.id):
        Connection.objects.update(created_at=NOW)
        small = [
            Connection.objects.create(
                company=big.company, platform_key="rkgp", integration_id=uuid4(), source_id=uuid4()
            )
            for _ in range(100)
        ]
        make_events(big, 20_000)
        for connection in small:
            make_events(connection, 50)
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE billing_event")
    deep = scan_of(committed, big, "changedSince=50.1")
    assert deep["Index Name"] == "event_changes"
    # No further than the versions that the page is of.
    assert deep["Actual Rows"] < 2 * 200 + 100
    # An as-of read goes by the ids.
    deep = scan_of(committed, big, "asOf=2026-03-02&after=5")
    assert deep["Index Name"] == "event_source_id"
    assert deep["Actual Rows"] == 101


def scan_of(tenant: Tenant, connection: Connection, query: str) -> Any:
    """Return how the database finds the rows of a page of 100 events."""
    path = path_of(connection, f"/data/billing-events?{query}&pageSize=100")
    with CaptureQueriesContext(connections["default"]) as captured:
        assert len(tenant.api().get(path).json()["results"]) == 100
    (sql,) = [query["sql"] for query in captured if 'FROM "billing_event"' in query["sql"]]
    with tenant_context(tenant.operator.id), database.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")
        (scan,) = leaves(cursor.fetchone()[0][0]["Plan"])
    return scan


def make_events(connection: Connection, count: int) -> None:
    """Give a connection events, 200 a version."""
    Event.objects.bulk_create(
        Event(
            operator_id=connection.operator_id,
            connection=connection,
            source_id=str(number),
            content_hash=b"x" * 16,
            first_seen_at=NOW,
            changed_at=NOW,
            version=1 + number // 200,
        )
        for number in range(count)
    )


def leaves(plan: Any) -> Any:
    """Yield the scans of a plan."""
    below = plan.get("Plans", [])
    if not below:
        yield plan
    for inner in below:
        yield from leaves(inner)


def test_nothing_arrives_late_however_many_write_at_once(committed: Tenant) -> None:
    """A reader follows the feed while four threads write; with a sequence it would miss what commits late."""
    connection = linked(committed)
    mine = [[f"{worker}-{number}" for number in range(12)] for worker in range(4)]

    def work(source_ids: list[str]) -> None:
        try:
            for source_id in source_ids:
                write(connection, source_id, "shared", name=f"Name {source_id}")
        finally:
            connections.close_all()

    seen: list[Any] = []
    cursor, is_working = "0", True
    with ThreadPoolExecutor(max_workers=4) as executor:
        done = [executor.submit(work, source_ids) for source_ids in mine]
        while is_working:
            is_working = not all(future.done() for future in done)
            with tenant_context(committed.operator.id):
                behind = Customer.objects.filter(Position.parse(cursor).behind, connection=connection)
                rows = list(behind.order_by("version", "id").values()[:3])
            seen += rows
            if rows:
                cursor, is_working = f"{rows[-1]['version']}.{rows[-1]['id']}", True
    for future in done:
        future.result()
    last = {row["source_id"]: row["name"] for row in seen}
    with tenant_context(committed.operator.id):
        assert last == dict(Customer.objects.values_list("source_id", "name"))
    assert len(last) == 49
    assert [row["version"] for row in seen] == sorted(row["version"] for row in seen)
