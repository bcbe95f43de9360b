"""The data types in our own shape: a list and a single record for each, made from the model's columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.urls import URLPattern, path
from rest_framework.request import Request
from rest_framework.response import Response

from billing import models
from billing.api import as_of, changes, history
from billing.api.fields import record_fields
from billing.api.plain import PlainRecordsView
from billing.api.serializers import RecordSerializer, serializer_of
from billing.api.views import ERRORS
from billing.models import Record
from config.api.serializers import camel_case
from config.api.views import operation


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
        """Return the URLs of the list, of one record and of its history."""
        parameter = camel_case(f"{_joined(self.one, '_')}_id")
        return [
            path(f"{prefix}/{self.name}", self._list_view().as_view()),
            path(f"{prefix}/{self.name}/<str:{parameter}>", self._record_view(parameter).as_view()),
            path(f"{prefix}/{self.name}/<str:{parameter}>/history", self._history_view(parameter).as_view()),
        ]

    def _list_view(self) -> type[PlainRecordsView]:
        @operation(
            f"list-{_joined(self.many, '-')}",
            f"List {self.many}",
            tag=self.many.capitalize(),
            response=self.serializer(many=True),
            errors=ERRORS,
            parameters=[changes.DESCRIPTION, as_of.DESCRIPTION, as_of.CURSOR_DESCRIPTION],
        )
        def get(view: PlainRecordsView, request: Request, **kwargs: Any) -> Response:
            """Return the records of this type, those that changed last first; or the change feed, or as they were."""
            if changes.PARAMETER in request.query_params:
                return changes.changes_answer(view, request)
            if as_of.PARAMETER in request.query_params:
                return as_of.list_answer(view, request)
            return view.many()

        return self._view("List", get)

    def _record_view(self, parameter: str) -> type[PlainRecordsView]:
        @operation(
            f"get-{_joined(self.one, '-')}",
            f"Get {_article(self.one)} {self.one}",
            tag=self.many.capitalize(),
            response=self.serializer,
            errors=ERRORS,
            parameters=[as_of.DESCRIPTION],
        )
        def get(view: PlainRecordsView, request: Request, **kwargs: Any) -> Response:
            """Return one record by the vendor's id, as it is or as it was."""
            if as_of.PARAMETER in request.query_params:
                return as_of.one_answer(view, request, kwargs[parameter])
            return view.one(kwargs[parameter])

        return self._view("Record", get)

    def _history_view(self, parameter: str) -> type[PlainRecordsView]:
        @operation(
            f"get-{_joined(self.one, '-')}-history",
            f"Get the history of {_article(self.one)} {self.one}",
            tag=self.many.capitalize(),
            response=history.HistorySerializer,
            errors=ERRORS,
            parameters=history.PARAMETERS,
        )
        def get(view: PlainRecordsView, request: Request, **kwargs: Any) -> Response:
            """Return the versions of one record, the newest first, with what each changed."""
            return history.history_answer(view, request, kwargs[parameter])

        return self._view("History", get)

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


def _article(word: str) -> str:
    return "an" if word[0] in "aeiou" else "a"


def _joined(words: str, by: str) -> str:
    return words.replace(" ", by)


# What stands on an invoice, as its records call it.
_ON_INVOICES = {
    "lines": models.InvoiceLine,
    "discounts": models.Discount,
    "taxes": models.Tax,
    "payments": models.Payment,
    "refunds": models.Refund,
    "credits": models.AppliedCredit,
}

DATA_TYPES = (
    DataType("billing-sites", models.Site, "site", "sites"),
    DataType("billing-customers", models.Customer, "customer record", "customer records"),
    DataType("billing-productFamilies", models.ProductFamily, "product family", "product families"),
    DataType("billing-products", models.Product, "product record", "product records"),
    DataType("billing-invoices", models.Invoice, "invoice", "invoices", parts=_ON_INVOICES),
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
    DataType("billing-couponCodes", models.CouponCode, "coupon code", "coupon codes"),
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
    DataType("billing-transactions", models.Transaction, "transaction record", "transaction records"),
    DataType("billing-events", models.Event, "event", "events"),
    DataType("billing-invoiceEvents", models.InvoiceEvent, "invoice event", "invoice events"),
    DataType("billing-siteStatistics", models.SiteStatistics, "site statistic", "site statistics"),
    DataType("billing-siteMrr", models.SiteMrr, "monthly revenue", "monthly revenues"),
)
