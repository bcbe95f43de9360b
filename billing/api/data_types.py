"""The data types in our own shape: a list and a single record for each, made from the model's columns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

from django.urls import URLPattern, path
from rest_framework.request import Request
from rest_framework.response import Response

from billing import models
from billing.api.fields import record_columns, record_fields
from billing.api.serializers import RecordSerializer, serializer_of
from billing.api.views import ERRORS, RecordsView
from billing.commerce import Row
from billing.models import Record
from config.api.serializers import camel_case
from config.api.views import operation


class PlainRecordsView(RecordsView):
    """Records in our own shape: every typed column, and the lists that stand on them."""

    parts: ClassVar[Mapping[str, type[Record]]]

    def bodies(self, rows: list[Row]) -> Iterable[dict[str, Any]]:
        bodies = [self._body(self.model, row) for row in rows]
        for name, model in self.parts.items():
            found = self._parts(model, [row["source_id"] for row in rows])
            for row, body in zip(rows, bodies, strict=True):
                body[name] = found[row["source_id"]]
        return bodies

    def _body(self, model: type[Record], row: Row) -> dict[str, Any]:
        body = {name: row[column] for name, column in record_columns(model).items()}
        return body | {"isTest": self.source.is_test}

    def _parts(self, model: type[Record], parents: list[str]) -> dict[str, list[dict[str, Any]]]:
        """Return what stands on some records, by record, with one query."""
        column = model.parent_column
        wanted = {"connection": self.source, f"{column}__in": parents, "deleted_at": None}
        parts: dict[str, list[dict[str, Any]]] = defaultdict(list)
        rows: Iterable[Row] = model.objects.filter(**wanted).order_by("id").values()
        for row in rows:
            parts[row[column]].append(self._body(model, row))
        return parts


@dataclass(frozen=True)
class DataType:
    """One data type: what people call one of its records and several, and what stands on each."""

    name: str
    model: type[Record]
    one: str
    many: str
    parts: Mapping[str, type[Record]] = field(default_factory=dict)

    @cached_property
    def serializer(self) -> type[RecordSerializer]:
        """Return the shape of one record."""
        return serializer_of(self.model, self.parts)

    def paths(self, prefix: str) -> list[URLPattern]:
        """Return the URLs of the list and of one record."""
        parameter = camel_case(f"{_joined(self.one, '_')}_id")
        return [
            path(f"{prefix}/{self.name}", self._list_view().as_view()),
            path(f"{prefix}/{self.name}/<str:{parameter}>", self._record_view(parameter).as_view()),
        ]

    def _list_view(self) -> type[PlainRecordsView]:
        @operation(
            f"list-{_joined(self.many, '-')}",
            f"List {self.many}",
            tag=self.many.capitalize(),
            response=self.serializer(many=True),
            errors=ERRORS,
        )
        def get(view: PlainRecordsView, request: Request, **kwargs: Any) -> Response:
            """Return the company's records of this type, the newest first."""
            return view.many()

        return self._view("List", get)

    def _record_view(self, parameter: str) -> type[PlainRecordsView]:
        @operation(
            f"get-{_joined(self.one, '-')}",
            f"Get {'an' if self.one[0] in 'aeiou' else 'a'} {self.one}",
            tag=self.many.capitalize(),
            response=self.serializer,
            errors=ERRORS,
        )
        def get(view: PlainRecordsView, request: Request, **kwargs: Any) -> Response:
            """Return one record by the vendor's id."""
            return view.one(kwargs[parameter])

        return self._view("Record", get)

    def _view(self, kind: str, get: Any) -> type[PlainRecordsView]:
        attributes = {
            "__doc__": self.model.__doc__,
            "data_type": self.name,
            "model": self.model,
            "parts": self.parts,
            "query_fields": record_fields(self.model),
            "serializer_class": self.serializer,
            "get": get,
        }
        return type(f"{self.model.__name__}{kind}View", (PlainRecordsView,), attributes)


def _joined(words: str, by: str) -> str:
    return words.replace(" ", by)


DATA_TYPES = (
    DataType("billing-subscriptions", models.Subscription, "subscription", "subscriptions"),
    DataType("billing-components", models.Component, "component", "components"),
    DataType("billing-pricePoints", models.PricePoint, "price point", "price points"),
    DataType(
        "billing-componentPricePoints",
        models.ComponentPricePoint,
        "component price point",
        "component price points",
    ),
    DataType("billing-coupons", models.Coupon, "coupon", "coupons"),
    DataType(
        "billing-subscriptionComponents",
        models.SubscriptionComponent,
        "subscription component",
        "subscription components",
    ),
    DataType(
        "billing-subscriptionGroups", models.SubscriptionGroup, "subscription group", "subscription groups"
    ),
    DataType("billing-reasonCodes", models.ReasonCode, "reason code", "reason codes"),
    DataType(
        "billing-creditNotes",
        models.CreditNote,
        "credit note",
        "credit notes",
        parts={"lines": models.CreditNoteLine},
    ),
    DataType("billing-paymentProfiles", models.PaymentProfile, "payment profile", "payment profiles"),
    DataType("billing-customerMetadata", models.CustomerMetadatum, "customer metadatum", "customer metadata"),
    DataType(
        "billing-subscriptionMetadata",
        models.SubscriptionMetadatum,
        "subscription metadatum",
        "subscription metadata",
    ),
    DataType("billing-statements", models.Statement, "statement", "statements"),
    DataType("billing-transactions", models.Transaction, "transaction", "transactions"),
    DataType("billing-events", models.Event, "event", "events"),
    DataType("billing-invoiceEvents", models.InvoiceEvent, "invoice event", "invoice events"),
)
