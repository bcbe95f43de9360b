"""The Portal's pages of the records: read-only lists, and a page for each record."""

from __future__ import annotations

from billing.admin import (
    activity,
    catalogue,
    credit_notes,
    customers,
    figures,
    invoices,
    metadata,
    prices,
    statements,
    subscription_parts,
    subscriptions,
)

__all__ = [
    "activity",
    "catalogue",
    "credit_notes",
    "customers",
    "figures",
    "invoices",
    "metadata",
    "prices",
    "statements",
    "subscription_parts",
    "subscriptions",
]
