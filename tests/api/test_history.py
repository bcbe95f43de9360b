"""The history of a record: every version, when it was known, and what it changed."""

from __future__ import annotations

from typing import Any

import pytest

from billing.api.data_types import DATA_TYPES, DataType
from billing.models import BodyChunk
from companies.models import Connection
from config.tenancy import tenant_context
from integrations.connectors.chargify import mapping
from tests.api.conftest import make_records, path_of, tables_read
from tests.api.vendor import day, sent, swept
from tests.conftest import Tenant


def history(tenant: Tenant, connection: Connection, rest: str, **parameters: str) -> Any:
    answer = tenant.api().get(path_of(connection, f"/data/{rest}/history"), parameters)
    assert answer.status_code == 200, answer.content
    return answer.json()


def subscription(state: str, **more: Any) -> dict[str, Any]:
    return {"id": 1, "state": state, "balance_in_cents": 0, **more}


def test_it_says_what_changed_and_when(northwind: Tenant, connection: Connection) -> None:
    sent(connection, "subscriptions", day(2), subscription("active"))
    sent(connection, "subscriptions", day(4), subscription("past_due", balance_in_cents=1000))
    sent(connection, "subscriptions", day(6), subscription("canceled", balance_in_cents=1000, why="Dear"))
    page = history(northwind, connection, "billing-subscriptions/1")
    assert [
        (row["version"], row["knownFrom"], row["knownUntil"], row["what"]) for row in page["results"]
    ] == [
        (3, "2026-03-06T12:00:00Z", None, "Changed: state, why"),
        (2, "2026-03-04T12:00:00Z", "2026-03-06T12:00:00Z", "Changed: state, balance_in_cents"),
        (1, "2026-03-02T12:00:00Z", "2026-03-04T12:00:00Z", "First seen"),
    ]
    assert page["results"][0]["changes"] == [
        {"path": "state", "kind": "changed", "before": "past_due", "after": "canceled"},
        {"path": "why", "kind": "added", "before": None, "after": "Dear"},
    ]
    assert page["results"][2]["changes"] == []
    assert (page["hasMore"], page["cursor"]) == (False, "1")


def test_a_deletion_and_a_return_are_in_it(northwind: Tenant, connection: Connection) -> None:
    sent(connection, "subscriptions", day(2), subscription("active"))
    swept(connection, "subscription", day(4), "1")
    page = history(northwind, connection, "billing-subscriptions/1")
    assert [(row["what"], row["deletedAt"]) for row in page["results"]] == [
        ("Deleted at the vendor", "2026-03-04T12:00:00Z"),
        ("First seen", None),
    ]
    sent(connection, "subscriptions", day(6), subscription("active"))
    newest, *_ = history(northwind, connection, "billing-subscriptions/1")["results"]
    assert (newest["what"], newest["deletedAt"]) == ("Seen again", None)


def test_a_mended_mapping_is_no_change_of_the_vendors(
    northwind: Tenant, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent(connection, "subscriptions", day(2), subscription("active"))
    monkeypatch.setattr(mapping, "MAPPER_VERSION", 99)
    sent(connection, "subscriptions", day(4), subscription("active"))
    newest, _ = history(northwind, connection, "billing-subscriptions/1")["results"]
    assert (newest["what"], newest["changes"]) == ("Read anew: the vendor's body is the same", [])


def test_a_body_that_is_gone_says_so(northwind: Tenant, connection: Connection) -> None:
    sent(connection, "subscriptions", day(2), subscription("active"))
    sent(connection, "subscriptions", day(4), subscription("canceled"))
    with tenant_context(northwind.operator.id):
        BodyChunk.objects.order_by("pk")[:1].get().delete()
    newest, _ = history(northwind, connection, "billing-subscriptions/1")["results"]
    assert newest["what"] == "Changed; a body that would say how is no longer kept"


def test_pages_lead_to_the_first_version(northwind: Tenant, connection: Connection) -> None:
    for number in range(2, 9):
        sent(connection, "subscriptions", day(number), subscription("active", balance_in_cents=number))
    found: list[Any] = []
    page = history(northwind, connection, "billing-subscriptions/1", pageSize="3")
    while True:
        found += page["results"]
        if not page["hasMore"]:
            break
        page = northwind.api().get(page["_links"]["next"]["href"]).json()
    assert [row["version"] for row in found] == [7, 6, 5, 4, 3, 2, 1]
    # The last of a page is compared with the first of the next.
    assert [len(row["changes"]) for row in found] == [1, 1, 1, 1, 1, 1, 0]
    assert found[-1]["what"] == "First seen"


def test_many_changes_are_cut_and_counted(northwind: Tenant, connection: Connection) -> None:
    sent(connection, "subscriptions", day(2), subscription("active"))
    many = {f"key_{number:03}": number for number in range(130)}
    sent(connection, "subscriptions", day(4), subscription("active", **many))
    newest, _ = history(northwind, connection, "billing-subscriptions/1")["results"]
    assert newest["what"] == "Changed: key_000, key_001, key_002, key_003 and 126 more"
    assert (len(newest["changes"]), newest["changesLeftOut"]) == (100, 30)


@pytest.mark.parametrize("data_type", DATA_TYPES, ids=lambda type_: type_.name)
def test_every_type_has_it(northwind: Tenant, connection: Connection, data_type: DataType) -> None:
    make_records(connection, 1)
    (row,) = northwind.api().get(path_of(connection, f"/data/{data_type.name}")).json()["results"]
    page = history(northwind, connection, f"{data_type.name}/{row['id']}")
    assert [version["what"] for version in page["results"]] == ["First seen"]


@pytest.mark.parametrize("source_id", ["nope", "%00"])
def test_of_nothing(northwind: Tenant, connection: Connection, source_id: str) -> None:
    answer = northwind.api().get(path_of(connection, f"/data/billing-subscriptions/{source_id}/history"))
    assert answer.status_code == 404


@pytest.mark.parametrize("asked", ["before=0", "before=x", "before=-1", "pageSize=101", "pageSize=0"])
def test_a_cursor_or_size_that_is_none(northwind: Tenant, connection: Connection, asked: str) -> None:
    sent(connection, "subscriptions", day(2), subscription("active"))
    path = path_of(connection, f"/data/billing-subscriptions/1/history?{asked}")
    assert northwind.api().get(path).status_code == 400


def test_another_operator_finds_nothing(northwind: Tenant, southbank: Tenant, connection: Connection) -> None:
    sent(connection, "subscriptions", day(2), subscription("active"))
    answer = southbank.api().get(path_of(connection, "/data/billing-subscriptions/1/history"))
    assert answer.status_code == 404


def test_queries_do_not_grow_with_versions(northwind: Tenant, connection: Connection) -> None:
    for number in range(2, 8):
        sent(connection, "subscriptions", day(number), subscription("active", balance_in_cents=number))
    path = path_of(connection, "/data/billing-subscriptions/1/history")
    few, many = (tables_read(northwind.api(), f"{path}?pageSize={size}") for size in (1, 6))
    # The record, its versions, their bodies.
    assert few == many == 3 + 7
