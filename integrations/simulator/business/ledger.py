"""The truth about a business, counted from the facts and not from the bodies: what a complete copy must add up to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import accumulate, groupby
from typing import Any, TypeVar

from . import records
from .extras import REASONS
from .mrr import RULES, category
from .records import Invoice, Movement, Record
from .store import Store

R = TypeVar("R", bound=Record)
AT_ONCE = 2_000
NOT_DELETED = "deleted_at IS NULL"
# What a reader finds in each list, and which records of the facts those are.
RESOURCES: dict[str, tuple[type[Record], str]] = {
    "customers": (records.Customer, NOT_DELETED),
    "product_families": (records.ProductFamily, ""),
    "products": (records.Product, ""),
    "product_price_points": (records.PricePoint, ""),
    "components": (records.Component, ""),
    "component_price_points": (records.ComponentPricePoint, ""),
    "coupons": (records.Coupon, ""),
    "payment_profiles": (records.PaymentProfile, NOT_DELETED),
    "subscriptions": (records.Subscription, NOT_DELETED),
    "subscription_components": (records.SubscriptionComponent, ""),
    "allocations": (records.Allocation, ""),
    "usages": (records.Usage, ""),
    "subscription_groups": (records.Group, NOT_DELETED),
    "notes": (records.Note, ""),
    "customer_metadata": (records.Metadatum, f"resource = 'customers' AND {NOT_DELETED}"),
    "subscription_metadata": (records.Metadatum, f"resource = 'subscriptions' AND {NOT_DELETED}"),
    "events": (records.Event, ""),
}
INVOICING: dict[str, tuple[type[Record], str]] = {
    "invoices": (records.Invoice, ""),
    "invoice_events": (records.InvoiceEvent, "kind <> 'change_invoice_status'"),
    "invoice_status_changes": (records.InvoiceEvent, "kind = 'change_invoice_status'"),
    "credit_notes": (records.CreditNote, ""),
    "proforma_invoices": (records.Proforma, ""),
    "prepayments": (records.Prepayment, ""),
}
STATEMENTS: dict[str, tuple[type[Record], str]] = {
    "invoices": (records.LegacyInvoice, ""),
    "statements": (records.Statement, ""),
    "transactions": (records.Transaction, ""),
}
CATEGORIES = ("new", "reactivation", "expansion", "contraction", "churn")


def ledger(store: Store, *, legacy: bool) -> dict[str, Any]:
    """Return rows per resource, sums of invoices and MRR per month, by currency, in integer cents.

    The sums count a consolidated invoice once, as the parent, and leave its children out.
    """
    resources = RESOURCES | (STATEMENTS if legacy else INVOICING)
    rows = {name: store.count(kind, where) for name, (kind, where) in resources.items()}
    rows["reason_codes"] = len(REASONS)
    sums: dict[str, Any] = {}
    if not legacy:
        parts, sums = _invoices(store)
        rows |= parts
    return {"rows": rows, "sums": sums, "mrr": {"rules": RULES, "months": months(store)}}


def _invoices(store: Store) -> tuple[dict[str, int], dict[str, dict[str, int]]]:
    rows = Counter[str](invoice_lines=0, discounts=0, taxes=0, payments=0, refunds=0, credits=0)
    sums: dict[str, Counter[str]] = {}
    for invoice in each(store, Invoice):
        rows.update(_details(invoice))
        if invoice.level != "child":
            sums.setdefault(invoice.currency, Counter()).update(_amounts(invoice))
    return dict(rows), {currency: dict(sums[currency]) for currency in sorted(sums)}


def _details(invoice: Invoice) -> dict[str, int]:
    kinds = Counter(entry.kind for entry in invoice.entries)
    return {
        "invoice_lines": len(invoice.lines),
        "discounts": int(invoice.discount > 0),
        "taxes": int(invoice.tax > 0),
        "payments": kinds["payment"],
        "refunds": kinds["refund"],
        "credits": kinds["credit"],
    }


def _amounts(invoice: Invoice) -> dict[str, int]:
    return {
        "total": invoice.total,
        "paid": invoice.paid,
        "due": invoice.due,
        "refunded": invoice.sum("refund"),
        "credited": invoice.sum("credit"),
        "discount": invoice.discount,
        "tax": invoice.tax,
    }


def months(store: Store, customer_id: int | None = None) -> list[dict[str, Any]]:
    """Return opening + movements = closing for each currency and month, of one customer or of all.

    A month without movements between the first and the last is a row too.
    """
    where, values = ("customer_id = ?", (customer_id,)) if customer_id is not None else ("", ())
    by_month: dict[tuple[str, int], Counter[str]] = {}
    for currency, month, name, amount in _moves(each(store, Movement, where, values)):
        by_month.setdefault((currency, month), Counter())[name] += amount
    found = []
    for currency, group in groupby(sorted(by_month), key=lambda key: key[0]):
        present = [month for _, month in group]
        every = range(present[0], present[-1] + 1)
        changes = [by_month.get((currency, month), Counter[str]()) for month in every]
        closings = list(accumulate(sum(change.values()) for change in changes))
        found += [
            _month(currency, month, change, closing)
            for month, change, closing in zip(every, changes, closings, strict=True)
        ]
    return found


def _moves(movements: Iterable[Movement]) -> Iterator[tuple[str, int, str, int]]:
    """Add up what happened to a customer in one second, and name it; yields currency, month, name, cents."""
    standing: dict[tuple[int, str], int] = {}
    open_: dict[tuple[int, str], Movement] = {}
    for movement in movements:
        key = movement.customer_id, movement.currency
        last = open_.get(key)
        if last is not None and last.created_at == movement.created_at:
            last.amount += movement.amount
            continue
        if last is not None:
            yield from _named(last, standing)
        open_[key] = movement
    for last in open_.values():
        yield from _named(last, standing)


def _named(movement: Movement, standing: dict[tuple[int, str], int]) -> Iterator[tuple[str, int, str, int]]:
    key = movement.customer_id, movement.currency
    before = standing.get(key)
    if movement.amount:
        standing[key] = (before or 0) + movement.amount
        yield movement.currency, movement.month, category(before, movement.amount), movement.amount


def _month(currency: str, month: int, change: Counter[str], closing: int) -> dict[str, Any]:
    year, index = divmod(month, 12)
    return {
        "currency": currency,
        "month": f"{year}-{index + 1:02d}",
        "opening": closing - sum(change.values()),
        **{name: change[name] for name in CATEGORIES},
        "closing": closing,
    }


def each(store: Store, kind: type[R], where: str = "", values: tuple[Any, ...] = ()) -> Iterator[R]:
    """Read all records of a kind, some at a time."""
    keys = store.keys(kind, where, values)
    for start in range(0, len(keys), AT_ONCE):
        yield from store.many(kind, keys[start : start + AT_ONCE])
