"""Bodies of coupons and of what they were used for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..business.records import Coupon, Invoice, Product, ProductFamily, Subscription
from ..business.store import index
from . import Body

if TYPE_CHECKING:
    from ..site import Site


def coupon(site: Site, record: Coupon, *, currencies: bool = False) -> Body:
    """Return a coupon; `currencies` adds an amount's worth in the site's other currencies."""
    body = {
        "id": record.id,
        "name": record.name,
        "code": record.code,
        "description": record.description,
        "amount": None if record.amount is None else record.amount / 100,  # a JSON number (facts §7)
        "amount_in_cents": record.amount,
        "product_family_id": record.family_id,
        "product_family_name": site.store.require(ProductFamily, record.family_id).name,
        "start_date": site.stamp(record.starts_at),
        "end_date": site.stamp(record.ends_at),
        "percentage": None if record.percent is None else str(record.percent),  # a string now (facts §7)
        "recurring": record.uses != 1,
        "recurring_scheme": _scheme(record),
        "duration_period_count": record.uses if record.uses != 1 else None,
        "duration_interval": None,
        "duration_interval_unit": None,
        "duration_interval_span": None,
        "allow_negative_balance": False,
        "archived_at": site.stamp(record.archived_at),
        "conversion_limit": None,
        "stackable": False,
        "compounding_strategy": "full-price",
        "use_site_exchange_rate": True,
        "created_at": site.stamp(record.created_at),
        "updated_at": site.stamp(record.updated_at),
        "discount_type": "amount" if record.percent is None else "percent",
        "exclude_mid_period_allocations": False,
        "apply_on_cancel_at_end_of_period": False,
        "apply_on_subscription_expiration": False,
        "coupon_restrictions": _restrictions(site, record),
    }
    return body | {"currency_prices": _currencies(site, record)} if currencies else body


def _restrictions(site: Site, record: Coupon) -> list[Body]:
    if record.only_product_id is None:
        return []
    product = site.store.require(Product, record.only_product_id)
    about = {"item_type": "Product", "item_id": product.id, "name": product.name, "handle": product.handle}
    return [{"id": record.id * 10} | about]


def _scheme(record: Coupon) -> str:
    if record.uses is None:
        return "recur_indefinitely"
    return "do_not_recur" if record.uses == 1 else "recur_with_duration"


def _currencies(site: Site, record: Coupon) -> list[Body]:
    """One to one, as with prices; a percentage has none."""
    if record.amount is None:
        return []
    return [
        {
            "id": record.id * 10 + nth,
            "currency": currency,
            "price": record.amount // 100,
            "coupon_id": record.id,
        }
        for nth, currency in enumerate(site.spec.non_primary_currencies)
    ]


def held(record: Coupon, uses: int) -> Body:
    """Return the coupon as a subscription lists it."""
    body = {
        "code": record.code,
        "use_count": uses,
        "expires_at": None,
        "recurring": record.uses != 1,
        "amount_in_cents": record.amount,
        "percentage": None if record.percent is None else str(record.percent),
    }
    # For ever: no number, and the schema knows no null here.
    return body if record.uses is None else body | {"uses_allowed": record.uses}


def usage(site: Site, record: Coupon, product: Product) -> Body:
    """Return what a coupon did for a product, in the site's own currency [I: openapi.yaml names the keys only]."""
    bought = f"SELECT id FROM {index(Subscription)} WHERE product_id = ? AND deleted_at IS NULL"
    where = f"coupon_id = ? AND currency = ? AND level <> 'child' AND subscription_id IN ({bought})"
    values = record.id, site.spec.currency, product.id
    savings = site.store.sum(Invoice, "discount", where, values)
    revenue = site.store.sum(Invoice, "revenue", where, values)
    signups = "coupon_id = ? AND product_id = ? AND deleted_at IS NULL"
    return {
        "id": product.id,
        "name": product.name,
        "signups": site.store.count(Subscription, signups, (record.id, product.id)),
        "savings": savings // 100,
        "savings_in_cents": savings,
        "revenue": revenue // 100,
        "revenue_in_cents": revenue,
    }
