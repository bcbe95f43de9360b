"""The site itself, and its figures for a confirmation screen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from ..bodies import site as bodies
from ..bodies.amounts import cents_text
from ..business.records import Invoice, Subscription
from ..business.times import day_of, midnight
from .lists import NOT_DELETED, Query

if TYPE_CHECKING:
    from ..site import Site


def site(site: Site, query: Query) -> Any:
    """Return the site, inside its wrapper."""
    return {"site": bodies.site(site)}


def stats(site: Site, query: Query) -> Any:
    """Return the figures; amounts are formatted text (facts §7)."""
    today = date.fromordinal(day_of(site.now(), site.zone))
    morning = midnight(today.toordinal(), site.zone)
    return {
        "seller_name": site.spec.name,
        "site_name": site.spec.name,
        "site_id": site.id,
        "site_currency": site.spec.currency,
        "stats": {
            "total_subscriptions": site.store.count(Subscription, NOT_DELETED),
            "subscriptions_today": site.store.count(
                Subscription, f"created_at >= ? AND {NOT_DELETED}", (morning,)
            ),
            "total_revenue": _revenue(site, date.min),
            "revenue_today": _revenue(site, today),
            "revenue_this_month": _revenue(site, today.replace(day=1)),
            "revenue_this_year": _revenue(site, today.replace(month=1, day=1)),
        },
    }


def _revenue(site: Site, since: date) -> str:
    """Add up what was paid in the site's own currency since a day; a part payment counts with its bill [I].

    A consolidated invoice counts once, as the parent (facts §7).
    """
    where = "COALESCE(paid_on, issued_on) >= ? AND currency = ? AND level <> 'child'"
    cents = site.store.sum(Invoice, "revenue", where, (since.toordinal(), site.spec.currency))
    return cents_text(site.spec.currency, cents)


ROUTES: dict[str, Callable[..., Any]] = {"/site.json": site, "/stats.json": stats}
