"""Subscriptions: who pays for what, how often, and where it stands; their components, groups and reasons to end."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from billing.models.base import Record, currency_code, minor_units, source_reference


class Subscription(Record):
    """A customer's subscription to a product."""

    state = models.CharField(max_length=40, blank=True)
    previous_state = models.CharField(max_length=40, blank=True)
    reference = models.CharField(max_length=300, blank=True)
    customer_source_id = source_reference()
    # Empty for subscriptions of the vendor's 2026 catalogue, whose product is null.
    product_source_id = source_reference()
    product_price_point_source_id = source_reference()
    product_name = models.CharField(max_length=300, blank=True)
    interval = models.PositiveIntegerField(null=True)
    interval_unit = models.CharField(max_length=10, blank=True)
    currency = currency_code()
    price_minor = minor_units("product price")
    balance_minor = minor_units("balance")
    total_revenue_minor = minor_units("total revenue")
    coupon_codes = models.CharField(max_length=500, blank=True)
    collection_method = models.CharField(max_length=40, blank=True)
    payment_type = models.CharField(max_length=40, blank=True)
    activated_at = models.DateTimeField(null=True)
    trial_started_at = models.DateTimeField(null=True)
    trial_ended_at = models.DateTimeField(null=True)
    current_period_started_at = models.DateTimeField(null=True)
    current_period_ends_at = models.DateTimeField(null=True)
    next_assessment_at = models.DateTimeField(null=True)
    canceled_at = models.DateTimeField(null=True)
    delayed_cancel_at = models.DateTimeField(null=True)
    cancel_at_end_of_period = models.BooleanField(null=True)
    cancellation_method = models.CharField(max_length=40, blank=True)
    cancellation_message = models.TextField(blank=True)
    on_hold_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta(Record.Meta):
        indexes: ClassVar = [
            *Record.Meta.indexes,
            models.Index(fields=["connection", "customer_source_id"], name="subscription_customer"),
            models.Index(fields=["operator", "state"], name="subscription_state"),
        ]


class SubscriptionComponent(Record):
    """A component that a subscription has, and how much of it; the ids of both make its `source_id`."""

    subscription_source_id = source_reference()
    component_source_id = source_reference()
    name = models.CharField(max_length=300, blank=True)
    kind = models.CharField(max_length=40, blank=True)
    unit_name = models.CharField("unit", max_length=300, blank=True)
    product_family_source_id = source_reference()
    price_point_source_id = source_reference()
    pricing_scheme = models.CharField(max_length=40, blank=True)
    currency = currency_code()
    # Fractions are allowed (facts §7).
    allocated_quantity = models.DecimalField(max_digits=24, decimal_places=8, null=True)
    unit_balance = models.DecimalField(max_digits=24, decimal_places=8, null=True)
    enabled = models.BooleanField(null=True)
    recurring = models.BooleanField(null=True)
    archived_at = models.DateTimeField(null=True)

    class Meta(Record.Meta):
        indexes: ClassVar = [
            *Record.Meta.indexes,
            models.Index(fields=["connection", "subscription_source_id"], name="subscriptioncomponent_of"),
            models.Index(fields=["connection", "component_source_id"], name="subscriptioncomponent_what"),
        ]

    def __str__(self) -> str:
        return self.name or self.source_id


class SubscriptionGroup(Record):
    """Subscriptions that are billed together; `source_id` is the vendor's uid."""

    state = models.CharField(max_length=40, blank=True)
    customer_source_id = source_reference()
    primary_subscription_source_id = source_reference()
    payment_profile_source_id = source_reference()
    subscription_ids = ArrayField(
        models.CharField(max_length=120), verbose_name="subscriptions", default=list
    )
    next_assessment_at = models.DateTimeField(null=True)
    cancel_at_end_of_period = models.BooleanField(null=True)


class ReasonCode(Record):
    """A reason that the company gives when a subscription ends."""

    code = models.CharField(max_length=300, blank=True)
    description = models.TextField(blank=True)
    position = models.PositiveIntegerField(null=True)

    def __str__(self) -> str:
        return self.code or self.source_id
