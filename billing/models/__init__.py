"""The standard records, and the bodies and history behind them."""

from __future__ import annotations

from billing.models.base import BodyChunk, Record, RecordVersion
from billing.models.catalogue import Product, ProductFamily, Site
from billing.models.customers import Customer
from billing.models.invoices import AppliedCredit, Discount, Invoice, InvoiceLine, Payment, Refund, Tax
from billing.models.subscriptions import Subscription

__all__ = [
    "AppliedCredit",
    "BodyChunk",
    "Customer",
    "Discount",
    "Invoice",
    "InvoiceLine",
    "Payment",
    "Product",
    "ProductFamily",
    "Record",
    "RecordVersion",
    "Refund",
    "Site",
    "Subscription",
    "Tax",
]
