"""Components of subscriptions, groups and reason codes in the Portal."""

from __future__ import annotations

from django.contrib import admin

from billing.admin.base import RecordAdmin
from billing.admin.values import column
from billing.models import (
    Component,
    ComponentPricePoint,
    Customer,
    PaymentProfile,
    ProductFamily,
    ReasonCode,
    Subscription,
    SubscriptionComponent,
    SubscriptionGroup,
)


@admin.register(SubscriptionComponent)
class SubscriptionComponentAdmin(RecordAdmin):
    """What subscriptions have beside their product."""

    purpose = "The components that subscriptions have, and how much of each."
    list_display = ("show_name", "kind", "quantity", "balance", "subscription")
    search_fields = ("source_id__exact", "subscription_source_id__exact", "component_source_id__exact")
    search_help_text = "ID, subscription ID or component ID"
    show_name = column("name")
    quantity = column("allocated_quantity", "Quantity")
    balance = column("unit_balance")
    subscription = column("subscription_source_id", "Subscription ID")

    groups = (
        ("Component", ("source_id", "name", "kind", "unit_name", "archived_at")),
        ("Quantity", ("allocated_quantity", "unit_balance", "enabled")),
        ("Price", ("currency", "pricing_scheme", "price_point_source_id", "recurring")),
        ("Belongs to", ("subscription_source_id", "component_source_id", "product_family_source_id")),
    )
    links = {
        "subscription_source_id": Subscription,
        "component_source_id": Component,
        "price_point_source_id": ComponentPricePoint,
        "product_family_source_id": ProductFamily,
    }


@admin.register(SubscriptionGroup)
class SubscriptionGroupAdmin(RecordAdmin):
    """Subscriptions that are billed together."""

    purpose = "Subscriptions that are billed together."
    list_display = ("source_id", "state", "customer", "members")
    search_fields = ("source_id__exact", "customer_source_id__exact")
    search_help_text = "ID or customer ID"
    customer = column("customer_source_id", "Customer ID")
    members = column("subscription_ids", "Subscriptions")

    groups = (
        ("Group", ("source_id", "state", "customer_source_id", "payment_profile_source_id")),
        ("Subscriptions", ("primary_subscription_source_id", "subscription_ids")),
        ("Period", ("next_assessment_at", "cancel_at_end_of_period")),
    )
    links = {
        "customer_source_id": Customer,
        "payment_profile_source_id": PaymentProfile,
        "primary_subscription_source_id": Subscription,
    }


@admin.register(ReasonCode)
class ReasonCodeAdmin(RecordAdmin):
    """Why subscriptions end."""

    purpose = "The reasons that the companies note when a subscription ends."
    list_display = ("show_code", "description", "source_id")
    search_fields = ("source_id__exact", "code__exact")
    search_help_text = "ID or code"
    show_code = column("code")

    groups = (("Reason code", ("source_id", "code", "description", "position")),)
