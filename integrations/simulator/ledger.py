"""Counts and sums of what a site holds, taken from the facts and not from the bodies."""

from __future__ import annotations

from collections import Counter
from typing import Any

from .business import Business
from .money import lines
from .records import Invoice


def ledger(business: Business) -> dict[str, Any]:
    """Return the rows of each resource and, per currency, the sums of invoices in integer cents."""
    rows = Counter[str](invoice_lines=0, discounts=0, taxes=0, payments=0, refunds=0, credits=0)
    sums: dict[str, Counter[str]] = {}
    for invoice in business.invoices.values():
        rows.update(_details(invoice))
        sums.setdefault(invoice.subscription.currency, Counter()).update(_amounts(invoice))
    return {"rows": _resources(business) | dict(rows), "sums": {key: dict(sums[key]) for key in sorted(sums)}}


def _resources(business: Business) -> dict[str, int]:
    return {
        "customers": len(business.customers),
        "product_families": len(business.families),
        "products": len(business.products),
        "subscriptions": len(business.subscriptions),
        "invoices": len(business.invoices),
    }


def _details(invoice: Invoice) -> dict[str, int]:
    return {
        "invoice_lines": len(lines(invoice)),
        "discounts": int(invoice.discount > 0),
        "taxes": int(invoice.tax > 0),
        "payments": int(invoice.paid > 0),
        "refunds": int(invoice.refunded > 0),
        "credits": int(invoice.credit > 0),
    }


def _amounts(invoice: Invoice) -> dict[str, int]:
    return {
        "total": invoice.total,
        "paid": invoice.paid,
        "due": invoice.due,
        "refunded": invoice.refunded,
        "credited": invoice.credit,
        "discount": invoice.discount,
        "tax": invoice.tax,
    }
