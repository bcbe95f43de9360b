"""What the company's catalogue costs: components, the price points of products and components, coupons and codes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from billing.models.base import Record, currency_code, minor_units, source_reference


def exact_list(name: str) -> models.JSONField:
    """Return a column of a short list of objects, whose amounts are texts and so exact."""
    return models.JSONField(name, default=list)


class Component(Record):
    """Something sold beside a product: by quantity, by use, or switched on."""

    name = models.CharField(max_length=300, blank=True)
    handle = models.CharField(max_length=300, blank=True)
    description = models.TextField(blank=True)
    kind = models.CharField(max_length=40, blank=True)
    unit_name = models.CharField("unit", max_length=300, blank=True)
    product_family_source_id = source_reference()
    default_price_point_source_id = source_reference()
    pricing_scheme = models.CharField(max_length=40, blank=True)
    currency = currency_code()
    unit_price = models.DecimalField(max_digits=24, decimal_places=8, null=True)
    tiers = exact_list("tiers")
    recurring = models.BooleanField(null=True)
    taxable = models.BooleanField(null=True)
    archived_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name or self.source_id


class PricePointColumns(Record):
    """What every price point has; a custom one is a single subscription's."""

    name = models.CharField(max_length=300, blank=True)
    handle = models.CharField(max_length=300, blank=True)
    kind = models.CharField(max_length=40, blank=True)
    subscription_source_id = source_reference()
    currency = currency_code()
    interval = models.PositiveIntegerField(null=True)
    interval_unit = models.CharField(max_length=10, blank=True)
    tax_included = models.BooleanField(null=True)
    use_site_exchange_rate = models.BooleanField(null=True)
    currency_prices = exact_list("prices in other currencies")
    archived_at = models.DateTimeField(null=True)

    class Meta(Record.Meta):
        abstract = True

    def __str__(self) -> str:
        return self.name or self.source_id


class PricePoint(PricePointColumns):
    """One of a product's prices."""

    product_source_id = source_reference()
    price_minor = minor_units("price")
    initial_charge_minor = minor_units("initial charge")
    trial_price_minor = minor_units("trial price")
    trial_interval = models.PositiveIntegerField(null=True)
    trial_interval_unit = models.CharField(max_length=10, blank=True)
    expiration_interval = models.PositiveIntegerField(null=True)
    expiration_interval_unit = models.CharField(max_length=10, blank=True)

    class Meta(PricePointColumns.Meta):
        indexes: ClassVar = [
            *Record.Meta.indexes,
            models.Index(fields=["connection", "product_source_id"], name="pricepoint_product"),
        ]


class ComponentPricePoint(PricePointColumns):
    """One of a component's prices, tier by tier."""

    component_source_id = source_reference()
    pricing_scheme = models.CharField(max_length=40, blank=True)
    tiers = exact_list("tiers")

    class Meta(PricePointColumns.Meta):
        indexes: ClassVar = [
            *Record.Meta.indexes,
            models.Index(fields=["connection", "component_source_id"], name="componentpricepoint_component"),
        ]


class Coupon(Record):
    """A reduction, of an amount or a percentage, that a code gives."""

    code = models.CharField(max_length=300, blank=True)
    name = models.CharField(max_length=300, blank=True)
    description = models.TextField(blank=True)
    product_family_source_id = source_reference()
    discount_type = models.CharField(max_length=40, blank=True)
    currency = currency_code()
    amount_minor = minor_units("amount")
    percentage = models.DecimalField(max_digits=16, decimal_places=8, null=True)
    currency_prices = exact_list("amounts in other currencies")
    recurring_scheme = models.CharField(max_length=40, blank=True)
    duration_periods = models.PositiveIntegerField(null=True)
    conversion_limit = models.CharField(max_length=40, blank=True)
    stackable = models.BooleanField(null=True)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)

    class Meta(Record.Meta):
        indexes: ClassVar = [
            *Record.Meta.indexes,
            models.Index(fields=["operator", "code"], name="coupon_code"),
        ]

    def __str__(self) -> str:
        return self.code or self.name or self.source_id


class CouponCode(Record):
    """A further code of a coupon; the coupon's id and the code make its `source_id`."""

    coupon_source_id = source_reference()
    code = models.CharField(max_length=120, blank=True)

    class Meta(Record.Meta):
        indexes: ClassVar = [
            *Record.Meta.indexes,
            models.Index(fields=["connection", "coupon_source_id"], name="couponcode_coupon"),
            models.Index(fields=["operator", "code"], name="couponcode_code"),
        ]

    def __str__(self) -> str:
        return self.code or self.source_id
