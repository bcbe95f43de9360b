"""Invoices and what stands on them: lines, discounts, taxes, payments, refunds, applied credits."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from billing.models.base import Record, currency_code, minor_units, source_reference


class Invoice(Record):
    """An invoice; `source_id` is the vendor's uid."""

    number = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=30, blank=True)
    role = models.CharField(max_length=60, blank=True)
    customer_source_id = source_reference()
    subscription_source_id = source_reference()
    product_name = models.CharField(max_length=300, blank=True)
    issue_date = models.DateField(null=True)
    due_date = models.DateField(null=True)
    paid_date = models.DateField(null=True)
    collection_method = models.CharField(max_length=40, blank=True)
    consolidation_level = models.CharField(max_length=20, blank=True)
    parent_source_id = source_reference()
    currency = currency_code()
    subtotal_minor = minor_units("subtotal")
    discount_minor = minor_units("discounts")
    tax_minor = minor_units("taxes")
    total_minor = minor_units("total")
    credit_minor = minor_units("credits")
    paid_minor = minor_units("paid")
    refund_minor = minor_units("refunded")
    due_minor = minor_units("due")

    class Meta(Record.Meta):
        indexes: ClassVar = [
            *Record.Meta.indexes,
            models.Index(fields=["connection", "customer_source_id"], name="invoice_customer"),
            models.Index(fields=["connection", "subscription_source_id"], name="invoice_subscription"),
            models.Index(fields=["operator", "status"], name="invoice_status"),
            models.Index(fields=["operator", "number"], name="invoice_number"),
            # Few, and asked of every payment.
            models.Index(
                fields=["connection", "source_id"],
                condition=models.Q(consolidation_level="child"),
                name="invoice_children",
            ),
        ]

    def __str__(self) -> str:
        return self.number or self.source_id


class LineColumns(Record):
    """What every line has, of an invoice or a credit note."""

    title = models.TextField(blank=True)
    description = models.TextField(blank=True)
    quantity = models.DecimalField(max_digits=24, decimal_places=8, null=True)
    unit_price = models.DecimalField(max_digits=24, decimal_places=8, null=True)
    subtotal_minor = minor_units("subtotal")
    discount_minor = minor_units("discounts")
    tax_minor = minor_units("taxes")
    total_minor = minor_units("total")
    period_start = models.DateField(null=True)
    period_end = models.DateField(null=True)
    product_source_id = source_reference()
    component_source_id = source_reference()

    class Meta(Record.Meta):
        abstract = True

    def __str__(self) -> str:
        return self.title or self.source_id


class InvoicePart(Record):
    """Something that stands on an invoice; its `source_id` begins with the invoice's."""

    parent_model = "invoice"
    parent_column = "invoice_source_id"
    invoice_source_id = source_reference()
    currency = currency_code()

    class Meta(Record.Meta):
        abstract = True
        indexes: ClassVar = [
            *Record.Meta.indexes,
            models.Index(fields=["connection", "invoice_source_id"], name="%(class)s_invoice"),
        ]


class InvoiceLine(InvoicePart, LineColumns):
    """One line of an invoice."""


class Discount(InvoicePart):
    """A discount on an invoice."""

    title = models.TextField(blank=True)
    code = models.CharField(max_length=200, blank=True)
    source_type = models.CharField(max_length=60, blank=True)
    percentage = models.DecimalField(max_digits=16, decimal_places=8, null=True)
    amount_minor = minor_units("amount")


class Tax(InvoicePart):
    """A tax on an invoice."""

    title = models.TextField(blank=True)
    percentage = models.DecimalField(max_digits=16, decimal_places=8, null=True)
    taxable_minor = minor_units("taxable amount")
    amount_minor = minor_units("amount")

    class Meta(InvoicePart.Meta):
        verbose_name_plural = "taxes"


class Payment(InvoicePart):
    """A payment applied to an invoice."""

    transaction_source_id = source_reference()
    amount_minor = minor_units("amount applied")
    original_minor = minor_units("payment")
    method = models.CharField(max_length=60, blank=True)
    gateway = models.CharField(max_length=200, blank=True)
    memo = models.TextField(blank=True)
    is_prepayment = models.BooleanField(null=True)
    paid_at = models.DateTimeField(null=True)


class Refund(InvoicePart):
    """Money given back on an invoice."""

    transaction_source_id = source_reference()
    payment_source_id = source_reference()
    amount_minor = minor_units("amount applied")
    original_minor = minor_units("refund")
    memo = models.TextField(blank=True)


class AppliedCredit(InvoicePart):
    """A credit note's amount applied to an invoice."""

    credit_note_source_id = source_reference()
    credit_note_number = models.CharField(max_length=60, blank=True)
    transaction_source_id = source_reference()
    amount_minor = minor_units("amount applied")
    original_minor = minor_units("credit")
    memo = models.TextField(blank=True)
    applied_at = models.DateTimeField(null=True)
