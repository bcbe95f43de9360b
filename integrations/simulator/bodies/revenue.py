"""The vendor's own view of monthly recurring revenue; deprecated, but it still answers (facts §3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..business.records import Customer, Movement, PricePoint, Product, Subscription

if TYPE_CHECKING:
    from ..site import Site

SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}
# The words beside new_business are [I]: one example is documented.
CATEGORIES = {"new": "new_business"}
VERBS = {
    "new": "signed up for",
    "reactivation": "came back to",
    "churn": "left",
    "expansion": "expanded",
    "contraction": "reduced",
}


def formatted(cents: int, currency: str) -> str:
    """Write cents as the vendor's text, "$45,978.81" (facts §7)."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{SYMBOLS.get(currency, currency)}{abs(cents) / 100:,.2f}"


def mrr(site: Site, cents: int, at: int) -> dict[str, Any]:
    """Return the inside of /mrr.json."""
    currency = site.spec.currency
    return {
        "amount_in_cents": cents,
        "amount_formatted": formatted(cents, currency),
        "currency": currency,
        "currency_symbol": SYMBOLS.get(currency, currency),
        "breakouts": breakouts(cents, currency),
        "at_time": site.stamp(at),
    }


def breakouts(cents: int, currency: str) -> dict[str, Any]:
    """Return plan and usage apart; metered use does not recur, so it is nothing."""
    return {
        "plan_amount_in_cents": cents,
        "plan_amount_formatted": formatted(cents, currency),
        "usage_amount_in_cents": 0,
        "usage_amount_formatted": formatted(0, currency),
    }


def movement(site: Site, record: Movement) -> dict[str, Any]:
    """Return a movement with the one line that it consists of here."""
    subscription = site.store.require(Subscription, record.subscription_id)
    customer = site.store.require(Customer, record.customer_id)
    product = site.store.get(Product, subscription.product_id)
    name = f"{customer.first_name} {customer.last_name}"
    title = product.name if product else "Components"
    category = CATEGORIES.get(record.category, record.category)
    return {
        "timestamp": site.stamp(record.created_at),
        "amount_in_cents": record.amount,
        "amount_formatted": formatted(record.amount, record.currency),
        "description": f"{name} {VERBS[record.category]} {title} ({formatted(record.amount, record.currency)}/mo)",
        "category": category,
        "breakouts": breakouts(record.amount, record.currency),
        "line_items": [_line(record, category, title, product, site.store.get(PricePoint, _point(product)))],
        "subscription_id": record.subscription_id,
        "subscriber_name": name,
    }


def _point(product: Product | None) -> int | None:
    return product.price_point_id if product else None


def _line(
    record: Movement, category: str, title: str, product: Product | None, point: PricePoint | None
) -> dict[str, Any]:
    delta = {"new": 1, "reactivation": 1, "churn": -1}.get(record.category, 0)
    return {
        "product_id": product.id if product else 0,
        "component_id": 0,
        "price_point_id": point.id if point else 0,
        "name": title,
        "mrr": record.amount,
        "mrr_movements": [
            {"amount": record.amount, "category": category, "subscriber_delta": delta, "lead_delta": 0}
        ],
        "quantity": 1,
        "prev_quantity": 0 if delta > 0 else 1,
        "recurring": True,
    }
