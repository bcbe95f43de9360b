"""As-of reads through the whole program: what a list said once is what it says of that time ever after."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from billing.api.data_types import DATA_TYPES
from billing.models import BodyChunk, RecordVersion
from billing.reading import BodyUnreadable, reader_of
from companies.models import Connection
from config.tenancy import tenant_context
from integrations.simulator import Simulator
from tests.conftest import Tenant
from tests.integrations.sync.test_engine import run

# Parts have no history of their own: in a former version they carry the version and the times of what they stand on.
OF_THE_WHOLE = ("version", "firstSeenAt", "changedAt")
PARTS = {type_.name: list(type_.parts) for type_ in DATA_TYPES}


def listed(tenant: Tenant, connection: Connection, name: str, **parameters: str) -> dict[str, Any]:
    """Return every row of a list by its id, page by page."""
    path: str | None = f"/companies/{connection.company_id}/connections/{connection.pk}/data/{name}"
    rows: list[Any] = []
    while path:
        answer = tenant.api().get(path, parameters)
        assert answer.status_code == 200, answer.content
        page = json.loads(answer.content, parse_float=Decimal, parse_int=Decimal)
        assert not page.get("unavailable")
        rows += page["results"]
        path, parameters = page["_links"].get("next", {}).get("href"), {}
    return {row["id"]: comparable(name, row) for row in rows}


def comparable(name: str, row: dict[str, Any]) -> dict[str, Any]:
    for part in PARTS[name]:
        row[part] = [{key: part[key] for key in part.keys() - {*OF_THE_WHOLE}} for part in row[part]]
        row[part].sort(key=lambda one: one["id"])
    return row


def test_every_list_says_of_a_time_what_it_said_then(
    northwind: Tenant, linked: Connection, acme: Any
) -> None:
    run(linked)
    moment = timezone.now()
    then = {type_.name: listed(northwind, linked, type_.name, pageSize="5000") for type_ in DATA_TYPES}
    acme.advance(45 * 86_400)
    for resource in ("customers", "products", "components", "coupons"):
        acme.update(resource, 3)
    run(linked, is_full=True)
    with tenant_context(northwind.operator.id):
        changed = set(RecordVersion.objects.values_list("table", flat=True))
    assert {"customer", "subscription", "invoice", "product", "component", "coupon"} <= changed
    differing = set()
    for name, rows in then.items():
        known = listed(northwind, linked, name, asOf=moment.isoformat().replace("+00:00", "Z"), pageSize="50")
        assert known == rows, name
        if listed(northwind, linked, name, pageSize="5000") != rows:
            differing.add(name)
    assert {"billing-invoices", "billing-subscriptions", "billing-customers"} <= differing


def test_a_body_that_nothing_reads_any_more_says_so(linked: Connection) -> None:
    with tenant_context(linked.operator_id):
        read = reader_of(linked)
        with pytest.raises(BodyUnreadable, match="nothing reads a_stream_of_old any more"):
            read("a_stream_of_old", b"{}")
        with pytest.raises(BodyUnreadable, match="no id"):
            read("customers", b"{}")


def test_no_body_of_a_sync_has_a_token(linked: Connection, simulator: Simulator) -> None:
    run(linked)
    with tenant_context(linked.operator_id):
        bodies = [
            raw for chunk in BodyChunk.objects.all() for raw in chunk.bodies(range(chunk.count)).values()
        ]
    cards = [json.loads(raw) for raw in bodies if b'"vault_token"' in raw]
    assert len(cards) > 50
    tokens = [body.get("credit_card", body.get("bank_account", body))["vault_token"] for body in cards]
    assert set(tokens) == {None}
