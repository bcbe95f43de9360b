"""The standard records, and the bodies and history behind them."""

from __future__ import annotations

from billing.models.activity import Event, InvoiceEvent
from billing.models.base import BodyChunk, Record, RecordVersion
from billing.models.catalogue import Product, ProductFamily, Site
from billing.models.credit_notes import CreditNote, CreditNoteLine
from billing.models.customers import Customer, PaymentProfile
from billing.models.figures import SiteMrr, SiteStatistics
from billing.models.invoices import AppliedCredit, Discount, Invoice, InvoiceLine, Payment, Refund, Tax
from billing.models.metadata import CustomerMetadatum, SubscriptionMetadatum
from billing.models.prices import Component, ComponentPricePoint, Coupon, CouponCode, PricePoint
from billing.models.statements import Statement, Transaction
from billing.models.subscriptions import (
    ReasonCode,
    Subscription,
    SubscriptionComponent,
    SubscriptionGroup,
)

__all__ = [
    "AppliedCredit",
    "BodyChunk",
    "Component",
    "ComponentPricePoint",
    "Coupon",
    "CouponCode",
    "CreditNote",
    "CreditNoteLine",
    "Customer",
    "CustomerMetadatum",
    "Discount",
    "Event",
    "Invoice",
    "InvoiceEvent",
    "InvoiceLine",
    "Payment",
    "PaymentProfile",
    "PricePoint",
    "Product",
    "ProductFamily",
    "ReasonCode",
    "Record",
    "RecordVersion",
    "Refund",
    "Site",
    "SiteMrr",
    "SiteStatistics",
    "Statement",
    "Subscription",
    "SubscriptionComponent",
    "SubscriptionGroup",
    "SubscriptionMetadatum",
    "Tax",
    "Transaction",
]
