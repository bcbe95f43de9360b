"""Sites, product families and products in the Portal."""

from __future__ import annotations

from django.contrib import admin

from billing.admin.base import RecordAdmin, Related
from billing.admin.values import column
from billing.models import Component, PricePoint, Product, ProductFamily, Site


@admin.register(Site)
class SiteAdmin(RecordAdmin):
    """The companies' accounts at the vendor."""

    purpose = "The accounts at the vendor that were read."
    list_display = ("show_name", "subdomain", "currency", "source_id")
    search_fields = ("source_id__exact", "subdomain__exact", "name__istartswith")
    search_help_text = "ID, subdomain, or first letters of the name"
    show_name = column("name")

    groups = (
        ("Site", ("source_id", "name", "subdomain", "is_test")),
        ("Money", ("currency", "other_currencies", "relationship_invoicing")),
    )


@admin.register(ProductFamily)
class ProductFamilyAdmin(RecordAdmin):
    """Groups of products."""

    purpose = "The groups that the companies' products are sorted into."
    list_display = ("show_name", "handle", "source_id")
    search_fields = ("source_id__exact", "handle__exact", "name__istartswith")
    search_help_text = "ID, handle, or first letters of the name"
    show_name = column("name")

    groups = (("Product family", ("source_id", "name", "handle", "description", "archived_at")),)
    related = (
        Related(Product, "product_family_source_id", ("name", "handle", "price_minor", "archived_at")),
        Related(Component, "product_family_source_id", ("name", "handle", "kind", "archived_at")),
    )


@admin.register(Product)
class ProductAdmin(RecordAdmin):
    """Plans that can be subscribed to."""

    purpose = "The plans that the companies sell."
    list_display = ("show_name", "handle", "price", "interval", "interval_unit", "source_id")
    search_fields = ("source_id__exact", "handle__exact", "name__istartswith")
    search_help_text = "ID, handle, or first letters of the name"
    show_name = column("name")
    price = column("price_minor")

    groups = (
        (
            "Product",
            ("source_id", "name", "handle", "description", "product_family_source_id", "archived_at"),
        ),
        (
            "Price",
            ("currency", "price_minor", "interval", "interval_unit", "initial_charge_minor", "taxable"),
        ),
        ("Trial", ("trial_price_minor", "trial_interval", "trial_interval_unit")),
    )
    links = {"product_family_source_id": ProductFamily}
    related = (Related(PricePoint, "product_source_id", ("name", "kind", "price_minor", "archived_at")),)
