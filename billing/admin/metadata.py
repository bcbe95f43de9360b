"""Custom fields of customers and subscriptions in the Portal."""

from __future__ import annotations

from django.contrib import admin

from billing.admin.base import RecordAdmin
from billing.admin.values import column
from billing.models import Customer, CustomerMetadatum, Subscription, SubscriptionMetadatum


class MetadatumAdmin(RecordAdmin):
    """Values of custom fields."""

    show_value = column("value")


@admin.register(CustomerMetadatum)
class CustomerMetadatumAdmin(MetadatumAdmin):
    """Custom fields of customers."""

    purpose = "What the companies have noted of their customers in fields of their own."
    list_display = ("name", "show_value", "customer")
    search_fields = ("source_id__exact", "customer_source_id__exact", "name__istartswith")
    search_help_text = "ID, customer ID, or first letters of the name"
    customer = column("customer_source_id", "Customer ID")

    groups = (
        (
            "Field",
            (
                "source_id",
                "customer_source_id",
                "name",
                "value",
                "metafield_source_id",
                "source_deleted_at",
            ),
        ),
    )
    links = {"customer_source_id": Customer}


@admin.register(SubscriptionMetadatum)
class SubscriptionMetadatumAdmin(MetadatumAdmin):
    """Custom fields of subscriptions."""

    purpose = "What the companies have noted of their subscriptions in fields of their own."
    list_display = ("name", "show_value", "subscription")
    search_fields = ("source_id__exact", "subscription_source_id__exact", "name__istartswith")
    search_help_text = "ID, subscription ID, or first letters of the name"
    subscription = column("subscription_source_id", "Subscription ID")

    groups = (
        (
            "Field",
            (
                "source_id",
                "subscription_source_id",
                "name",
                "value",
                "metafield_source_id",
                "source_deleted_at",
            ),
        ),
    )
    links = {"subscription_source_id": Subscription}
