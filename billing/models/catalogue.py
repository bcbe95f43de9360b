"""What the company sells: its site at the vendor, product families and products."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from billing.models.base import Record, currency_code, minor_units, source_reference


class Site(Record):
    """The company's account at the vendor."""

    name = models.CharField(max_length=200, blank=True)
    subdomain = models.CharField(max_length=100, blank=True)
    currency = currency_code()
    other_currencies = ArrayField(models.CharField(max_length=3), default=list)
    is_test = models.BooleanField("test site", default=False)
    relationship_invoicing = models.BooleanField(null=True)

    def __str__(self) -> str:
        return self.name or self.subdomain


class ProductFamily(Record):
    """A group of products."""

    name = models.CharField(max_length=300, blank=True)
    handle = models.CharField(max_length=300, blank=True)
    description = models.TextField(blank=True)
    archived_at = models.DateTimeField(null=True)

    class Meta(Record.Meta):
        verbose_name_plural = "product families"

    def __str__(self) -> str:
        return self.name or self.source_id


class Product(Record):
    """A plan that can be subscribed to."""

    name = models.CharField(max_length=300, blank=True)
    handle = models.CharField(max_length=300, blank=True)
    description = models.TextField(blank=True)
    product_family_source_id = source_reference()
    currency = currency_code()
    price_minor = minor_units("price")
    interval = models.PositiveIntegerField(null=True)
    interval_unit = models.CharField(max_length=10, blank=True)
    initial_charge_minor = minor_units("initial charge")
    trial_price_minor = minor_units("trial price")
    trial_interval = models.PositiveIntegerField(null=True)
    trial_interval_unit = models.CharField(max_length=10, blank=True)
    taxable = models.BooleanField(null=True)
    archived_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name or self.source_id
