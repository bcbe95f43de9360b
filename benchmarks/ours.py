"""Ours, measured: `python -m benchmarks.ours IN_FLIGHT [CONNECTION]` syncs the served account and prints how it went.

The engine as a worker runs it: slice after slice, over PostgreSQL under row-level security and the budget in Valkey.
Without a connection it makes one, with an operator and a company of its own; the clock runs for the sync alone.
"""

from __future__ import annotations

import resource
import sys
import time
from uuid import UUID, uuid4

import django
import msgspec

django.setup()

from companies import lookups  # noqa: E402 (Django has to be set up first)
from companies.models import Connection  # noqa: E402
from companies.services.companies import company_create  # noqa: E402
from companies.services.operators import operator_create  # noqa: E402
from config.tenancy import tenant_context  # noqa: E402
from integrations.models import Sync  # noqa: E402
from integrations.services.connections import connection_create  # noqa: E402
from integrations.services.credentials import credential_check_run, credential_submit  # noqa: E402
from integrations.services.switches import integration_set_in_flight, integration_switch  # noqa: E402
from integrations.services.syncs import sync_request  # noqa: E402
from integrations.sync.engine import run_slice  # noqa: E402

STREAMS = ("customers", "subscriptions", "invoices")


def pending() -> Connection:
    """Return a connection that nobody has opened yet, of a new operator."""
    member = operator_create(
        name="Northwind Lending",
        email=f"{uuid4().hex}@example.org",
        password="correct horse battery",
        user_name="Alice",
    )
    with tenant_context(member.operator_id):
        company = company_create(name="Corner Bakery", actor="benchmark")
        integration_switch(platform_key="rkgp", enabled=True, actor="benchmark")
        return connection_create(company=company, platform_key="rkgp", actor="benchmark")


def linked() -> Connection:
    """Return a connection to the served account, of a new operator."""
    connection = pending()
    with tenant_context(connection.operator_id):
        check = credential_submit(
            connection=connection,
            entered={"site": "acme"},
            secret="key-of-the-benchmarks-0123",
            actor="benchmark",
            starts_sync=False,
            queue=False,
        )
    credential_check_run(operator_id=connection.operator_id, check_id=check.id)
    return connection


def read(connection: Connection) -> dict[str, object]:
    """Sync the three streams and return what it came to."""
    with tenant_context(connection.operator_id):
        sync = sync_request(connection=connection, requested_by="benchmark", streams=STREAMS, queue=False)
    started = time.perf_counter()
    attempt = None
    while attempt := run_slice(operator_id=connection.operator_id, sync_id=sync.pk, attempt=attempt):
        pass
    seconds = time.perf_counter() - started
    with tenant_context(connection.operator_id):
        sync.refresh_from_db()
        operations = list(sync.operations.all())
    if sync.status != Sync.Status.COMPLETE:
        raise SystemExit(f"The sync ended as {sync.status}: {sync.problem}")
    return {
        "connection": str(connection.pk),
        "seconds": seconds,
        "objects": sum(operation.rows_read for operation in operations),
        "changed": sum(operation.rows_changed for operation in operations),
        "requests": sync.requests_made,
        "slices": sync.attempts,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def stored(connection_id: UUID) -> Connection:
    """Return a connection that an earlier run made."""
    operator_id = lookups.operator_of_connection(connection_id)
    if operator_id is None:
        raise SystemExit(f"There is no connection {connection_id}.")
    with tenant_context(operator_id):
        return Connection.objects.get(pk=connection_id)


def main(in_flight: str, connection_id: str = "") -> None:
    """Run one sync and print its figures as JSON."""
    connection = stored(UUID(connection_id)) if connection_id else linked()
    with tenant_context(connection.operator_id):
        integration_set_in_flight(platform_key="rkgp", in_flight=int(in_flight), actor="benchmark")
    print(msgspec.json.encode(read(connection)).decode())  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
