"""What the company itself has noted of its customers and subscriptions at the vendor (custom fields)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from billing.models.base import Record, source_reference


class Metadatum(Record):
    """The value of one custom field."""

    name = models.CharField(max_length=300, blank=True)
    value = models.TextField(blank=True)
    metafield_source_id = source_reference()
    # The vendor goes on listing a value that it has deleted.
    source_deleted_at = models.DateTimeField("deleted at the vendor", null=True)

    class Meta(Record.Meta):
        abstract = True

    def __str__(self) -> str:
        return self.name or self.source_id


class CustomerMetadatum(Metadatum):
    """The value of a customer's custom field."""

    customer_source_id = source_reference()

    class Meta(Metadatum.Meta):
        verbose_name = "custom field of a customer"
        verbose_name_plural = "custom fields of customers"
        indexes: ClassVar = [
            *Record.Meta.indexes,
            models.Index(fields=["connection", "customer_source_id"], name="metadatum_customer"),
        ]


class SubscriptionMetadatum(Metadatum):
    """The value of a subscription's custom field."""

    subscription_source_id = source_reference()

    class Meta(Metadatum.Meta):
        verbose_name = "custom field of a subscription"
        verbose_name_plural = "custom fields of subscriptions"
        indexes: ClassVar = [
            *Record.Meta.indexes,
            models.Index(fields=["connection", "subscription_source_id"], name="metadatum_subscription"),
        ]
