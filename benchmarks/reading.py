"""What the reads are measured on: a connection with customers, its API in this process, and its database as the app."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import psycopg
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks.ours import pending  # sets Django up, which what follows needs
from companies.models import Connection
from companies.services.api_keys import api_key_create
from config.tenancy import tenant_context

# As a sync writes them: some hundred rows share a version.
_FILL = """
    INSERT INTO billing_customer (operator_id, connection_id, source_id, name, organization, email, phone, reference,
        address_line1, address_line2, city, region, postal_code, country, parent_source_id, body_index, content_hash,
        source_created_at, source_updated_at, first_seen_at, changed_at, version)
    SELECT %(operator)s, %(connection)s, 'c' || n, 'Customer ' || n, '', 'customer' || n || '@example.org', '', '',
        'Street ' || n, '', 'Riga', '', 'LV-1010', 'LV', '', 0, '\\x00', now() - n * interval '1 minute', now(),
        now(), now(), 1 + n / 700
    FROM generate_series(1, %(rows)s) AS n
"""


class Reader:
    """An operator's software that reads a connection's customers."""

    def __init__(self, rows: int) -> None:
        connection, key = _connection()
        with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as owner:
            owner.execute("TRUNCATE billing_customer")
            names = {"operator": connection.operator_id, "connection": connection.pk, "rows": rows}
            owner.execute(_FILL, names)
            owner.execute(f"UPDATE companies_connection SET data_version = 1 + {rows} / 700".encode())
        with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
            owner.execute("VACUUM ANALYZE billing_customer")
        self.connection = connection
        self._path = f"/companies/{connection.company_id}/connections/{connection.pk}/data/billing-customers"
        self._client = Client(headers={"Authorization": f"Bearer {key}"}, SERVER_NAME="127.0.0.1")
        self._app = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
        self._app.execute("SELECT set_config('app.operator_id', %s, false)", [str(connection.operator_id)])

    def get(self, query: str) -> Any:
        """Return an answer of the API."""
        answer = self._client.get(f"{self._path}?{query}")
        if answer.status_code != 200:
            raise SystemExit(answer.content.decode())
        return answer

    def statement(self, query: str) -> str:
        """Return the statement with which the API reads a page whose list was asked for before."""
        self.get(query)
        with CaptureQueriesContext(database) as captured:
            self.get(query)
        return str([one["sql"] for one in captured if 'FROM "billing_customer"' in one["sql"]][-1])

    def seconds(self, statement: str) -> float:
        """Return how long the database takes for a statement, with its plan."""
        return float(self._explained(statement)["Execution Time"]) / 1000

    def buffers(self, statement: str) -> int:
        """Return how many buffers a statement touches."""
        plan = self._explained(statement)["Plan"]
        return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])

    def ids(self, statement: str) -> list[str]:
        """Return the ids of the rows that a statement gives."""
        cursor = self._app.execute(statement.encode())
        column = [described.name for described in cursor.description or ()].index("source_id")
        return [row[column] for row in cursor.fetchall()]

    def _explained(self, statement: str) -> dict[str, Any]:
        found = self._app.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}".encode()).fetchone()
        explained = found[0] if found else []
        plans = json.loads(explained) if isinstance(explained, str) else explained
        return dict(plans[0])


def reads(reader: Reader, *, depth: int, size: int) -> Iterator[tuple[str, str, str]]:
    """Yield what is read: its name, the API's query, and the best statement for the same rows."""
    whose = f"connection_id = '{reader.connection.pk}' AND deleted_at IS NULL"
    order = f"ORDER BY version DESC, id LIMIT {size}"
    everything = "SELECT * FROM billing_customer WHERE"
    yield "The first page", f"pageSize={size}", f"{everything} {whose} {order}"
    version, row = _row_before(reader, whose, depth)
    behind = f"version <= {version} AND (version < {version} OR id > {row})"
    page = f"page={depth // size + 1}&pageSize={size}"
    yield f"A page {depth:,} rows deep", page, f"{everything} {whose} AND {behind} {order}"
    yield "One by its id", "query=id%3Dc4711", f"{everything} {whose} AND source_id = 'c4711'"


def _row_before(reader: Reader, whose: str, depth: int) -> tuple[int, int]:
    query = f"SELECT version, id FROM billing_customer WHERE {whose} ORDER BY version DESC, id"
    found = reader._app.execute(f"{query} OFFSET {depth - 1} LIMIT 1".encode()).fetchone()
    if found is None:
        raise SystemExit("There are too few rows.")
    return found[0], found[1]


def _connection() -> tuple[Connection, str]:
    connection = pending()
    with tenant_context(connection.operator_id):
        Connection.objects.filter(pk=connection.pk).update(sync_state=Connection.SyncState.COMPLETE)
        _, key = api_key_create(name="benchmark", actor="benchmark")
    return connection, key
