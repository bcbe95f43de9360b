"""The API of records: lists that stay light with a million rows, and single records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from billing.api.fields import CUSTOMER_FIELDS, ORDER_FIELDS
from billing.api.paging import ORDER, RecordsPaging
from billing.api.serializers import CustomerSerializer, OrderSerializer
from billing.commerce import OrderParts, Row, customer_body, order_body
from billing.models import (
    Customer,
    Discount,
    Invoice,
    InvoiceLine,
    Payment,
    Record,
    Refund,
    Tax,
)
from billing.models.invoices import InvoicePart
from companies.api.base import ClientView
from companies.models import Connection
from config.api.errors import Conflict
from config.api.views import ListApiView, operation

ERRORS = [400, 404, 409]
_PARTS: dict[str, type[InvoicePart]] = {
    "lines": InvoiceLine,
    "discounts": Discount,
    "taxes": Tax,
    "payments": Payment,
    "refunds": Refund,
}


class RecordsView(ClientView, ListApiView):
    """The records of one type that a connection has given."""

    data_type: ClassVar[str]
    model: ClassVar[type[Record]]
    pagination_class = RecordsPaging

    @cached_property
    def source(self) -> Connection:
        """Return the connection; raise Conflict where nothing was ever read from it."""
        connection = self.connection()
        if connection.sync_state == Connection.SyncState.NEVER:
            raise Conflict("The data set has not been requested.")
        return connection

    def get_queryset(self) -> QuerySet[Any]:
        records = self.model.objects.filter(connection=self.source, deleted_at=None)
        return records.order_by(*ORDER).values()

    def bodies(self, rows: list[Row]) -> Iterable[dict[str, Any]]:
        """Return rows as the API shows them."""
        raise NotImplementedError

    def many(self) -> Response:
        """Return the page that the request asks for."""
        return self.get_paginated_response(list(self.bodies(list(self.page()))))

    def one(self, source_id: str) -> Response:
        """Return one record; raise NotFound."""
        # PostgreSQL refuses a text with NUL.
        rows = list(self.get_queryset().filter(source_id=source_id)) if "\0" not in source_id else []
        if not rows:
            raise NotFound(f"No data available for {self.data_type} for ID {source_id}")
        return Response(next(iter(self.bodies(rows))))


class CustomersView(RecordsView):
    """Customers of the commerce model."""

    data_type = "commerce-customers"
    model = Customer
    query_fields = CUSTOMER_FIELDS
    serializer_class = CustomerSerializer

    def bodies(self, rows: list[Row]) -> Iterable[dict[str, Any]]:
        return [customer_body(row, is_test=self.source.is_test) for row in rows]

    @operation(
        "list-customers",
        "List customers",
        tag="Customers",
        response=CustomerSerializer(many=True),
        errors=ERRORS,
    )
    def get(self, request: Request, **kwargs: Any) -> Response:
        """Return the company's customers, those that changed last first."""
        return self.many()


class CustomerView(CustomersView):
    """One customer."""

    @operation("get-customer", "Get a customer", tag="Customers", response=CustomerSerializer, errors=ERRORS)
    def get(self, request: Request, **kwargs: Any) -> Response:
        """Return one customer by the vendor's id."""
        return self.one(kwargs["customerId"])


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

    @operation("list-orders", "List orders", tag="Orders", response=OrderSerializer(many=True), errors=ERRORS)
    def get(self, request: Request, **kwargs: Any) -> Response:
        """Return the company's invoices as orders, those that changed last first."""
        return self.many()

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


class OrderView(OrdersView):
    """One order."""

    @operation("get-order", "Get an order", tag="Orders", response=OrderSerializer, errors=ERRORS)
    def get(self, request: Request, **kwargs: Any) -> Response:
        """Return one invoice as an order."""
        return self.one(kwargs["orderId"])
