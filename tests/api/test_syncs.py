from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from companies.models import Connection
from config.tenancy import tenant_context
from integrations.models import PullOperation, Sync
from integrations.services.connections import connection_create
from tests.api.conftest import pending, tables_read
from tests.api.reference import assert_schema
from tests.conftest import Tenant


def company_path(connection: Connection, rest: str) -> str:
    return f"/companies/{connection.company_id}{rest}"


def test_refresh_all_is_safe_to_repeat(northwind: Tenant, connection: Connection) -> None:
    for _ in range(2):
        answer = northwind.api().post(company_path(connection, "/data/all"), content_type="application/json")
        assert (answer.status_code, answer.content) == (204, b"")
    with tenant_context(northwind.operator.id):
        assert Sync.objects.count() == 1
        assert Sync.objects.get().requested_by == "API key test"


def test_refresh_all_reads_everything_where_asked(northwind: Tenant, connection: Connection) -> None:
    northwind.api().post(company_path(connection, "/data/all?full=true"), content_type="application/json")
    with tenant_context(northwind.operator.id):
        assert Sync.objects.get().is_full


def test_refresh_all_leaves_unlinked_connections_alone(northwind: Tenant) -> None:
    connection = pending(northwind)
    assert northwind.api().post(company_path(connection, "/data/all")).status_code == 204
    with tenant_context(northwind.operator.id):
        assert not Sync.objects.exists()


def test_refresh_one_type(northwind: Tenant, connection: Connection) -> None:
    client, path = northwind.api(), company_path(connection, "/data/queue/commerce-customers")
    answer = client.post(f"{path}?connectionId={connection.id}")
    assert answer.status_code == 200
    queued = answer.json()
    assert_schema(queued, "Platform", "PullOperation")
    assert (queued["dataType"], queued["status"], queued["progress"]) == ("commerce-customers", "Queued", 0)
    assert client.post(path).json() == queued


def test_refresh_one_type_during_a_sync_waits_for_its_end(northwind: Tenant, connection: Connection) -> None:
    client, path = northwind.api(), company_path(connection, "/data/queue/commerce-customers")
    running = client.post(path).json()
    with tenant_context(northwind.operator.id):
        Sync.objects.update(status="running", attempts=1)
        PullOperation.objects.update(status="Fetching")
    answer = client.post(path)
    assert answer.status_code == 200
    assert_schema(answer.json(), "Platform", "PullOperation")
    assert (answer.json()["status"], answer.json()["id"] != running["id"]) == ("Queued", True)
    assert client.post(path).json() == answer.json()
    other = client.post(company_path(connection, "/data/queue/commerce-orders")).json()
    assert other["dataType"] == "commerce-orders"
    with tenant_context(northwind.operator.id):
        waiting = Sync.objects.get(status="waiting")
        assert set(waiting.operations.values_list("stream", flat=True)) == {"customers", "invoices"}


def test_refresh_one_type_refused(northwind: Tenant, connection: Connection) -> None:
    client = northwind.api()
    path = company_path(connection, "/data/queue/commerce-customers")
    assert client.post(company_path(connection, "/data/queue/bills")).status_code == 400
    assert client.post(f"{path}?connectionId={uuid4()}").status_code == 404
    assert client.post(f"{path}?connectionId=nonsense").status_code == 404
    waiting = pending(northwind, "Other")
    path = company_path(waiting, "/data/queue/commerce-customers")
    assert client.post(path).status_code == 400
    assert client.post(f"{path}?connectionId={waiting.id}").status_code == 409


def test_refresh_one_type_of_every_connection(northwind: Tenant, connection: Connection) -> None:
    with tenant_context(northwind.operator.id):
        other = connection_create(company=connection.company, platform_key="rkgp", actor="test")
        other.status, other.account_id = Connection.Status.LINKED, "4712"
        other.save()
    answer = northwind.api().post(company_path(connection, "/data/queue/commerce-customers"))
    assert answer.json()["connectionId"] == str(connection.id)
    with tenant_context(northwind.operator.id):
        assert {sync.connection_id for sync in Sync.objects.all()} == {connection.id, other.id}


