"""The floor, measured: `python -m benchmarks.floor IN_FLIGHT` reads the served account with nothing but what it takes.

Its shape was settled before ours was written: pages of 200 fetched ahead over so many connections, parsed as plain
values by msgspec (as fast as orjson), COPY into a temporary table and a merge for each page. Typed columns and a key;
no raw bodies, lines, hashes, history, other index or row-level security, no place to go on from after a crash.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import psycopg
import urllib3

PAGE = 200
_SPECIAL = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})

CUSTOMER = (
    "id bigint primary key, first_name text, last_name text, organization text, email text, phone text,"
    " reference text, address text, address_2 text, city text, state text, zip text, country text,"
    " tax_exempt boolean, parent_id bigint, created_at timestamptz, updated_at timestamptz"
)
SUBSCRIPTION = (
    "id bigint primary key, reference text, product_price_point_id bigint, currency text,"
    " product_price_in_cents bigint, payment_collection_method text, payment_type text, state text,"
    " previous_state text, balance_in_cents bigint, total_revenue_in_cents bigint, cancel_at_end_of_period boolean,"
    " cancellation_method text, cancellation_message text, activated_at timestamptz, trial_started_at timestamptz,"
    " trial_ended_at timestamptz, current_period_started_at timestamptz, current_period_ends_at timestamptz,"
    " next_assessment_at timestamptz, canceled_at timestamptz, delayed_cancel_at timestamptz,"
    " on_hold_at timestamptz, expires_at timestamptz, created_at timestamptz, updated_at timestamptz"
)
INVOICE = (
    "uid text primary key, number text, status text, role text, customer_id bigint, subscription_id bigint,"
    " product_name text, issue_date date, due_date date, paid_date date, collection_method text,"
    " consolidation_level text, parent_invoice_uid text, currency text, subtotal_amount numeric,"
    " discount_amount numeric, tax_amount numeric, total_amount numeric, credit_amount numeric,"
    " paid_amount numeric, refund_amount numeric, due_amount numeric, created_at timestamptz,"
    " updated_at timestamptz"
)
LISTS = (
    ("customers", CUSTOMER, "direction=asc", lambda answer: [entry["customer"] for entry in answer]),
    ("subscriptions", SUBSCRIPTION, "direction=asc", lambda answer: [e["subscription"] for e in answer]),
    ("invoices", INVOICE, "direction=asc&line_items=true", lambda answer: answer["invoices"]),
)


def fetched(http: urllib3.PoolManager, address: str, in_flight: int) -> Iterator[bytes]:
    """Yield the pages of a list in order, so many requests being under way; the caller stops."""

    def fetch(number: int) -> bytes:
        return http.request("GET", f"{address}&per_page={PAGE}&page={number}").data

    with ThreadPoolExecutor(in_flight) as pool:
        coming = deque(pool.submit(fetch, number) for number in range(1, in_flight + 1))
        number = in_flight
        try:
            while True:
                page = coming.popleft().result()
                number += 1
                coming.append(pool.submit(fetch, number))
                yield page
        finally:
            pool.shutdown(cancel_futures=True)


def text(value: Any) -> str:
    """Return a value as COPY wants it."""
    if value is None:
        return "\\N"
    return value.translate(_SPECIAL) if isinstance(value, str) else str(value)


class Target:
    """A table that pages are merged into."""

    def __init__(self, database: psycopg.Connection, name: str, definition: str) -> None:
        self._database = database
        self.columns = [column.split()[0] for column in definition.split(", ")]
        self._stage = f"stage_{name}"
        database.execute(f"CREATE TABLE IF NOT EXISTS floor_{name} ({definition})")
        database.execute(
            f"CREATE TEMP TABLE {self._stage} ON COMMIT DELETE ROWS AS TABLE floor_{name} WITH NO DATA"
        )
        changes = ", ".join(f"{column} = EXCLUDED.{column}" for column in self.columns[1:])
        self._merge = (
            f"INSERT INTO floor_{name} SELECT * FROM {self._stage}"
            f" ON CONFLICT ({self.columns[0]}) DO UPDATE SET {changes}"
        )
        database.commit()

    def write(self, rows: list[dict[str, Any]]) -> None:
        """Merge the rows of a page and commit."""
        lines = ["\t".join([text(row[column]) for column in self.columns]) for row in rows]
        with self._database.cursor() as cursor:
            with cursor.copy(f"COPY {self._stage} FROM STDIN") as copy:
                copy.write("\n".join(lines) + "\n")
            cursor.execute(self._merge)
        self._database.commit()


def read(database: psycopg.Connection, in_flight: int) -> int:
    """Read the three lists and return how many objects they hold."""
    http = urllib3.PoolManager(maxsize=in_flight, headers=urllib3.make_headers(basic_auth="key:x"))
    parse: Callable[[bytes], Any] = msgspec.json.Decoder().decode
    objects = 0
    for name, definition, query, unwrap in LISTS:
        target = Target(database, name, definition)
        for page in fetched(http, f"{os.environ['CHARGIFY_US_URL']}/{name}.json?{query}", in_flight):
            rows = unwrap(parse(page))
            if not rows:
                break
            target.write(rows)
            objects += len(rows)
    return objects


def fetch_and_parse(in_flight: int) -> int:
    """Fetch and parse alone: how fast the vendor's side is."""
    http = urllib3.PoolManager(maxsize=in_flight)
    objects = 0
    for name, _, query, unwrap in LISTS:
        for page in fetched(http, f"{os.environ['CHARGIFY_US_URL']}/{name}.json?{query}", in_flight):
            rows = unwrap(msgspec.json.decode(page))
            if not rows:
                break
            objects += len(rows)
    return objects


def main(in_flight: str, only: str = "") -> None:
    """Read once and print the figures as JSON."""
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as database:
        for name, *_ in LISTS:
            database.execute(f"DROP TABLE IF EXISTS floor_{name}")
        database.commit()
        started = time.perf_counter()
        objects = fetch_and_parse(int(in_flight)) if only == "fetch" else read(database, int(in_flight))
        seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(msgspec.json.encode({"seconds": seconds, "objects": objects, "peak_mb": peak}).decode())  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
