"""How complete a connection is, over the API."""

from __future__ import annotations

from django.utils import timezone

from companies.models import Connection
from config.tenancy import tenant_context
from integrations.models import StreamProof
from tests.api.conftest import tables_read
from tests.conftest import Tenant


def path_of(connection: Connection) -> str:
    return f"/companies/{connection.company_id}/connections/{connection.id}/completeness"


def prove(tenant: Tenant, connection: Connection, stream: str, **values: object) -> None:
    with tenant_context(tenant.operator.id):
        StreamProof.objects.create(
            connection=connection, stream=stream, checked_at=timezone.now(), stored=7, **values
        )


def test_before_the_first_sync(northwind: Tenant, connection: Connection) -> None:
    answer = northwind.api().get(path_of(connection))
    assert answer.json() == {"completeness": "not_yet", "streams": []}


def test_states_verdict_evidence_and_findings(northwind: Tenant, connection: Connection) -> None:
    found = {"held_deletions": 1200}
    prove(northwind, connection, "customers", verdict="warnings", evidence=["sweep"], findings=found)
    (stream,) = northwind.api().get(path_of(connection)).json()["streams"]
    assert (stream["stream"], stream["verdict"], stream["evidence"]) == ("customers", "warnings", ["sweep"])
    (finding,) = stream["findings"]
    assert (finding["code"], finding["count"]) == ("held_deletions", 1200)
    assert finding["text"].startswith("1,200 are not listed by the vendor any more")
    assert (stream["stored"], stream["total"]) == (7, None)


def test_the_connection_says_it_too(northwind: Tenant, connection: Connection) -> None:
    with tenant_context(northwind.operator.id):
        Connection.objects.update(completeness="gaps")
    path = path_of(connection).removesuffix("/completeness")
    assert northwind.api().get(path).json()["completeness"] == "gaps"


def test_costs_the_same_however_many_streams(northwind: Tenant, connection: Connection) -> None:
    prove(northwind, connection, "a")
    client = northwind.api()
    few = tables_read(client, path_of(connection))
    for stream in "bcdef":
        prove(northwind, connection, stream)
    assert tables_read(client, path_of(connection)) == few


def test_of_another_operator_is_not_found(
    northwind: Tenant, southbank: Tenant, connection: Connection
) -> None:
    assert southbank.api().get(path_of(connection)).status_code == 404
