"""The shapes of the commerce model, for the OpenAPI document; rows are written without serializers."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from billing.api.serializers import AmountField
from config.api.serializers import CamelSerializer


class ReferenceSerializer(CamelSerializer[Any]):
    """Another record's id and name."""

    id = serializers.CharField()
    name = serializers.CharField(allow_null=True)


class ModifiedSerializer(CamelSerializer[Any]):
    """When a record of the commerce model changed."""

    modified_date = serializers.DateTimeField(help_text="When we saw it change.")
    source_modified_date = serializers.DateTimeField(allow_null=True, help_text="When the vendor changed it.")


class DatedSerializer(ModifiedSerializer):
    """What most records of the commerce model have."""

    id = serializers.CharField()
    created_date = serializers.DateTimeField(allow_null=True)


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


class CompanyInfoSerializer(ModifiedSerializer):
    """What the company's account at the vendor says of it."""

    company_name = serializers.CharField(allow_null=True)
    commerce_platform_ref = serializers.CharField(help_text="The account's id at the vendor.")
    company_legal_name = serializers.CharField(allow_null=True)
    addresses = AddressSerializer(many=True)
    phone_numbers = serializers.ListField(child=serializers.DictField())
    web_links = serializers.ListField(child=serializers.DictField())
    registration_number = serializers.CharField(allow_null=True)
    base_currency = serializers.CharField(allow_null=True)
    account_balances = serializers.ListField(child=serializers.DictField())
    source_urls = serializers.DictField(child=serializers.CharField())
    created_date = serializers.DateTimeField(allow_null=True)
    is_test = serializers.BooleanField()


class PaymentSerializer(DatedSerializer):
    """A payment; a refund is a negative one."""

    amount = AmountField(help_text="What was applied to the order; negative where it was given back.")
    currency = serializers.CharField(allow_null=True)
    payment_method_ref = ReferenceSerializer(allow_null=True)
    status = serializers.ChoiceField(["Paid", "Failed"])
    payment_provider = serializers.CharField(allow_null=True)
    due_date = serializers.DateTimeField(allow_null=True)
    order_id = serializers.CharField(allow_null=True)
    is_test = serializers.BooleanField()


class SourceReferenceSerializer(CamelSerializer[Any]):
    """Where a transaction comes from."""

    id = serializers.CharField()
    type = serializers.ChoiceField(["Payment"])


class TransactionSerializer(DatedSerializer):
    """A movement of money."""

    total_amount = AmountField(help_text="Negative where it was given back.")
    currency = serializers.CharField(allow_null=True)
    type = serializers.ChoiceField(["Payment", "Refund"])
    sub_type = serializers.CharField(allow_null=True, help_text="How it was paid.")
    transaction_source_ref = SourceReferenceSerializer()
    source_created_date = serializers.DateTimeField(allow_null=True)
    order_id = serializers.CharField(allow_null=True)
    is_test = serializers.BooleanField()


class PaymentMethodSerializer(ModifiedSerializer):
    """A way in which customers pay."""

    id = serializers.CharField()
    name = serializers.CharField()
    status = serializers.ChoiceField(["Active", "Archived", "Unknown"])


class PriceSerializer(CamelSerializer[Any]):
    """A price in one currency."""

    currency = serializers.CharField(allow_null=True)
    unit_price = AmountField()


class VariantSerializer(DatedSerializer):
    """A price point of a product."""

    name = serializers.CharField(allow_null=True)
    is_tax_enabled = serializers.BooleanField(allow_null=True)
    sku = serializers.CharField(allow_null=True, help_text="The price point's handle.")
    barcode = serializers.CharField(allow_null=True)
    unit_of_measure = serializers.CharField(allow_null=True)
    vat_percentage = AmountField()
    prices = PriceSerializer(many=True)
    inventory = serializers.DictField(allow_null=True)
    shipping_required = serializers.BooleanField()
    status = serializers.ChoiceField(["Published", "Unpublished"])


class ProductSerializer(DatedSerializer):
    """A product or component."""

    name = serializers.CharField(allow_null=True)
    description = serializers.CharField(allow_null=True)
    categorization = serializers.CharField(allow_null=True, help_text="The product family's name.")
    is_gift_card = serializers.BooleanField()
    variants = VariantSerializer(many=True)
    is_test = serializers.BooleanField()


class RecordReferenceSerializer(CamelSerializer[Any]):
    """Another record's id and type."""

    id = serializers.CharField()
    type = serializers.CharField()


class ProductCategorySerializer(ModifiedSerializer):
    """A product family."""

    id = serializers.CharField()
    name = serializers.CharField(allow_null=True)
    ancestor_refs = RecordReferenceSerializer(many=True)
    has_children = serializers.BooleanField()


class TaxComponentSerializer(ModifiedSerializer):
    """A tax that stands on invoices."""

    id = serializers.CharField()
    name = serializers.CharField()
    rate = AmountField(help_text="From 0 to 1.")
    is_compound = serializers.BooleanField(allow_null=True)


class DisputeSerializer(DatedSerializer):
    """A chargeback."""

    disputed_transactions = RecordReferenceSerializer(many=True)
    total_amount = AmountField()
    currency = serializers.CharField()
    status = serializers.CharField()
    reason = serializers.CharField(allow_null=True)
    due_date = serializers.DateTimeField(allow_null=True)


class LocationSerializer(ModifiedSerializer):
    """A place of business."""

    id = serializers.CharField()
    name = serializers.CharField(allow_null=True)
    address = AddressSerializer(allow_null=True)
