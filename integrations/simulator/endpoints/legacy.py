"""Transactions, statements and old-style invoices, of a site from before Relationship Invoicing (facts §3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..bodies import legacy as bodies
from ..business.records import LegacyInvoice, Statement, Transaction
from . import finding
from .lists import Condition, Listing, Query, among, equals, max_id, since_id

if TYPE_CHECKING:
    from ..site import Site

CREATED = {"created_at": "created_at"}
MOMENTS = {name: name for name in ("closed_at", "created_at", "opened_at", "settled_at")}


def _settled_since(value: str, now: int) -> Condition | None:
    """A Unix time, inclusive [I]."""
    return ("settled_at >= ?", (int(value),)) if value.isdecimal() else None


TRANSACTIONS = Listing(
    kind=Transaction,
    times=CREATED,
    sorts={"id": "id", "created_at": "created_at"},
    sort="created_at",
    direction="desc",
    filters={"since_id": since_id(inclusive=True), "max_id": max_id, "kinds": among("lower(type)")},
)
# The order without `sort` is not known: ascending by id [I].
STATEMENTS = Listing(kind=Statement, sorts=MOMENTS)
STATEMENT_IDS = Listing(
    kind=Statement, size=10_000, largest=10_000, sorts=MOMENTS, filters={"settled_since": _settled_since}
)
# Newest first, as its successor [I].
INVOICES = Listing(
    kind=LegacyInvoice,
    times=CREATED,
    date_field="created_at",
    direction="desc",
    filters={"status": equals("state"), "subscription_id": equals("subscription_id")},
)


def _criteria(query: Query) -> Query:
    """An id filter beats a date filter and orders by id; a date filter orders by created_at (openapi.legacy.yaml)."""
    kept = {name: query[name] for name in ("page", "per_page", "direction", "kinds") if name in query}
    if query.get("since_id") or query.get("max_id"):
        ids = {name: query[name] for name in ("since_id", "max_id") if name in query}
        return kept | ids | {"sort": "id"}
    since, until = query.get("since_date", ""), query.get("until_date", "")
    if since or until:
        return kept | {
            "date_field": "created_at",
            "start_date": since,
            "end_date": until,
            "sort": "created_at",
        }
    return kept | {"sort": query.get("order_by", "")}


def transactions(site: Site, query: Query) -> Any:
    """Return a page of transactions."""
    return _wrapped(site, site.rows(TRANSACTIONS, _criteria(query)))


def transactions_of(site: Site, query: Query, number: str) -> Any:
    """Return a page of one subscription's transactions; their order cannot be chosen."""
    found = finding.subscription(site, number)
    if found is None:
        return None
    criteria = _criteria({name: value for name, value in query.items() if name != "order_by"})
    return _wrapped(site, site.rows(TRANSACTIONS, criteria, "subscription_id = ?", (found.id,)))


def _wrapped(site: Site, rows: list[Transaction]) -> Any:
    return [{"transaction": bodies.transaction(site, row)} for row in rows]


def transaction(site: Site, query: Query, number: str) -> Any:
    """Return one transaction."""
    found = site.store.get(Transaction, int(number))
    return found and {"transaction": bodies.transaction(site, found)}


def transactions_count(site: Site, query: Query) -> Any:
    """Return how many transactions the site has."""
    return {"count": site.store.count(Transaction)}


def statements(site: Site, query: Query) -> Any:
    """Return a page of statements without their views."""
    return [{"statement": bodies.statement(site, row, views=False)} for row in site.rows(STATEMENTS, query)]


def statements_of(site: Site, query: Query, number: str) -> Any:
    """Return a page of one subscription's statements with their views."""
    found = finding.subscription(site, number)
    if found is None:
        return None
    rows = site.rows(STATEMENTS, query, "subscription_id = ?", (found.id,))
    return [{"statement": bodies.statement(site, row, views=True)} for row in rows]


def statement(site: Site, query: Query, number: str) -> Any:
    """Return one statement with its views."""
    found = site.store.get(Statement, int(number))
    return found and {"statement": bodies.statement(site, found, views=True)}


def statement_ids(site: Site, query: Query) -> Any:
    """Return a page of ids, ten thousand unless asked otherwise."""
    return {"statement_ids": [row.id for row in site.rows(STATEMENT_IDS, query)]}


def statement_ids_of(site: Site, query: Query, number: str) -> Any:
    """Return a page of the ids of one subscription's statements."""
    found = finding.subscription(site, number)
    if found is None:
        return None
    rows = site.rows(STATEMENT_IDS, query, "subscription_id = ?", (found.id,))
    return {"statement_ids": [row.id for row in rows]}


def statements_count(site: Site, query: Query) -> Any:
    """Return how many statements the site has."""
    return {"count": site.store.count(Statement)}


def invoices(site: Site, query: Query) -> Any:
    """Return a page of old-style invoices; dates filter on created_at whatever `date_field` says."""
    rows = site.rows(INVOICES, query | {"date_field": ""})
    return [{"invoice": bodies.invoice(site, row)} for row in rows]


def invoice(site: Site, query: Query, number: str) -> Any:
    """Return one old-style invoice."""
    found = site.store.get(LegacyInvoice, int(number))
    return found and {"invoice": bodies.invoice(site, found)}


ROUTES: dict[str, Callable[..., Any]] = {
    "/transactions.json": transactions,
    "/transactions/count.json": transactions_count,
    "/transactions/{id}.json": transaction,
    "/subscriptions/{id}/transactions.json": transactions_of,
    "/statements.json": statements,
    "/statements/ids.json": statement_ids,
    "/statements/count.json": statements_count,
    "/statements/{id}.json": statement,
    "/subscriptions/{id}/statements.json": statements_of,
    "/subscriptions/{id}/statements/ids.json": statement_ids_of,
    "/invoices.json": invoices,
    "/invoices/{id}.json": invoice,
}
