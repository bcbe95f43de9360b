"""By what records can be queried and ordered, and where each property is."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import DecimalField, JSONField, Q
from django.db.models import Field as ColumnField

from billing.api.serializers import serializer_of
from billing.models import Record
from config.api.query import Field, Integer, field_for
from config.currencies import UNUSUAL_PLACES, USUAL_PLACES


class Amount(Integer):
    """An amount in the currency's main unit, over a column of minor units."""

    def compare(self, operator: str, value: Decimal) -> Q:
        condition = ~Q(currency__in=UNUSUAL_PLACES) & super().compare(operator, value.scaleb(USUAL_PLACES))
        for places in set(UNUSUAL_PLACES.values()):
            currencies = [currency for currency, its_places in UNUSUAL_PLACES.items() if its_places == places]
            condition |= Q(currency__in=currencies) & super().compare(operator, value.scaleb(places))
        return condition


class Exact(Integer):
    """An exact number in the database, compared with any number."""

    compare = Field.compare


@cache
def record_columns(model: type[Record]) -> dict[str, str]:
    """Return the column of each property of a record in our own shape."""
    fields = serializer_of(model)().fields
    return {name: str(field.source) for name, field in fields.items() if name != "isTest"}


def record_fields(model: type[Record]) -> dict[str, Field]:
    """Return the properties by which records can be queried: every one whose column holds a single value."""
    columns = {column.name: column for column in model._meta.fields}
    return {
        name: _query_field(columns[column])
        for name, column in record_columns(model).items()
        # A list holds no deleted records.
        if column != "deleted_at" and not isinstance(columns[column], ArrayField | JSONField)
    }


def _query_field(column: ColumnField[Any, Any]) -> Field:
    return Exact(column.name) if isinstance(column, DecimalField) else field_for(column)
