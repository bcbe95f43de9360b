"""The Portal's pages of the records: read-only lists, and a page for each record."""

from __future__ import annotations

from billing.admin import catalogue, customers, invoices, subscriptions

__all__ = ["catalogue", "customers", "invoices", "subscriptions"]
