"""The books of a site from before invoices of today's kind: statements, and the transactions that stand on them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from billing.models.base import Record, currency_code, minor_units, source_reference


class Statement(Record):
    """What was billed to a subscription and paid within a period."""

    subscription_source_id = source_reference()
    customer_name = models.CharField("customer", max_length=400, blank=True)
    customer_organization = models.CharField("organization", max_length=400, blank=True)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    memo = models.TextField(blank=True)
    currency = currency_code()
    starting_balance_minor = minor_units("starting balance")
    ending_balance_minor = minor_units("ending balance")
    total_minor = minor_units("total")

    class Meta(Record.Meta):
        indexes: ClassVar = [
            *Record.Meta.indexes,
            models.Index(fields=["connection", "subscription_source_id"], name="statement_subscription"),
        ]


class Transaction(Record):
    """A charge, payment, refund, credit or adjustment, and the balance before and after it."""

    type = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=60, blank=True)
    success = models.BooleanField("succeeded", null=True)
    memo = models.TextField(blank=True)
    item_name = models.TextField("item", blank=True)
    period_start = models.DateField(null=True)
    period_end = models.DateField(null=True)
    customer_source_id = source_reference()
    subscription_source_id = source_reference()
    statement_source_id = source_reference()
    product_source_id = source_reference()
    component_source_id = source_reference()
    # Of a refund, which payment was given back; of a charge, which paid it.
    payment_source_id = source_reference()
    gateway = models.CharField(max_length=200, blank=True)
    gateway_transaction_id = models.CharField("gateway's ID", max_length=200, blank=True)
    masked_number = models.CharField(max_length=60, blank=True)
    card_type = models.CharField(max_length=60, blank=True)
    currency = currency_code()
    amount_minor = minor_units("amount")
    starting_balance_minor = minor_units("balance before")
    ending_balance_minor = minor_units("balance after")

    class Meta(Record.Meta):
        indexes: ClassVar = [
            *Record.Meta.indexes,
            models.Index(fields=["connection", "statement_source_id"], name="transaction_statement"),
            models.Index(fields=["connection", "subscription_source_id"], name="transaction_subscription"),
            models.Index(fields=["operator", "type"], name="transaction_type"),
        ]
