"""Components, price points and coupons in the Portal."""

from __future__ import annotations

from django.contrib import admin

from billing.admin.base import RecordAdmin, Related
from billing.admin.values import column
from billing.models import (
    Component,
    ComponentPricePoint,
    Coupon,
    CouponCode,
    PricePoint,
    Product,
    ProductFamily,
    Subscription,
    SubscriptionComponent,
)

NAMED = ("source_id__exact", "handle__exact", "name__istartswith")
NAMED_HELP = "ID, handle, or first letters of the name"


@admin.register(Component)
class ComponentAdmin(RecordAdmin):
    """What is sold beside products."""

    purpose = "What the companies sell beside their products: by quantity, by use, or switched on."
    list_display = ("show_name", "kind", "unit_name", "price", "pricing_scheme", "source_id")
    search_fields = NAMED
    search_help_text = NAMED_HELP
    show_name = column("name")
    price = column("unit_price")

    groups = (
        ("Component", ("source_id", "name", "handle", "description", "kind", "unit_name", "archived_at")),
        ("Price", ("currency", "pricing_scheme", "unit_price", "tiers", "recurring", "taxable")),
        ("Belongs to", ("product_family_source_id", "default_price_point_source_id")),
    )
    links = {
        "product_family_source_id": ProductFamily,
        "default_price_point_source_id": ComponentPricePoint,
    }
    related = (
        Related(
            ComponentPricePoint, "component_source_id", ("name", "kind", "pricing_scheme", "archived_at")
        ),
        Related(
            SubscriptionComponent,
            "component_source_id",
            ("source_id", "allocated_quantity", "unit_balance", "enabled"),
        ),
    )


@admin.register(PricePoint)
class PricePointAdmin(RecordAdmin):
    """Prices of products."""

    purpose = "The prices at which the companies' products are sold."
    list_display = ("show_name", "kind", "price", "interval", "interval_unit", "product")
    search_fields = (*NAMED, "product_source_id__exact")
    search_help_text = "ID, product ID, handle, or first letters of the name"
    show_name = column("name")
    price = column("price_minor")
    product = column("product_source_id", "Product ID")

    groups = (
        (
            "Price point",
            (
                "source_id",
                "name",
                "handle",
                "kind",
                "product_source_id",
                "subscription_source_id",
                "archived_at",
            ),
        ),
        (
            "Price",
            ("currency", "price_minor", "interval", "interval_unit", "initial_charge_minor", "tax_included"),
        ),
        ("Other currencies", ("use_site_exchange_rate", "currency_prices")),
        ("Trial", ("trial_price_minor", "trial_interval", "trial_interval_unit")),
        ("End", ("expiration_interval", "expiration_interval_unit")),
    )
    links = {"product_source_id": Product, "subscription_source_id": Subscription}


@admin.register(ComponentPricePoint)
class ComponentPricePointAdmin(RecordAdmin):
    """Prices of components."""

    purpose = "The prices at which the companies' components are sold, tier by tier."
    list_display = ("show_name", "kind", "pricing_scheme", "component")
    search_fields = (*NAMED, "component_source_id__exact")
    search_help_text = "ID, component ID, handle, or first letters of the name"
    show_name = column("name")
    component = column("component_source_id", "Component ID")

    groups = (
        (
            "Price point",
            (
                "source_id",
                "name",
                "handle",
                "kind",
                "component_source_id",
                "subscription_source_id",
                "archived_at",
            ),
        ),
        ("Price", ("currency", "pricing_scheme", "tiers", "interval", "interval_unit", "tax_included")),
        ("Other currencies", ("use_site_exchange_rate", "currency_prices")),
    )
    links = {"component_source_id": Component, "subscription_source_id": Subscription}


@admin.register(Coupon)
class CouponAdmin(RecordAdmin):
    """Codes that reduce a price."""

    purpose = "The codes with which the companies' customers pay less."
    list_display = ("show_code", "name", "percentage", "amount", "recurring_scheme")
    search_fields = ("source_id__exact", "code__exact", "name__istartswith")
    search_help_text = "ID, code, or first letters of the name"
    show_code = column("code")
    amount = column("amount_minor")

    groups = (
        ("Coupon", ("source_id", "code", "name", "description", "product_family_source_id", "archived_at")),
        ("Reduction", ("discount_type", "currency", "amount_minor", "percentage", "currency_prices")),
        (
            "Rules",
            (
                "recurring_scheme",
                "duration_periods",
                "conversion_limit",
                "stackable",
                "starts_at",
                "ends_at",
            ),
        ),
    )
    links = {"product_family_source_id": ProductFamily}
    related = (Related(CouponCode, "coupon_source_id", ("code",)),)


@admin.register(CouponCode)
class CouponCodeAdmin(RecordAdmin):
    """Further codes of coupons."""

    purpose = "Further codes of coupons; each gives what its coupon gives."
    list_display = ("show_code", "coupon")
    search_fields = ("code__exact", "coupon_source_id__exact")
    search_help_text = "Code or coupon ID"
    show_code = column("code")
    coupon = column("coupon_source_id", "Coupon ID")

    groups = (("Code", ("source_id", "code", "coupon_source_id")),)
    links = {"coupon_source_id": Coupon}
