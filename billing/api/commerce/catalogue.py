"""Products out of products and components, their categories, and the taxes on what is sold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import MD5, Cast, Coalesce, Concat

from billing.api.commerce.fields import CATEGORY_FIELDS, PRODUCT_FIELDS, TAX_COMPONENT_FIELDS
from billing.api.commerce.serializers import (
    ProductCategorySerializer,
    ProductSerializer,
    TaxComponentSerializer,
)
from billing.api.commerce.united import NEWEST, UnitedView
from billing.api.views import RecordsView
from billing.commerce.products import COMPONENT_PREFIX, category_body, product_body
from billing.commerce.taxes import tax_component_body
from billing.commerce.values import Row
from billing.models import Component, ComponentPricePoint, PricePoint, Product, ProductFamily, Tax
from billing.models.prices import PricePointColumns

_PRODUCT_COLUMNS = (
    "sold_as",
    "product_id",
    "unit_name",
    "source_id",
    "name",
    "description",
    "product_family_source_id",
    "taxable",
    "archived_at",
    "source_created_at",
    "source_updated_at",
    "changed_at",
)
_PRICES: Mapping[str, tuple[type[PricePointColumns], str]] = {
    "product": (PricePoint, "product_source_id"),
    "component": (ComponentPricePoint, "component_source_id"),
}
_AS_TEXT = CharField()


class ProductsView(UnitedView):
    """Products of the commerce model: products and components, with their price points."""

    data_type = "commerce-products"
    model = Product
    query_fields = PRODUCT_FIELDS
    serializer_class = ProductSerializer
    id_column = "product_id"
    default_order = ("-source_created_at", "product_id")
    tie_breaker = "product_id"

    def arms(self) -> Sequence[QuerySet[Any]]:
        component_id = Concat(Value(COMPONENT_PREFIX), "source_id", output_field=_AS_TEXT)
        components = self.records(Component).annotate(sold_as=_text("component"), product_id=component_id)
        products = self.records(Product).annotate(
            sold_as=_text("product"), product_id=F("source_id"), unit_name=_text("")
        )
        return [arm.values(*_PRODUCT_COLUMNS) for arm in (products, components)]

    def bodies(self, rows: list[Row]) -> Iterable[dict[str, Any]]:
        prices = {kind: self._prices(kind, rows) for kind in _PRICES}
        categories = self._categories(rows)
        return [
            product_body(
                row,
                prices[row["sold_as"]][row["source_id"]],
                category=categories.get(row["product_family_source_id"]),
                is_test=self.source.is_test,
            )
            for row in rows
        ]

    def _prices(self, kind: str, rows: list[Row]) -> Mapping[str, list[Row]]:
        """Return the price points by what they are of, less those that a single subscription has."""
        model, column = _PRICES[kind]
        sold = [row["source_id"] for row in rows if row["sold_as"] == kind]
        found = self.records(model).filter(**{f"{column}__in": sold}, subscription_source_id="")
        prices: dict[str, list[Row]] = defaultdict(list)
        for price in found.order_by("id").values():
            prices[price[column]].append(price)
        return prices

    def _categories(self, rows: list[Row]) -> dict[str, str]:
        wanted = {row["product_family_source_id"] for row in rows}
        families = self.records(ProductFamily).filter(source_id__in=wanted)
        return dict(families.values_list("source_id", "name"))


class ProductCategoriesView(RecordsView):
    """Product categories of the commerce model: product families."""

    data_type = "commerce-productCategories"
    model = ProductFamily
    query_fields = CATEGORY_FIELDS
    serializer_class = ProductCategorySerializer

    def bodies(self, rows: list[Row]) -> Iterable[dict[str, Any]]:
        return [category_body(row) for row in rows]


class TaxComponentsView(UnitedView):
    """Tax components of the commerce model: the distinct taxes that stand on invoices."""

    data_type = "commerce-taxComponents"
    model = Tax
    query_fields = TAX_COMPONENT_FIELDS
    serializer_class = TaxComponentSerializer
    id_column = "component_id"
    default_order = ("title", "component_id")
    tie_breaker = "component_id"

    def arms(self) -> Sequence[QuerySet[Any]]:
        # As `tax_component_id` makes it.
        exact = Coalesce(Cast("percentage", _AS_TEXT), Value(""))
        component_id = MD5(Concat(exact, Value(":"), "title", output_field=_AS_TEXT))
        taxes = self.records(Tax).annotate(component_id=component_id)
        return [taxes.values("component_id", "title", "percentage").annotate(**NEWEST)]

    def bodies(self, rows: list[Row]) -> Iterable[dict[str, Any]]:
        return [tax_component_body(row) for row in rows]


def _text(value: str) -> Value:
    return Value(value, output_field=_AS_TEXT)
