"""Customers, and how they pay, in the Portal."""

from __future__ import annotations

from django.contrib import admin

from billing.admin.base import RecordAdmin, Related
from billing.admin.invoices import INVOICE_COLUMNS
from billing.admin.subscriptions import SUBSCRIPTION_COLUMNS
from billing.admin.values import column
from billing.models import Customer, CustomerMetadatum, Invoice, PaymentProfile, Subscription


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
        Related(
            PaymentProfile,
            "customer_source_id",
            ("source_id", "payment_type", "masked_number", "expiration_year", "expiration_month"),
        ),
        Related(CustomerMetadatum, "customer_source_id", ("name", "value", "source_deleted_at")),
    )


@admin.register(PaymentProfile)
class PaymentProfileAdmin(RecordAdmin):
    """How customers pay."""

    purpose = "The cards and accounts that customers pay with, masked; only those in use are read."
    list_display = ("source_id", "payment_type", "masked_number", "card_type", "customer")
    search_fields = ("source_id__exact", "customer_source_id__exact")
    search_help_text = "ID or customer ID"
    customer = column("customer_source_id", "Customer ID")

    groups = (
        (
            "Payment profile",
            ("source_id", "customer_source_id", "payment_type", "masked_number", "holder_name", "vault"),
        ),
        ("Card", ("card_type", "expiration_month", "expiration_year", "disabled")),
        ("Bank account", ("bank_name", "bank_account_type", "bank_account_holder_type", "verified")),
        ("Address", ("billing_country",)),
    )
    links = {"customer_source_id": Customer}
