"""What a connection's orders come to in each of some periods, added up by the database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection as database

from billing.metrics.commerce import Sums
from billing.metrics.periods import Period
from config.tenancy import current_operator_id

# inferred: what was never billed, or taken back. Old sites have statuses of their own, of which all count.
_NOT_BILLED = ("draft", "pending", "voided", "canceled")
# Children of consolidated invoices are in their parents already.
_COUNTED = """
    SELECT customer_source_id AS customer, currency, source_created_at AS created, subtotal_minor AS subtotal,
        total_minor - coalesce(refund_minor, 0) AS total, coalesce(refund_minor, 0) AS refunded
    FROM "billing_invoice"
    WHERE operator_id = %(operator)s AND connection_id = %(connection)s AND deleted_at IS NULL
        AND consolidation_level <> 'child' AND status <> ALL (%(not_billed)s) AND source_created_at < %(end)s
"""
_PERIOD = "width_bucket(created, %(starts)s::timestamptz[])"
_ORDERS = f"""
    SELECT {_PERIOD} AS period, currency, count(*), coalesce(sum(subtotal), 0), coalesce(sum(total), 0),
        count(*) FILTER (WHERE refunded > 0), sum(refunded), 0, 0, 0
    FROM ({_COUNTED}) counted
    WHERE created >= %(start)s GROUP BY 1, 2
"""
_CUSTOMERS = f"""
    WITH by_customer AS (
        SELECT {_PERIOD} AS period, customer, count(*) AS orders, sum(total) AS total,
            max(created) AS last, min(min(created)) OVER (PARTITION BY customer) AS first
        FROM ({_COUNTED}) counted
        WHERE customer <> '' AND (currency = %(currency)s OR NOT %(one_currency)s) GROUP BY 1, 2
    )
    SELECT period, %(currency)s::text, sum(orders), 0, coalesce(sum(total), 0), 0, 0, count(*),
        count(*) FILTER (WHERE first < (%(starts)s::timestamptz[])[period]),
        sum(extract(epoch FROM last - first)) / 86400
    FROM by_customer WHERE period > 0 GROUP BY 1
"""


def order_sums(connection_id: UUID, periods: Sequence[Period], currency: str) -> tuple[list[Sums], list[str]]:
    """Return the sums of each period in one currency, and the other currencies that there are orders in."""
    rows = _rows(_ORDERS, connection_id, periods, {})
    return _by_period(rows, periods, currency), sorted({row[1] for row in rows} - {currency})


def customer_sums(
    connection_id: UUID, periods: Sequence[Period], currency: str, *, one_currency: bool
) -> list[Sums]:
    """Return the sums of each period for the customers who are known; with `one_currency` of these orders alone."""
    options = {"currency": currency, "one_currency": one_currency}
    return _by_period(_rows(_CUSTOMERS, connection_id, periods, options), periods, currency)


def _rows(
    query: str, connection_id: UUID, periods: Sequence[Period], options: dict[str, Any]
) -> list[tuple[Any, ...]]:
    parameters: dict[str, Any] = {
        "operator": current_operator_id(),
        "connection": connection_id,
        "not_billed": list(_NOT_BILLED),
        "starts": [period.start for period in periods],
        "start": periods[0].start,
        "end": periods[-1].end,
    }
    with database.cursor() as cursor:
        cursor.execute(query, parameters | options)
        return list(cursor.fetchall())


def _by_period(rows: list[tuple[Any, ...]], periods: Sequence[Period], currency: str) -> list[Sums]:
    found = {row[0]: Sums(*row[2:]) for row in rows if row[1] == currency}
    return [found.get(number, Sums()) for number, _ in enumerate(periods, start=1)]
