"""The shapes of records, for the OpenAPI document; rows are written without serializers, which cost too much."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from billing.models import Record, Subscription
from config.api.serializers import CamelModelSerializer, CamelSerializer


class RecordSerializer(CamelModelSerializer[Record]):
    """A record in our own shape: every typed column, money in minor units."""

    def api_name(self, name: str) -> str:
        """Return the column's name, less what says that an id or time is the vendor's."""
        if name.startswith("source_"):
            return super().api_name(name.removeprefix("source_"))
        return super().api_name(name.replace("_source_id", "_id"))


class SubscriptionSerializer(RecordSerializer):
    """A customer's subscription to a product."""

    is_test = serializers.BooleanField(help_text="Whether it is of a test site.")

    class Meta:
        model = Subscription
        exclude = (
            "operator",
            "connection",
            "body_chunk",
            "body_index",
            "content_hash",
            "deleted_at",
        )


class AmountField(serializers.DecimalField):
    """An exact decimal, written as a JSON number."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=24, decimal_places=8, coerce_to_string=False, allow_null=True, **options)


class ReferenceSerializer(CamelSerializer[Any]):
    """Another record's id and name."""

    id = serializers.CharField()
    name = serializers.CharField(allow_null=True)


class DatedSerializer(CamelSerializer[Any]):
    """What every record of the commerce model has."""

    id = serializers.CharField()
    created_date = serializers.DateTimeField(allow_null=True)
    modified_date = serializers.DateTimeField(help_text="When we saw it change.")
    source_modified_date = serializers.DateTimeField(allow_null=True, help_text="When the vendor changed it.")


class AddressSerializer(CamelSerializer[Any]):
    """An address."""

    type = serializers.ChoiceField(["Unknown"])
    line1 = serializers.CharField(allow_null=True)
    line2 = serializers.CharField(allow_null=True)
    city = serializers.CharField(allow_null=True)
    region = serializers.CharField(allow_null=True)
    country = serializers.CharField(allow_null=True)
    postal_code = serializers.CharField(allow_null=True)


class CustomerSerializer(DatedSerializer):
    """A customer of the company."""

    customer_name = serializers.CharField(allow_null=True)
    email_address = serializers.CharField(allow_null=True)
    phone = serializers.CharField(allow_null=True)
    default_currency = serializers.CharField(allow_null=True)
    addresses = AddressSerializer(many=True)
    note = serializers.CharField(allow_null=True)
    is_test = serializers.BooleanField()


class TaxSerializer(CamelSerializer[Any]):
    """A tax on a line."""

    tax_component_ref = ReferenceSerializer()
    rate = AmountField(help_text="From 0 to 1.")


class DiscountAllocationSerializer(CamelSerializer[Any]):
    """A line's discounts."""

    name = serializers.CharField()
    total_amount = AmountField()


class OrderLineSerializer(CamelSerializer[Any]):
    """A line of an order."""

    id = serializers.CharField()
    quantity = AmountField()
    tax_percentage = AmountField()
    total_amount = AmountField(help_text="With discounts and tax.")
    total_tax_amount = AmountField()
    unit_price = AmountField(help_text="Without discounts and tax.")
    taxes = TaxSerializer(many=True)
    product_ref = ReferenceSerializer(allow_null=True)
    discount_allocations = DiscountAllocationSerializer(many=True)


class OrderPaymentSerializer(DatedSerializer):
    """A payment of an order; a refund is a negative one."""

    amount = AmountField()
    currency = serializers.CharField(allow_null=True)
    type = serializers.CharField()
    status = serializers.CharField()
    payment_provider = serializers.CharField(allow_null=True)
    due_date = serializers.DateTimeField(allow_null=True)


class OrderSerializer(DatedSerializer):
    """An invoice as an order."""

    order_number = serializers.CharField(allow_null=True)
    country = serializers.CharField(allow_null=True)
    currency = serializers.CharField(allow_null=True)
    closed_date = serializers.DateTimeField(allow_null=True, help_text="When it was paid.")
    total_amount = AmountField(help_text="With discounts, refunds and tax.")
    total_refund = AmountField(help_text="Negative.")
    total_tax_amount = AmountField()
    total_discount = AmountField()
    total_gratuity = AmountField()
    order_line_items = OrderLineSerializer(many=True)
    payments = OrderPaymentSerializer(many=True)
    service_charges = serializers.ListField(child=serializers.DictField())
    location_ref = ReferenceSerializer(allow_null=True)
    customer_ref = ReferenceSerializer(allow_null=True)
    status = serializers.CharField(help_text="Of the invoice, in the vendor's words.")
    consolidation_level = serializers.CharField(
        help_text="Count `parent` invoices or `child` invoices, never both."
    )
    subscription_id = serializers.CharField(allow_null=True)
    is_test = serializers.BooleanField()
