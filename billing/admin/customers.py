"""Customers in the Portal."""

from __future__ import annotations

from django.contrib import admin

from billing.admin.base import RecordAdmin, Related
from billing.admin.invoices import INVOICE_COLUMNS
from billing.admin.subscriptions import SUBSCRIPTION_COLUMNS
from billing.admin.values import column
from billing.models import Customer, Invoice, Subscription


@admin.register(Customer)
class CustomerAdmin(RecordAdmin):
    """Whom the companies bill."""

    purpose = "The customers that your SMB customers bill."
    list_display = ("show_name", "organization", "email", "source_id")
    search_fields = (
        "source_id__exact",
        "email__exact",
        "name__istartswith",
        "email__istartswith",
        "reference__exact",
    )
    search_help_text = "ID, reference, or first letters of name or e-mail"
    show_name = column("name")

    groups = (
        ("Customer", ("source_id", "name", "organization", "email", "phone", "reference", "tax_exempt")),
        ("Address", ("address_line1", "address_line2", "city", "region", "postal_code", "country")),
        ("Belongs to", ("parent_source_id",)),
    )
    links = {"parent_source_id": Customer}
    related = (
        Related(Subscription, "customer_source_id", SUBSCRIPTION_COLUMNS),
        Related(Invoice, "customer_source_id", INVOICE_COLUMNS),
    )
