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
