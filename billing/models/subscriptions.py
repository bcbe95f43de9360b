"""Subscriptions: who pays for what, how often, and where it stands."""

from __future__ import annotations

from typing import ClassVar

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
