"""Credit notes and their lines in the Portal."""

from __future__ import annotations

from django.contrib import admin

from billing.admin.base import RecordAdmin, Related
from billing.admin.invoices import LINE_COLUMNS, LINE_GROUPS, PartAdmin
from billing.admin.values import column
from billing.models import AppliedCredit, CreditNote, CreditNoteLine, Customer, Product, Subscription

ON_CREDIT_NOTE = "credit_note_source_id"


@admin.register(CreditNote)
class CreditNoteAdmin(RecordAdmin):
    """What was credited."""

    purpose = "What the companies have credited to their customers, and how much of it is used."
    list_display = ("show_number", "status", "issued", "total", "remaining", "customer")
    list_filter = [("status", admin.AllValuesFieldListFilter), *RecordAdmin.list_filter]
    search_fields = (
        "source_id__exact",
        "number__exact",
        "customer_source_id__exact",
        "subscription_source_id__exact",
    )
    search_help_text = "Number, ID, customer ID or subscription ID"
    show_number = column("number")
    issued = column("issue_date")
    total = column("total_minor")
    remaining = column("remaining_minor")
    customer = column("customer_source_id", "Customer ID")

    groups = (
        ("Credit note", ("source_id", "number", "status", "issue_date", "applied_date", "memo")),
        ("For", ("customer_source_id", "subscription_source_id", "origin_invoice_ids")),
        (
            "Money",
            (
                "currency",
                "subtotal_minor",
                "discount_minor",
                "tax_minor",
                "total_minor",
                "applied_minor",
                "remaining_minor",
            ),
        ),
    )
    links = {"customer_source_id": Customer, "subscription_source_id": Subscription}
    related = (
        Related(CreditNoteLine, ON_CREDIT_NOTE, LINE_COLUMNS, limit=200),
        Related(AppliedCredit, ON_CREDIT_NOTE, ("source_id", "applied_at", "amount_minor")),
    )


@admin.register(CreditNoteLine)
class CreditNoteLineAdmin(PartAdmin):
    """Lines of credit notes."""

    purpose = "What stands on the credit notes, line by line."
    parent = CreditNote
    list_display = ("show_title", "quantity", "total", "credit_note")
    search_fields = ("source_id__exact", "credit_note_source_id__exact")
    search_help_text = "ID or credit note ID"
    show_title = column("title")
    total = column("total_minor")
    credit_note = column(ON_CREDIT_NOTE, "Credit note ID")

    groups = (
        ("Line", ("source_id", ON_CREDIT_NOTE, "title", "description", "quantity", "unit_price")),
        *LINE_GROUPS,
    )
    links = {ON_CREDIT_NOTE: CreditNote, "product_source_id": Product}
