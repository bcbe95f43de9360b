"""The facts, kept in a file: a hundred thousand customers must fit into 200 MB of memory.

A record is one MessagePack value beside the few columns that lists filter and sort by. The columns stand in a
narrow table of their own, so that ordering a million rows never reads their facts.
"""

from __future__ import annotations

import sqlite3
import threading
from array import array
from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from typing import Any, Final, TypeVar

import msgspec

from . import records
from .records import Record

R = TypeVar("R", bound=Record)
DATES = ("created_at", "updated_at")
COLUMNS: Final[dict[type[Record], tuple[str, ...]]] = {
    records.ProductFamily: DATES,
    records.Product: (*DATES, "family_id", "archived_at"),
    records.PricePoint: (*DATES, "product_id", "kind", "archived_at"),
    records.Component: (*DATES, "family_id", "archived_at"),
    records.ComponentPricePoint: (*DATES, "component_id", "kind", "archived_at"),
    records.Coupon: (*DATES, "family_id", "archived_at"),
    records.Customer: (*DATES, "parent_id", "reference", "email", "words", "deleted_at"),
    records.PaymentProfile: (*DATES, "customer_id", "last_month", "deleted_at"),
    records.Subscription: (
        *DATES, "customer_id", "product_id", "state", "group_id", "period_started_at", "period_ends_at",
        "expires_at", "activated_at", "canceled_at", "trial_started_at", "trial_ended_at", "delayed_cancel_at",
        "payment_profile_id", "coupon_id", "revenue", "balance", "next_at", "deleted_at",
    ),
    records.SubscriptionComponent: (*DATES, "subscription_id", "component_id"),
    records.Allocation: (*DATES, "subscription_id", "component_id"),
    records.Usage: (*DATES, "subscription_id", "component_id"),
    records.Prepayment: (*DATES, "subscription_id", "group_id"),
    records.Group: (*DATES, "uid", "customer_id", "deleted_at"),
    records.Invoice: (
        *DATES, "uid", "subscription_id", "customer_id", "status", "level", "parent_id", "group_id", "issued_on",
        "due_on", "paid_on", "total", "due", "currency", "coupon_id", "discount", "revenue", "product_ids",
    ),
    records.Proforma: (*DATES, "uid", "subscription_id", "group_id", "due_on", "status"),
    records.InvoiceEvent: (*DATES, "kind", "invoice_id", "note_id"),
    records.CreditNote: (*DATES, "uid", "subscription_id", "customer_id"),
    records.Event: (*DATES, "key", "subscription_id", "customer_id"),
    records.Movement: (*DATES, "customer_id", "subscription_id", "currency", "month"),
    records.Metadatum: (*DATES, "resource", "resource_id", "field_id", "name", "value", "deleted_at"),
    records.Note: (*DATES, "subscription_id"),
    records.Transaction: (*DATES, "type", "kind", "subscription_id", "statement_id"),
    records.Statement: (*DATES, "subscription_id", "opened_at", "closed_at", "settled_at"),
    records.LegacyInvoice: (*DATES, "number", "subscription_id", "customer_id", "state"),
}  # fmt: skip
# Columns that one record is looked up by, apart from lists.
LOOKED_UP = {
    "uid", "reference", "resource_id", "subscription_id", "customer_id", "next_at", "parent_id", "statement_id",
    "invoice_id",
}  # fmt: skip
CACHE_KB = 24_000
BATCH = 500  # records read at once
PENDING = 2_000  # records of a kind in memory until they are written


def index(kind: type[Record]) -> str:
    """Return the name of the table with a kind's columns, for conditions that look into another kind."""
    return f"{kind.__name__}_index"


