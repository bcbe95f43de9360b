"""What the vendor itself makes of a company's site: how much was sold, and what recurs each month."""

from __future__ import annotations

from django.db import models

from billing.models.base import Record, currency_code, minor_units


class SiteStatistics(Record):
    """A site's totals as the vendor counts them."""

    name = models.CharField(max_length=300, blank=True)
    seller_name = models.CharField("seller", max_length=300, blank=True)
    total_subscriptions = models.PositiveIntegerField("subscriptions", null=True)
    subscriptions_today = models.PositiveIntegerField(null=True)
    currency = currency_code()
    total_revenue_minor = minor_units("revenue")
    revenue_today_minor = minor_units("revenue today")
    revenue_this_month_minor = minor_units("revenue this month")
    revenue_this_year_minor = minor_units("revenue this year")

    class Meta(Record.Meta):
        verbose_name = verbose_name_plural = "site statistics"

    def __str__(self) -> str:
        return self.name or self.source_id


class SiteMrr(Record):
    """A site's monthly recurring revenue as the vendor counts it, at the time of its last change."""

    currency = currency_code()
    amount_minor = minor_units("MRR")
    plan_minor = minor_units("of plans")
    usage_minor = minor_units("of usage")

    class Meta(Record.Meta):
        verbose_name, verbose_name_plural = "MRR of a site", "MRR of sites"
