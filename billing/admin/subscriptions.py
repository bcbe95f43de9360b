"""Subscriptions in the Portal."""

from __future__ import annotations

from django.contrib import admin

from billing.admin.base import RecordAdmin, Related
from billing.admin.invoices import INVOICE_COLUMNS
from billing.admin.values import column
from billing.models import (
    Customer,
    Invoice,
    PricePoint,
    Product,
    Subscription,
    SubscriptionComponent,
    SubscriptionMetadatum,
)

SUBSCRIPTION_COLUMNS = ("source_id", "state", "product_name", "price_minor", "current_period_ends_at")


@admin.register(Subscription)
class SubscriptionAdmin(RecordAdmin):
    """Who pays for what, how often, and where it stands."""

    purpose = "Who pays for what, how often, and where it stands."
    list_display = ("source_id", "state", "product_name", "price", "balance", "customer")
    list_filter = [("state", admin.AllValuesFieldListFilter), *RecordAdmin.list_filter]
    search_fields = ("source_id__exact", "customer_source_id__exact", "reference__exact")
    search_help_text = "ID, customer ID or reference"
    price = column("price_minor")
    balance = column("balance_minor")
    customer = column("customer_source_id", "Customer ID")

    groups = (
        ("Subscription", ("source_id", "state", "previous_state", "reference", "customer_source_id")),
        (
            "Product",
            (
                "product_source_id",
                "product_price_point_source_id",
                "product_name",
                "price_minor",
                "interval",
                "interval_unit",
                "coupon_codes",
            ),
        ),
        ("Money", ("currency", "balance_minor", "total_revenue_minor", "collection_method", "payment_type")),
        (
            "Period",
            ("activated_at", "current_period_started_at", "current_period_ends_at", "next_assessment_at"),
        ),
        ("Trial", ("trial_started_at", "trial_ended_at")),
        (
            "End",
            (
                "canceled_at",
                "cancel_at_end_of_period",
                "delayed_cancel_at",
                "cancellation_method",
                "cancellation_message",
                "on_hold_at",
                "expires_at",
            ),
        ),
    )
    links = {
        "customer_source_id": Customer,
        "product_source_id": Product,
        "product_price_point_source_id": PricePoint,
    }
    related = (
        Related(
            SubscriptionComponent,
            "subscription_source_id",
            ("name", "kind", "allocated_quantity", "unit_balance", "enabled"),
        ),
        Related(Invoice, "subscription_source_id", INVOICE_COLUMNS),
        Related(SubscriptionMetadatum, "subscription_source_id", ("name", "value", "source_deleted_at")),
    )
