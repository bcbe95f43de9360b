"""Invoices, and what stands on them, in the Portal."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin

from billing.admin.base import RecordAdmin, Related
from billing.admin.values import column
from billing.models import (
    AppliedCredit,
    Component,
    CreditNote,
    Customer,
    Discount,
    Invoice,
    InvoiceEvent,
    InvoiceLine,
    Payment,
    Product,
    Record,
    Refund,
    Subscription,
    Tax,
)

INVOICE_COLUMNS = ("number", "status", "issue_date", "due_date", "total_minor", "due_minor")
ON_INVOICE = "invoice_source_id"
LINE_COLUMNS = (
    "title",
    "quantity",
    "unit_price",
    "subtotal_minor",
    "discount_minor",
    "tax_minor",
    "total_minor",
)
LINE_GROUPS = (
    ("Money", ("currency", "subtotal_minor", "discount_minor", "tax_minor", "total_minor")),
    ("For", ("product_source_id", "component_source_id", "period_start", "period_end")),
)


@admin.register(Invoice)
class InvoiceAdmin(RecordAdmin):
    """What was billed."""

    purpose = "What the companies have billed, with what was paid and what is due."
    list_display = ("show_number", "status", "issued", "total", "due", "customer")
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
    due = column("due_minor")
    customer = column("customer_source_id", "Customer ID")

    groups = (
        ("Invoice", ("source_id", "number", "status", "role", "issue_date", "due_date", "paid_date")),
        ("For", ("customer_source_id", "subscription_source_id", "product_name", "parent_source_id")),
        (
            "Money",
            (
                "currency",
                "subtotal_minor",
                "discount_minor",
                "tax_minor",
                "total_minor",
                "credit_minor",
                "paid_minor",
                "refund_minor",
                "due_minor",
            ),
        ),
        ("Collection", ("collection_method", "consolidation_level")),
    )
    links = {
        "customer_source_id": Customer,
        "subscription_source_id": Subscription,
        "parent_source_id": Invoice,
    }
    related = (
        Related(InvoiceLine, ON_INVOICE, LINE_COLUMNS, limit=200),
        Related(Discount, ON_INVOICE, ("title", "code", "percentage", "amount_minor")),
        Related(Tax, ON_INVOICE, ("title", "percentage", "taxable_minor", "amount_minor")),
        Related(Payment, ON_INVOICE, ("source_id", "method", "paid_at", "amount_minor")),
        Related(Refund, ON_INVOICE, ("source_id", "memo", "amount_minor")),
        Related(AppliedCredit, ON_INVOICE, ("source_id", "credit_note_number", "applied_at", "amount_minor")),
        Related(InvoiceEvent, ON_INVOICE, ("event_type", "amount_minor", "to_status", "source_created_at")),
    )


class PartAdmin(RecordAdmin):
    """Something that stands on an invoice or, with another `parent`, on something else."""

    parent: ClassVar[type[Record]] = Invoice
    search_fields = ("source_id__exact", "invoice_source_id__exact")
    search_help_text = "ID or invoice ID"
    links = {ON_INVOICE: Invoice}

    amount = column("amount_minor")
    invoice = column(ON_INVOICE, "Invoice ID")

    def raw_body(self, record: Record) -> bytes | None:
        """Return the part's body or, where it has none of its own, that of what it stands on."""
        own = record.raw_body()
        if own:
            return own
        parent_id = getattr(record, record.parent_column)
        wanted = {"connection_id": record.connection_id, "source_id": parent_id}
        parent = self.parent.objects.filter(**wanted).first()
        return parent.raw_body() if parent else None


@admin.register(InvoiceLine)
class InvoiceLineAdmin(PartAdmin):
    """Lines of invoices."""

    purpose = "What stands on the invoices, line by line."
    list_display = ("show_title", "quantity", "total", "invoice")
    show_title = column("title")
    total = column("total_minor")

    groups = (
        ("Line", ("source_id", ON_INVOICE, "title", "description", "quantity", "unit_price")),
        *LINE_GROUPS,
    )
    links = {ON_INVOICE: Invoice, "product_source_id": Product, "component_source_id": Component}


@admin.register(Discount)
class DiscountAdmin(PartAdmin):
    """Discounts on invoices."""

    purpose = "Discounts that were given on invoices."
    list_display = ("show_title", "code", "amount", "invoice")
    search_fields = (*PartAdmin.search_fields, "code__exact")
    search_help_text = "ID, invoice ID or code"
    show_title = column("title")

    groups = (
        ("Discount", ("source_id", ON_INVOICE, "title", "code", "source_type")),
        ("Money", ("currency", "percentage", "amount_minor")),
    )


@admin.register(Tax)
class TaxAdmin(PartAdmin):
    """Taxes on invoices."""

    purpose = "Taxes that were charged on invoices."
    list_display = ("show_title", "percentage", "amount", "invoice")
    show_title = column("title")

    groups = (
        ("Tax", ("source_id", ON_INVOICE, "title")),
        ("Money", ("currency", "percentage", "taxable_minor", "amount_minor")),
    )


@admin.register(Payment)
class PaymentAdmin(PartAdmin):
    """Payments of invoices."""

    purpose = "Payments that were applied to invoices."
    list_display = ("source_id", "method", "paid", "amount", "invoice")
    paid = column("paid_at")

    groups = (
        (
            "Payment",
            ("source_id", ON_INVOICE, "transaction_source_id", "paid_at", "method", "gateway", "memo"),
        ),
        ("Money", ("currency", "amount_minor", "original_minor", "is_prepayment")),
    )


@admin.register(Refund)
class RefundAdmin(PartAdmin):
    """Refunds on invoices."""

    purpose = "Money that was given back on invoices."
    list_display = ("source_id", "amount", "invoice")

    groups = (
        ("Refund", ("source_id", ON_INVOICE, "transaction_source_id", "payment_source_id", "memo")),
        ("Money", ("currency", "amount_minor", "original_minor")),
    )


@admin.register(AppliedCredit)
class AppliedCreditAdmin(PartAdmin):
    """Credits on invoices."""

    purpose = "Amounts of credit notes that were applied to invoices."
    list_display = ("source_id", "credit_note_number", "amount", "invoice")
    search_fields = (*PartAdmin.search_fields, "credit_note_number__exact")
    search_help_text = "ID, invoice ID or number of the credit note"

    groups = (
        (
            "Credit",
            ("source_id", ON_INVOICE, "credit_note_source_id", "credit_note_number", "applied_at", "memo"),
        ),
        ("Money", ("currency", "amount_minor", "original_minor", "transaction_source_id")),
    )
    links = {ON_INVOICE: Invoice, "credit_note_source_id": CreditNote}
