"""As-of reads: what was known to us at a time, and why something isn't."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from billing.api.data_types import DATA_TYPES, DataType
from billing.models import BodyChunk, RecordVersion
from companies.models import Connection
from config.tenancy import tenant_context
from tests.api.conftest import linked, make_records, path_of, tables_read
from tests.api.vendor import day, sent, swept
from tests.conftest import Tenant


@pytest.fixture
def connection(northwind: Tenant) -> Connection:
    """A connection that was made on the first day."""
    return made_on_the_first(northwind)


def made_on_the_first(tenant: Tenant, name: str = "Corner Bakery") -> Connection:
    found = linked(tenant, name)
    with tenant_context(tenant.operator.id):
        Connection.objects.filter(pk=found.pk).update(created_at=day(1))
    return found


def ask(tenant: Tenant, connection: Connection, rest: str, at: Any, **parameters: str) -> Any:
    moment = at if isinstance(at, str) else at.isoformat().replace("+00:00", "Z")
    return tenant.api().get(path_of(connection, f"/data/{rest}"), {"asOf": moment} | parameters)


def ids(tenant: Tenant, connection: Connection, at: Any, **parameters: str) -> list[str]:
    answer = ask(tenant, connection, "billing-customers", at, **parameters)
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


def customer(number: int, name: str = "Ada") -> dict[str, Any]:
    return {"id": number, "first_name": name, "email": f"{name.lower()}@example.org"}


def invoice(status: str, *payments: str) -> dict[str, Any]:
    return {
        "uid": "inv_1",
        "status": status,
        "total_amount": "20.0",
        "due_amount": "20.0" if status == "open" else "0.0",
        "line_items": [{"uid": "li_1", "title": "Gold plan", "total_amount": "20.0"}],
        "payments": [{"uid": uid, "applied_amount": "10.0"} for uid in payments],
    }


class TestOneRecord:
    def test_each_version_in_its_time(self, northwind: Tenant, connection: Connection) -> None:
        for number, name in ((2, "Ada"), (4, "Grace"), (6, "Mary")):
            sent(connection, "customers", day(number), customer(1, name))
        names = {}
        for number in (2, 3, 4, 5, 6, 7):
            body = ask(northwind, connection, "billing-customers/1", day(number)).json()
            names[number] = (body["name"], body["emailAddress"] if "emailAddress" in body else body["email"])
        assert names == {
            2: ("Ada", "ada@example.org"),
            3: ("Ada", "ada@example.org"),
            4: ("Grace", "grace@example.org"),
            5: ("Grace", "grace@example.org"),
            6: ("Mary", "mary@example.org"),
            7: ("Mary", "mary@example.org"),
        }

    def test_says_from_when_on_it_was_known(self, northwind: Tenant, connection: Connection) -> None:
        for number, name in ((2, "Ada"), (4, "Grace"), (6, "Mary")):
            sent(connection, "customers", day(number), customer(1, name))
        body = ask(northwind, connection, "billing-customers/1", day(5)).json()
        assert (body["version"], body["firstSeenAt"], body["changedAt"], body["deletedAt"]) == (
            2,
            "2026-03-02T12:00:00Z",
            "2026-03-04T12:00:00Z",
            None,
        )

    def test_has_the_shape_of_every_record(self, northwind: Tenant, connection: Connection) -> None:
        sent(connection, "invoices", day(2), invoice("open"))
        sent(connection, "invoices", day(4), invoice("paid", "p1"))
        then = ask(northwind, connection, "billing-invoices/inv_1", day(3)).json()
        now = northwind.api().get(path_of(connection, "/data/billing-invoices/inv_1")).json()
        assert then.keys() == now.keys()
        assert then["lines"][0].keys() == now["lines"][0].keys()

    def test_an_invoice_has_what_stood_on_it(self, northwind: Tenant, connection: Connection) -> None:
        sent(connection, "invoices", day(2), invoice("open"))
        sent(connection, "invoices", day(4), invoice("open", "p1"))
        sent(connection, "invoices", day(6), invoice("paid", "p1", "p2"))
        found = {}
        for number in (3, 5, 7):
            body = ask(northwind, connection, "billing-invoices/inv_1", day(number)).json()
            found[number] = (body["status"], body["dueMinor"], [part["id"] for part in body["payments"]])
            assert [line["totalMinor"] for line in body["lines"]] == [2000]
        assert found == {
            3: ("open", 2000, []),
            5: ("open", 2000, ["inv_1:p1"]),
            7: ("paid", 0, ["inv_1:p1", "inv_1:p2"]),
        }

    def test_a_list_that_its_body_left_out_is_unknown(
        self, northwind: Tenant, connection: Connection
    ) -> None:
        head = {key: value for key, value in invoice("open").items() if key != "payments"}
        sent(connection, "invoices", day(2), head)
        sent(connection, "invoices", day(4), invoice("paid", "p1"))
        body = ask(northwind, connection, "billing-invoices/inv_1", day(3)).json()
        assert (body["payments"], body["refunds"], len(body["lines"])) == (None, None, 1)

    def test_before_it_was_seen(self, northwind: Tenant, connection: Connection) -> None:
        sent(connection, "customers", day(4), customer(1))
        answer = ask(northwind, connection, "billing-customers/1", day(3))
        assert answer.status_code == 404
        assert answer.json()["error"] == (
            "1 was not known at 2026-03-03T12:00:00Z: first seen 2026-03-04T12:00:00Z"
        )

    def test_deleted_and_seen_again(self, northwind: Tenant, connection: Connection) -> None:
        sent(connection, "customers", day(2), customer(1))
        swept(connection, "customer", day(4), "1")
        sent(connection, "customers", day(6), customer(1))
        assert ask(northwind, connection, "billing-customers/1", day(3)).json()["name"] == "Ada"
        gone = ask(northwind, connection, "billing-customers/1", day(5))
        assert gone.status_code == 404
        assert gone.json()["error"] == ("1 was deleted by 2026-03-05T12:00:00Z: noticed 2026-03-04T12:00:00Z")
        assert ask(northwind, connection, "billing-customers/1", day(7)).json()["deletedAt"] is None

    def test_that_never_was(self, northwind: Tenant, connection: Connection) -> None:
        for source_id in ("nope", "%00"):
            answer = ask(northwind, connection, f"billing-customers/{source_id}", day(2))
            assert answer.status_code == 404
            assert "No data available for billing-customers for ID" in answer.json()["error"]

    def test_whose_body_is_gone_says_so(self, northwind: Tenant, connection: Connection) -> None:
        sent(connection, "customers", day(2), customer(1))
        sent(connection, "customers", day(4), customer(1, "Grace"))
        with tenant_context(northwind.operator.id):
            BodyChunk.objects.order_by("pk")[:1].get().delete()
        answer = ask(northwind, connection, "billing-customers/1", day(3))
        assert answer.status_code == 409
        assert answer.json()["error"] == (
            "1 at 2026-03-03T12:00:00Z was version 1. Its body is no longer kept."
        )


class TestList:
    def test_of_what_was_there(self, northwind: Tenant, connection: Connection) -> None:
        sent(connection, "customers", day(2), customer(1), customer(2))
        sent(connection, "customers", day(4), customer(3), customer(1, "Grace"))
        swept(connection, "customer", day(6), "2")
        assert ids(northwind, connection, day(1)) == []
        assert ids(northwind, connection, day(3)) == ["1", "2"]
        assert ids(northwind, connection, day(5)) == ["1", "2", "3"]
        assert ids(northwind, connection, day(7)) == ["1", "3"]
        rows = ask(northwind, connection, "billing-customers", day(3)).json()["results"]
        assert [row["name"] for row in rows] == ["Ada", "Ada"]

    def test_pages_lead_through_all_of_it(self, northwind: Tenant, connection: Connection) -> None:
        sent(connection, "customers", day(2), *[customer(number) for number in range(1, 8)])
        sent(connection, "customers", day(4), *[customer(number, "Grace") for number in (2, 3, 8)])
        swept(connection, "customer", day(3), "5")
        found: list[str] = []
        page = ask(northwind, connection, "billing-customers", day(3), pageSize="2").json()
        while True:
            found += [row["id"] for row in page["results"]]
            assert all(row["name"] == "Ada" for row in page["results"])
            if not page["hasMore"]:
                break
            page = northwind.api().get(page["_links"]["next"]["href"]).json()
        assert found == ["1", "2", "3", "4", "6", "7"]

    def test_what_can_not_be_shown_is_named(self, northwind: Tenant, connection: Connection) -> None:
        sent(connection, "customers", day(2), customer(1))
        sent(connection, "customers", day(2), customer(2))
        sent(connection, "customers", day(4), customer(1, "Grace"), customer(2, "Grace"))
        with tenant_context(northwind.operator.id):
            BodyChunk.objects.order_by("pk")[:1].get().delete()
        page = ask(northwind, connection, "billing-customers", day(3)).json()
        assert [row["id"] for row in page["results"]] == ["2"]
        assert page["unavailable"] == [{"id": "1", "version": 1, "reason": "Its body is no longer kept."}]
        with tenant_context(northwind.operator.id):
            RecordVersion.objects.all().delete()
        page = ask(northwind, connection, "billing-customers", day(3)).json()
        assert {one["reason"] for one in page["unavailable"]} == {"No version of it is kept from then."}

    @pytest.mark.parametrize("data_type", DATA_TYPES, ids=lambda type_: type_.name)
    def test_every_type_has_it(self, northwind: Tenant, connection: Connection, data_type: DataType) -> None:
        make_records(connection)
        rows = ask(northwind, connection, data_type.name, day(3)).json()["results"]
        listed = northwind.api().get(path_of(connection, f"/data/{data_type.name}")).json()["results"]
        assert sorted(rows, key=str) == sorted(listed, key=str)

    def test_another_connections_past_is_left_out(self, northwind: Tenant, connection: Connection) -> None:
        other = made_on_the_first(northwind, "Other")
        for each, name in ((connection, "Ada"), (other, "Zoe")):
            sent(each, "customers", day(2), customer(1, name))
            sent(each, "customers", day(4), customer(1, "Now"))
        assert [
            row["name"] for row in ask(northwind, connection, "billing-customers", day(3)).json()["results"]
        ] == ["Ada"]

    def test_queries_do_not_grow_with_rows(self, northwind: Tenant, connection: Connection) -> None:
        for number in range(1, 6):
            body = invoice("open") | {"uid": f"inv_{number}"}
            sent(connection, "invoices", day(2), body)
            sent(connection, "invoices", day(4), body | {"status": "paid"})
        path = path_of(connection, "/data/billing-invoices?asOf=2026-03-03T12:00:00Z")
        few, many = (tables_read(northwind.api(), f"{path}&pageSize={size}") for size in (1, 5))
        # Rows, versions, the site's currency, bodies; and what stands on the rows that are as they were: nothing.
        assert few == many == 4 + 7


class TestTimes:
    @pytest.mark.parametrize("rest", ["billing-customers", "billing-customers/1"])
    def test_before_the_connection_was_made(
        self, northwind: Tenant, connection: Connection, rest: str
    ) -> None:
        sent(connection, "customers", day(2), customer(1))
        answer = ask(northwind, connection, rest, day(1) - timedelta(seconds=1))
        assert answer.status_code == 404
        assert answer.json()["error"] == (
            "Nothing was known at 2026-03-01T11:59:59Z: the connection was made 2026-03-01T12:00:00Z"
        )

    @pytest.mark.parametrize("rest", ["billing-customers", "billing-customers/1"])
    def test_that_are_none(self, northwind: Tenant, connection: Connection, rest: str) -> None:
        sent(connection, "customers", day(2), customer(1))
        future = timezone.now() + timedelta(minutes=1)
        for moment, said in (
            ("", "Must be a time, such as 2026-03-01T12:00:00Z."),
            ("yesterday", "Must be a time, such as 2026-03-01T12:00:00Z."),
            ("2026-03-01T12:00:00 00:00", "Must be a time, such as 2026-03-01T12:00:00Z."),
            ("\0", "Must be a time, such as 2026-03-01T12:00:00Z."),
            (future, "Lies in the future."),
        ):
            answer = ask(northwind, connection, rest, moment)
            assert answer.status_code == 400
            assert answer.json()["error"] == f"asOf: {said}"

    @pytest.mark.parametrize(
        "moment", ["2026-03-03", "2026-03-03T12:00:00", "2026-03-03T12:00:00+01:00", "2026-03-03T12:00:00.5Z"]
    )
    def test_in_several_spellings(self, northwind: Tenant, connection: Connection, moment: str) -> None:
        sent(connection, "customers", day(2), customer(1))
        assert ids(northwind, connection, moment) == ["1"]

    @pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
    def test_at_the_ends_of_the_calendar(
        self, northwind: Tenant, connection: Connection, moment: str
    ) -> None:
        assert ask(northwind, connection, "billing-customers", moment).status_code in {400, 404}


@pytest.mark.parametrize("other", ["query", "orderBy", "page", "changedSince"])
def test_what_does_not_go_with_it_is_refused(northwind: Tenant, connection: Connection, other: str) -> None:
    answer = ask(northwind, connection, "billing-customers", day(2), **{other: "1"})
    assert answer.status_code == 400
    assert "Can't be combined with" in answer.json()["error"]


def test_a_cursor_with_a_nul_is_refused(northwind: Tenant, connection: Connection) -> None:
    answer = ask(northwind, connection, "billing-customers", day(2), after="\0")
    assert answer.status_code == 400


@pytest.mark.parametrize("rest", ["billing-customers", "billing-customers/1"])
def test_another_operator_finds_nothing(
    northwind: Tenant, southbank: Tenant, connection: Connection, rest: str
) -> None:
    sent(connection, "customers", day(2), customer(1))
    sent(connection, "customers", day(4), customer(1, "Grace"))
    answer = ask(southbank, connection, rest, day(3))
    assert answer.status_code == 404
    assert "ada" not in answer.content.decode().lower()
