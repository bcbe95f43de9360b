"""Events of sites and of invoices in the Portal."""

from __future__ import annotations

from django.contrib import admin

from billing.admin.base import RecordAdmin
from billing.admin.values import column
from billing.models import CreditNote, Customer, Event, Invoice, InvoiceEvent, Subscription


@admin.register(Event)
class EventAdmin(RecordAdmin):
    """What happened on the companies' sites."""

    purpose = "What happened on the companies' sites, as the vendor notes it."
    list_display = ("key", "show_message", "customer", "subscription")
    search_fields = (
        "source_id__exact",
        "key__exact",
        "customer_source_id__exact",
        "subscription_source_id__exact",
    )
    search_help_text = "ID, kind, customer ID or subscription ID"
    show_message = column("message")
    customer = column("customer_source_id", "Customer ID")
    subscription = column("subscription_source_id", "Subscription ID")

    groups = (("Event", ("source_id", "key", "message", "customer_source_id", "subscription_source_id")),)
    links = {"customer_source_id": Customer, "subscription_source_id": Subscription}


@admin.register(InvoiceEvent)
class InvoiceEventAdmin(RecordAdmin):
    """What happened to invoices."""

    purpose = "What happened to the companies' invoices, one step after the other."
    list_display = ("show_type", "amount", "to_status", "invoice")
    search_fields = (
        "source_id__exact",
        "event_type__exact",
        "invoice_source_id__exact",
        "credit_note_source_id__exact",
    )
    search_help_text = "ID, kind, invoice ID or credit note ID"
    show_type = column("event_type")
    amount = column("amount_minor")
    invoice = column("invoice_source_id", "Invoice ID")

    groups = (
        ("Event", ("source_id", "event_type", "from_status", "to_status", "memo")),
        ("Money", ("currency", "amount_minor", "total_minor", "due_minor", "transaction_source_id")),
        (
            "For",
            (
                "invoice_source_id",
                "credit_note_source_id",
                "customer_source_id",
                "subscription_source_id",
            ),
        ),
    )
    links = {
        "invoice_source_id": Invoice,
        "credit_note_source_id": CreditNote,
        "customer_source_id": Customer,
        "subscription_source_id": Subscription,
    }
