"""Customers, orders and the company of the commerce model, and what no billing vendor has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from rest_framework.request import Request
from rest_framework.response import Response

from billing.api.commerce.fields import CUSTOMER_FIELDS, ORDER_FIELDS
from billing.api.commerce.serializers import (
    CompanyInfoSerializer,
    CustomerSerializer,
    DisputeSerializer,
    LocationSerializer,
    OrderSerializer,
)
from billing.api.views import RecordsView
from billing.commerce.customers import company_info_body, customer_body
from billing.commerce.orders import OrderParts, order_body
from billing.commerce.values import Row
from billing.models import Customer, Discount, Invoice, InvoiceLine, Payment, Refund, Site, Tax
from billing.models.invoices import InvoicePart
from config.api.query import parse_query
from config.api.views import operation

_PARTS: dict[str, type[InvoicePart]] = {
    "lines": InvoiceLine,
    "discounts": Discount,
    "taxes": Tax,
    "payments": Payment,
    "refunds": Refund,
}


class CustomersView(RecordsView):
    """Customers of the commerce model."""

    data_type = "commerce-customers"
    model = Customer
    query_fields = CUSTOMER_FIELDS
    serializer_class = CustomerSerializer

    def bodies(self, rows: list[Row]) -> Iterable[dict[str, Any]]:
        return [customer_body(row, is_test=self.source.is_test) for row in rows]


class OrdersView(RecordsView):
    """Orders of the commerce model: invoices with all that stands on them."""

    data_type = "commerce-orders"
    model = Invoice
    query_fields = ORDER_FIELDS
    serializer_class = OrderSerializer

    def get_queryset(self) -> QuerySet[Any]:
        net = F("total_minor") - Coalesce("refund_minor", 0)
        orders: QuerySet[Any] = super().get_queryset().alias(net_minor=net)
        return orders

    def bodies(self, rows: list[Row]) -> Iterable[dict[str, Any]]:
        parts, names = self._parts(rows), self._customer_names(rows)
        return [
            order_body(
                row,
                parts[row["source_id"]],
                customer_name=names.get(row["customer_source_id"]),
                is_test=self.source.is_test,
            )
            for row in rows
        ]

    def _parts(self, rows: list[Row]) -> Mapping[str, OrderParts]:
        """Return the parts by invoice, with one query a table."""
        parts: dict[str, OrderParts] = defaultdict(OrderParts)
        invoices = [row["source_id"] for row in rows]
        for name, model in _PARTS.items():
            found = model.objects.filter(
                connection=self.source, invoice_source_id__in=invoices, deleted_at=None
            )
            for part in found.order_by("id").values():
                getattr(parts[part["invoice_source_id"]], name).append(part)
        return parts

    def _customer_names(self, rows: list[Row]) -> dict[str, str]:
        wanted = {row["customer_source_id"] for row in rows}
        customers = Customer.objects.filter(connection=self.source, source_id__in=wanted)
        found = customers.values_list("source_id", "name", "organization")
        return {source_id: name or organization for source_id, name, organization in found}


class CompanyInfoView(RecordsView):
    """The company as its site describes it."""

    data_type = "commerce-companyInfo"
    model = Site

    def bodies(self, rows: list[Row]) -> Iterable[dict[str, Any]]:
        return [company_info_body(row) for row in rows]

    def found(self, asked: str) -> list[Row]:
        """Return the connection's one site."""
        return list(self.get_queryset()[:1])

    @operation(
        "get-company-info",
        "Get company info",
        tag="Company info",
        response=CompanyInfoSerializer,
        errors=[404, 409],
    )
    def get(self, request: Request, **kwargs: Any) -> Response:
        """Return what the company's account at the vendor says of it."""
        return self.one(kwargs["connectionId"])


class EmptyView(RecordsView):
    """Something that a billing vendor doesn't have: an empty list."""

    model = Site

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().none()

    def page(self) -> Sequence[Any]:
        """Return nothing, whatever is asked for in the language of queries."""
        nothing = self.get_queryset()
        if query := self.request.query_params.get("query", "").strip():
            parse_query(query, lambda name, operator, value: Q())
        return self.paginate_queryset(nothing) or []

    def bodies(self, rows: list[Row]) -> Iterable[dict[str, Any]]:
        return []


class DisputesView(EmptyView):
    """Disputes of the commerce model."""

    data_type = "commerce-disputes"
    serializer_class = DisputeSerializer


class LocationsView(EmptyView):
    """Locations of the commerce model."""

    data_type = "commerce-locations"
    serializer_class = LocationSerializer