class Store:
    """Every record of a site; one lock, any thread.

    What is put is seen at once by every reader; it reaches the file in batches.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        # An empty name: a private file that SQLite deletes when it is closed.
        self._db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode = OFF", "synchronous = OFF", f"cache_size = -{CACHE_KB}"):
            self._db.execute(f"PRAGMA {pragma}")
        self._tables = {kind: _Table(self._db, kind, columns) for kind, columns in COLUMNS.items()}

    @property
    def kinds(self) -> list[type[Record]]:
        """Return the kinds of record that it keeps."""
        return list(self._tables)

    def put(self, record: Record) -> None:
        """Keep a new record, or a changed one in the place of the old."""
        with self.lock:
            self._tables[type(record)].put(record)

    def get(self, kind: type[R], key: int | None) -> R | None:
        """Return one record, or none."""
        with self.lock:
            return None if key is None else self._tables[kind].get(key)

    def require(self, kind: type[R], key: int | None) -> R:
        """Return a record that must exist."""
        if (found := self.get(kind, key)) is None:
            raise KeyError(f"no {kind.__name__} {key}")
        return found

    def many(self, kind: type[R], keys: Sequence[int]) -> list[R]:
        """Return records in the order of their keys; missing ones are left out."""
        with self.lock:
            return self._tables[kind].many(keys)

    def keys(
        self, kind: type[Record], where: str = "", values: Sequence[Any] = (), order: str = "id"
    ) -> array[int]:
        """Return the ids that match a condition on the columns, in an order."""
        with self.lock:
            return self._asked(kind, where).keys(where, values, order)

    def find(self, kind: type[R], order: str = "id", **columns: Any) -> list[R]:
        """Return the records whose columns have these values."""
        where = " AND ".join(f"{name} = ?" for name in columns)
        with self.lock:
            return self.many(kind, self.keys(kind, where, tuple(columns.values()), order))

    def one(self, kind: type[R], **columns: Any) -> R | None:
        """Return the first record whose columns have these values, or none."""
        found = self.find(kind, **columns)
        return found[0] if found else None

    def count(self, kind: type[Record], where: str = "", values: Sequence[Any] = ()) -> int:
        """Return how many records match a condition on the columns."""
        with self.lock:
            return self._asked(kind, where).figure("COUNT(*)", where, values)

    def sum(self, kind: type[Record], column: str, where: str = "", values: Sequence[Any] = ()) -> int:
        """Return what the values of a column add up to."""
        with self.lock:
            return self._asked(kind, where).figure(f"COALESCE(SUM({column}), 0)", where, values)

    def _asked(self, kind: type[Record], where: str) -> _Table:
        """A condition that looks into another kind must find what is pending there, too."""
        if "SELECT" in where:
            self.flush()
        return self._tables[kind]

    def flush(self) -> None:
        """Write what is pending to the file."""
        with self.lock:
            for table in self._tables.values():
                table.flush()

    def close(self) -> None:
        """Give the file back."""
        with self.lock:
            self._db.close()


class _Table:
    """One kind of record: what is pending in memory, columns and facts in the file."""

    def __init__(self, db: sqlite3.Connection, kind: type[Record], columns: tuple[str, ...]) -> None:
        self.pending: dict[int, Record] = {}
        self._db, self._index, self._facts = db, index(kind), f"{kind.__name__}_facts"
        self._columns: Callable[[Record], tuple[Any, ...]] = attrgetter("id", *columns)
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode: Callable[[bytes], Any] = msgspec.msgpack.Decoder(kind).decode
        self._create(columns)

    def _create(self, columns: tuple[str, ...]) -> None:
        self._db.execute(f"CREATE TABLE {self._index} (id INTEGER PRIMARY KEY, {', '.join(columns)})")
        self._db.execute(f"CREATE TABLE {self._facts} (id INTEGER PRIMARY KEY, fact BLOB)")
        for name in LOOKED_UP.intersection(columns):
            condition = f"WHERE {name} IS NOT NULL"
            self._db.execute(f"CREATE INDEX {self._index}_{name} ON {self._index} ({name}) {condition}")
        marks = ", ".join("?" * (len(columns) + 1))
        self._insert = f"INSERT OR REPLACE INTO {self._index} VALUES ({marks})"

    def put(self, record: Record) -> None:
        self.pending[record.id] = record
        if len(self.pending) > PENDING:
            self.flush()

    def get(self, key: int) -> Any:
        if (found := self.pending.get(key)) is not None:
            return found
        row = self._db.execute(f"SELECT fact FROM {self._facts} WHERE id = ?", (key,)).fetchone()
        return None if row is None else self._decode(row[0])

    def many(self, keys: Sequence[int]) -> list[Any]:
        found = {key: self.pending[key] for key in keys if key in self.pending}
        stored = [key for key in keys if key not in found]
        for start in range(0, len(stored), BATCH):
            found.update(self._read(stored[start : start + BATCH]))
        return [found[key] for key in keys if key in found]

    def _read(self, keys: Sequence[int]) -> Iterator[tuple[int, Any]]:
        marks = ", ".join("?" * len(keys))
        rows = self._db.execute(f"SELECT id, fact FROM {self._facts} WHERE id IN ({marks})", keys)
        return ((key, self._decode(fact)) for key, fact in rows)

    def keys(self, where: str, values: Sequence[Any], order: str) -> array[int]:
        self.flush()
        condition = f"WHERE {where}" if where else ""
        rows = self._db.execute(f"SELECT id FROM {self._index} {condition} ORDER BY {order}", values)
        return array("q", (row[0] for row in rows))

    def figure(self, what: str, where: str, values: Sequence[Any]) -> int:
        self.flush()
        condition = f"WHERE {where}" if where else ""
        found: int = self._db.execute(f"SELECT {what} FROM {self._index} {condition}", values).fetchone()[0]
        return found

    def flush(self) -> None:
        if not self.pending:
            return
        changed = self.pending.values()
        self._db.execute("BEGIN")
        self._db.executemany(self._insert, map(self._columns, changed))
        facts = ((record.id, self._encode(record)) for record in changed)
        self._db.executemany(f"INSERT OR REPLACE INTO {self._facts} VALUES (?, ?)", facts)
        self._db.execute("COMMIT")
        self.pending.clear()
