"""Customers: whom the company bills, and how they pay."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from billing.models.base import Record, source_reference


class Customer(Record):
    """A customer of the company."""

    name = models.CharField(max_length=400, blank=True)
    organization = models.CharField(max_length=400, blank=True)
    email = models.CharField(max_length=320, blank=True)
    phone = models.CharField(max_length=100, blank=True)
    reference = models.CharField(max_length=300, blank=True)
    address_line1 = models.CharField("address", max_length=400, blank=True)
    address_line2 = models.CharField("address line 2", max_length=400, blank=True)
    city = models.CharField(max_length=200, blank=True)
    region = models.CharField(max_length=200, blank=True)
    postal_code = models.CharField(max_length=50, blank=True)
    country = models.CharField(max_length=100, blank=True)
    tax_exempt = models.BooleanField(null=True)
    parent_source_id = source_reference()

    class Meta(Record.Meta):
        indexes: ClassVar = [
            *Record.Meta.indexes,
            models.Index(fields=["operator", "email"], name="customer_email"),
        ]

    def __str__(self) -> str:
        return self.name or self.organization or self.email or self.source_id


class PaymentProfile(Record):
    """A card or account that a customer pays with, as far as the vendor shows it: masked."""

    customer_source_id = source_reference()
    payment_type = models.CharField(max_length=40, blank=True)
    masked_number = models.CharField(max_length=60, blank=True)
    card_type = models.CharField(max_length=60, blank=True)
    expiration_month = models.PositiveIntegerField(null=True)
    expiration_year = models.PositiveIntegerField(null=True)
    bank_name = models.CharField(max_length=300, blank=True)
    bank_account_type = models.CharField(max_length=40, blank=True)
    bank_account_holder_type = models.CharField(max_length=40, blank=True)
    holder_name = models.CharField("holder", max_length=400, blank=True)
    billing_country = models.CharField(max_length=100, blank=True)
    vault = models.CharField(max_length=100, blank=True)
    disabled = models.BooleanField(null=True)
    verified = models.BooleanField(null=True)

    class Meta(Record.Meta):
        indexes: ClassVar = [
            *Record.Meta.indexes,
            models.Index(fields=["connection", "customer_source_id"], name="paymentprofile_customer"),
        ]
