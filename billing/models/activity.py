"""What happened at the vendor, as the vendor notes it: events of the site, events of invoices."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from billing.models.base import Record, currency_code, minor_units, source_reference


class Event(Record):
    """Something that happened on the site; what is special to its kind stands in its body."""

    key = models.CharField(max_length=100, blank=True)
    message = models.TextField(blank=True)
    customer_source_id = source_reference()
    subscription_source_id = source_reference()

    class Meta(Record.Meta):
        indexes: ClassVar = [
            *Record.Meta.indexes,
            models.Index(fields=["connection", "subscription_source_id"], name="event_subscription"),
            models.Index(fields=["operator", "key"], name="event_key"),
        ]


class InvoiceEvent(Record):
    """Something that happened to an invoice; its body holds the invoice as it was then."""

    event_type = models.CharField(max_length=60, blank=True)
    invoice_source_id = source_reference()
    credit_note_source_id = source_reference()
    customer_source_id = source_reference()
    subscription_source_id = source_reference()
    from_status = models.CharField(max_length=30, blank=True)
    to_status = models.CharField(max_length=30, blank=True)
    transaction_source_id = source_reference()
    memo = models.TextField(blank=True)
    currency = currency_code()
    amount_minor = minor_units("amount")
    total_minor = minor_units("total of the invoice")
    due_minor = minor_units("due of the invoice")

    class Meta(Record.Meta):
        indexes: ClassVar = [
            *Record.Meta.indexes,
            models.Index(fields=["connection", "invoice_source_id"], name="invoiceevent_invoice"),
            models.Index(fields=["operator", "event_type"], name="invoiceevent_type"),
        ]
