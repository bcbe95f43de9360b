"""Credit notes: invoices turned round, whose positive amounts reduce what a customer owes."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from billing.models.base import Record, currency_code, minor_units, source_reference
from billing.models.invoices import LineColumns


class CreditNote(Record):
    """A credit note; `source_id` is the vendor's uid."""

    number = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=30, blank=True)
    customer_source_id = source_reference()
    subscription_source_id = source_reference()
    origin_invoice_ids = ArrayField(
        models.CharField(max_length=120), verbose_name="of invoices", default=list
    )
    issue_date = models.DateField(null=True)
    applied_date = models.DateField(null=True)
    memo = models.TextField(blank=True)
    currency = currency_code()
    subtotal_minor = minor_units("subtotal")
    discount_minor = minor_units("discounts")
    tax_minor = minor_units("taxes")
    total_minor = minor_units("total")
    applied_minor = minor_units("applied")
    remaining_minor = minor_units("remaining")

    class Meta(Record.Meta):
        indexes: ClassVar = [
            *Record.Meta.indexes,
            models.Index(fields=["connection", "customer_source_id"], name="creditnote_customer"),
            models.Index(fields=["connection", "subscription_source_id"], name="creditnote_subscription"),
            models.Index(fields=["operator", "number"], name="creditnote_number"),
        ]

    def __str__(self) -> str:
        return self.number or self.source_id


class CreditNoteLine(LineColumns):
    """One line of a credit note."""

    parent_model = "creditnote"
    parent_column = "credit_note_source_id"
    credit_note_source_id = source_reference()
    currency = currency_code()

    class Meta(LineColumns.Meta):
        indexes: ClassVar = [
            *Record.Meta.indexes,
            models.Index(fields=["connection", "credit_note_source_id"], name="creditnoteline_creditnote"),
        ]
