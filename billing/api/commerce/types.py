"""The data types of the commerce model: a list and a single object for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from django.urls import URLPattern, path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from billing.api.commerce import catalogue, payments, views
from billing.api.views import ERRORS, RecordsView
from config.api.serializers import camel_case
from config.api.views import operation


@dataclass(frozen=True)
class CommerceType:
    """One data type: what people call one of its objects and several, and where the contract has it otherwise."""

    view: type[RecordsView]
    one: str
    many: str
    tag: str
    parameter: str = ""

    @property
    def name(self) -> str:
        """Return the data type's key, which is the end of its path too."""
        return self.view.data_type

    @property
    def shape(self) -> type[BaseSerializer[Any]]:
        """Return the shape of one object."""
        return cast(type[BaseSerializer[Any]], self.view.serializer_class)

    def paths(self, prefix: str) -> list[URLPattern]:
        """Return the URLs of the list and of one object."""
        parameter = self.parameter or camel_case(f"{self.one.replace(' ', '_')}_id")
        return [
            path(f"{prefix}/{self.name}", self._list_view().as_view()),
            path(f"{prefix}/{self.name}/<str:{parameter}>", self._one_view(parameter).as_view()),
        ]

    def _list_view(self) -> type[RecordsView]:
        @operation(
            f"list-{self.many.replace(' ', '-')}",
            f"List {self.many}",
            tag=self.tag,
            response=self.shape(many=True),
            errors=ERRORS,
        )
        def get(view: RecordsView, request: Request, **kwargs: Any) -> Response:
            """Return what the company has of this type; `query` and `orderBy` take what a column answers."""
            return view.many()

        return self._view("List", get)

    def _one_view(self, parameter: str) -> type[RecordsView]:
        @operation(
            f"get-{self.one.replace(' ', '-')}",
            f"Get {'an' if self.one[0] in 'aeiou' else 'a'} {self.one}",
            tag=self.tag,
            response=self.shape,
            errors=[404, 409],
        )
        def get(view: RecordsView, request: Request, **kwargs: Any) -> Response:
            """Return one object by its id."""
            return view.one(kwargs[parameter])

        return self._view("One", get)

    def _view(self, kind: str, get: Any) -> type[RecordsView]:
        attributes = {"__doc__": self.view.__doc__, "get": get}
        return type(f"{self.view.__name__}{kind}", (self.view,), attributes)


COMMERCE_TYPES = (
    CommerceType(views.CustomersView, "customer", "customers", tag="Customers"),
    CommerceType(views.OrdersView, "order", "orders", tag="Orders"),
    CommerceType(payments.PaymentsView, "payment", "payments", tag="Payments"),
    CommerceType(payments.PaymentMethodsView, "payment method", "payment methods", tag="Payments"),
    CommerceType(payments.TransactionsView, "transaction", "transactions", tag="Transactions"),
    CommerceType(catalogue.ProductsView, "product", "products", tag="Products"),
    CommerceType(
        catalogue.ProductCategoriesView,
        "product category",
        "product categories",
        tag="Products",
        parameter="productId",
    ),
    CommerceType(
        catalogue.TaxComponentsView,
        "tax component",
        "tax components",
        tag="Tax components",
        parameter="taxId",
    ),
    CommerceType(views.DisputesView, "dispute", "disputes", tag="Disputes"),
    CommerceType(views.LocationsView, "location", "locations", tag="Locations"),
)
