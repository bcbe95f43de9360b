"""The site's figures for a confirmation screen."""

from __future__ import annotations

from datetime import date
from typing import Any

from .site import Site
from .times import day_of, midnight

SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£"}


def stats(site: Site) -> dict[str, Any]:
    """Return the body of /stats.json; amounts are formatted text (facts §7)."""
    spec, business, zone = site.spec, site.business, site.renderer.zone
    today = date.fromordinal(day_of(site.now(), zone))
    morning, subscriptions = midnight(today.toordinal(), zone), list(business.subscriptions.values())
    return {
        "seller_name": spec.name,
        "site_name": spec.name,
        "site_id": business.site_id,
        "site_currency": spec.currency,
        "stats": {
            "total_subscriptions": len(subscriptions),
            "subscriptions_today": sum(s.created_at >= morning for s in subscriptions),
            "total_revenue": _revenue(site, date.min),
            "revenue_today": _revenue(site, today),
            "revenue_this_month": _revenue(site, today.replace(day=1)),
            "revenue_this_year": _revenue(site, today.replace(month=1, day=1)),
        },
    }


def _revenue(site: Site, since: date) -> str:
    """Add up what was paid in the site's own currency since a day."""
    first, currency = since.toordinal(), site.spec.currency
    cents = sum(
        invoice.paid - invoice.refunded
        for invoice in list(site.business.invoices.values())
        if invoice.paid and (invoice.paid_on or 0) >= first and invoice.subscription.currency == currency
    )
    return f"{SYMBOLS.get(currency, currency)}{cents / 100:,.2f}"