def test_status_and_history(northwind: Tenant, connection: Connection) -> None:
    client = northwind.api()
    assert client.get(company_path(connection, "/dataStatus")).json() == {}
    client.post(company_path(connection, "/data/all"))
    finished = timezone.now()
    with tenant_context(northwind.operator.id):
        done = PullOperation.objects.get(data_type="commerce-customers")
        PullOperation.objects.filter(pk=done.pk).update(status="Complete", finished_at=finished)
        failed = PullOperation.objects.get(data_type="commerce-orders")
        PullOperation.objects.filter(pk=failed.pk).update(status="AuthError", problem="wrong_key")
        half = PullOperation.objects.filter(data_type="billing-subscriptions")
        half.update(status="Fetching", rows_expected=3, rows_read=1, pages=1)
    status = client.get(company_path(connection, "/dataStatus")).json()
    assert_schema(status, "Platform", "DataStatuses")
    assert status["commerce-customers"]["latestSuccessfulSyncId"] == str(done.id)
    assert status["commerce-customers"]["lastSuccessfulSync"] == finished.isoformat().replace("+00:00", "Z")
    assert status["commerce-orders"]["currentStatus"] == "AuthError"
    assert "lastSuccessfulSync" not in status["commerce-orders"]

    path = company_path(connection, "/data/history")
    history = client.get(path).json()
    assert_schema(history, "Platform", "PullOperations")
    rows = {row["dataType"]: row for row in history["results"]}
    assert rows["commerce-customers"]["progress"] == 100
    assert rows["commerce-customers"]["isCompleted"] is True
    assert rows["commerce-orders"]["isErrored"] is True
    assert "refused the API key" in rows["commerce-orders"]["errorMessage"]
    assert rows["billing-subscriptions"]["progress"] == 33
    one = client.get(f"{path}/{done.id}")
    assert one.json() == rows["commerce-customers"]
    assert client.get(f"{path}/{uuid4()}").status_code == client.get(f"{path}/x").status_code == 404
    failures = client.get(
        path, {"query": "status!=Complete&&dataType=commerce-orders", "orderBy": "-requested"}
    )
    assert failures.json()["totalResults"] == 1
    # Company with Link URLs, connections and errors; count, page.
    assert tables_read(client, path) == 5 + 1


def test_the_latest_operation_counts(northwind: Tenant, connection: Connection) -> None:
    client = northwind.api()
    path = company_path(connection, "/data/queue/commerce-customers")
    first = client.post(path).json()["id"]
    with tenant_context(northwind.operator.id):
        Sync.objects.update(status="complete")
        PullOperation.objects.update(status="Complete", finished_at=timezone.now())
        PullOperation.objects.update(requested_at=timezone.now() - timedelta(hours=1))
    second = client.post(path).json()["id"]
    status = client.get(company_path(connection, "/dataStatus")).json()["commerce-customers"]
    assert (status["latestSyncId"], status["latestSuccessfulSyncId"]) == (second, first)
    assert status["currentStatus"] == "Queued"


def test_what_the_account_does_not_have_is_complete_with_a_word(
    northwind: Tenant, connection: Connection
) -> None:
    client = northwind.api()
    client.post(company_path(connection, "/data/queue/billing-statements"))
    with tenant_context(northwind.operator.id):
        PullOperation.objects.update(status="Complete", is_offered=False)
    (row,) = client.get(company_path(connection, "/data/history")).json()["results"]
    assert (row["isCompleted"], row["isErrored"], row["errorMessage"]) == (True, False, None)
    assert "nothing to read" in row["statusDescription"]


def test_a_pause_is_said(northwind: Tenant, connection: Connection) -> None:
    client = northwind.api()
    client.post(company_path(connection, "/data/all"))
    with tenant_context(northwind.operator.id):
        Sync.objects.update(not_before=timezone.now() + timedelta(hours=1))
    row = client.get(company_path(connection, "/data/history")).json()["results"][0]
    assert row["statusDescription"].startswith("Paused until 20")


@pytest.mark.parametrize(
    ("data_type", "streams"),
    [
        ("commerce-payments", {"invoices", "transactions"}),
        ("commerce-transactions", {"invoices", "transactions"}),
        ("commerce-taxComponents", {"invoices"}),
        ("commerce-paymentMethods", {"payment_profiles", "invoices"}),
        (
            "commerce-products",
            {"products", "components", "product_price_points", "component_price_points"},
        ),
    ],
)
def test_what_is_made_of_several_streams_queues_them(
    northwind: Tenant, connection: Connection, data_type: str, streams: set[str]
) -> None:
    client = northwind.api()
    answer = client.post(company_path(connection, f"/data/queue/{data_type}"))
    assert answer.status_code == 200
    with tenant_context(northwind.operator.id):
        assert set(PullOperation.objects.values_list("stream", flat=True)) == streams
    assert client.get(company_path(connection, "/dataStatus")).json()[data_type]["currentStatus"] == "Queued"


def test_what_is_made_of_several_streams_stands_as_the_one_furthest_behind(
    northwind: Tenant, connection: Connection
) -> None:
    client, path = northwind.api(), company_path(connection, "/dataStatus")
    client.post(company_path(connection, "/data/all"))
    with tenant_context(northwind.operator.id):
        PullOperation.objects.update(status="Complete", finished_at=timezone.now())
    whole = client.get(path).json()
    assert_schema(whole, "Platform", "DataStatuses")
    assert {entry["currentStatus"] for entry in whole.values()} == {"Complete"}
    assert {"commerce-payments", "commerce-paymentMethods", "commerce-taxComponents"} <= whole.keys()
    with tenant_context(northwind.operator.id):
        PullOperation.objects.filter(stream="components").update(status="FetchError")
    behind = client.get(path).json()["commerce-products"]
    assert behind["currentStatus"] == "FetchError"
    assert "lastSuccessfulSync" not in behind


def test_a_part_alone_is_not_the_data_type(northwind: Tenant, connection: Connection) -> None:
    client = northwind.api()
    client.post(company_path(connection, "/data/queue/billing-components"))
    assert client.get(company_path(connection, "/dataStatus")).json().keys() == {"billing-components"}
