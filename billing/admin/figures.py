"""What vendors make of sites, in the Portal."""

from __future__ import annotations

from django.contrib import admin

from billing.admin.base import RecordAdmin
from billing.admin.values import column
from billing.models import SiteMrr, SiteStatistics


@admin.register(SiteStatistics)
class SiteStatisticsAdmin(RecordAdmin):
    """A site's totals."""

    purpose = "What the companies' sites have sold, as the vendor itself counts it."
    list_display = ("show_name", "total_subscriptions", "revenue", "this_year")
    show_name = column("name")
    revenue = column("total_revenue_minor", "Revenue")
    this_year = column("revenue_this_year_minor", "This year")

    groups = (
        ("Site", ("source_id", "name", "seller_name", "total_subscriptions", "subscriptions_today")),
        (
            "Revenue",
            (
                "currency",
                "total_revenue_minor",
                "revenue_this_year_minor",
                "revenue_this_month_minor",
                "revenue_today_minor",
            ),
        ),
    )


@admin.register(SiteMrr)
class SiteMrrAdmin(RecordAdmin):
    """A site's monthly recurring revenue."""

    purpose = "The companies' monthly recurring revenue, as the vendor itself counts it."
    list_display = ("amount", "plans", "usage", "as_of")
    amount = column("amount_minor", "MRR")
    plans = column("plan_minor", "Of plans")
    usage = column("usage_minor", "Of usage")
    as_of = column("source_updated_at", "As of")

    groups = (("MRR", ("currency", "amount_minor", "plan_minor", "usage_minor", "source_updated_at")),)
