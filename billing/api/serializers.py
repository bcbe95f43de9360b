"""The shapes of records, for the OpenAPI document; rows are written without serializers, which cost too much."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import DecimalField
from rest_framework import serializers

from billing.models import Record
from config.api.serializers import CamelModelSerializer, CamelSerializer


class RecordSerializer(CamelModelSerializer[Record]):
    """A record in our own shape: every typed column, money in minor units."""

    def api_name(self, name: str) -> str:
        """Return the column's name, less what says that an id or time is the vendor's."""
        if name.startswith("source_"):
            return super().api_name(name.removeprefix("source_"))
        return super().api_name(name.replace("_source_id", "_id"))


class TierSerializer(CamelSerializer[Any]):
    """One step of a price; amounts are exact texts, in the currency's main unit."""

    id = serializers.CharField()
    starting_quantity = serializers.CharField(allow_null=True)
    ending_quantity = serializers.CharField(allow_null=True)
    unit_price = serializers.CharField(allow_null=True)


class CurrencyPriceSerializer(CamelSerializer[Any]):
    """A price in another currency; an exact text, in the currency's main unit."""

    currency = serializers.CharField()
    role = serializers.CharField(help_text="Of which of a product's prices; empty where there is one alone.")
    price_id = serializers.CharField(help_text="Of which tier; empty where there are none.")
    price = serializers.CharField(allow_null=True)


_LISTS: dict[str, type[serializers.Serializer[Any]]] = {
    "tiers": TierSerializer,
    "currency_prices": CurrencyPriceSerializer,
}
_OURS = ("operator", "connection", "body_chunk", "body_index", "content_hash")


def serializer_of(
    model: type[Record], parts: Mapping[str, type[Record]] | None = None
) -> type[RecordSerializer]:
    """Return the shape of a table's records: every typed column, whether it is a test site's, and its parts."""
    columns = {column.name for column in model._meta.fields}
    # Both would be called `deletedAt`.
    left_out = (*_OURS, "deleted_at") if "source_deleted_at" in columns else _OURS
    attributes: dict[str, Any] = {
        "__doc__": model.__doc__,
        "Meta": type("Meta", (), {"model": model, "exclude": left_out}),
        "is_test": serializers.BooleanField(help_text="Whether it is of a test site."),
        **{column.name: AmountField() for column in model._meta.fields if isinstance(column, DecimalField)},
        **{name: shape(many=True) for name, shape in _LISTS.items() if name in columns},
        **{name: _listed(part) for name, part in (parts or {}).items()},
    }
    return type(f"{model.__name__}RecordSerializer", (RecordSerializer,), attributes)


def _listed(part: type[Record]) -> serializers.BaseSerializer[Any]:
    text = "Null in an as-of read where the body of that time didn't list them."
    return serializer_of(part)(many=True, allow_null=True, help_text=text)


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
