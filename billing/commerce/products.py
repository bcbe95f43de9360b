"""Products and components as products, their price points as variants, product families as categories."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from billing.commerce.values import Row, dates, modified, money, reference

# The vendor counts components apart from products, so that their ids overlap.
COMPONENT_PREFIX = "component:"
# Of a product's prices in another currency, the one that recurs.
_RECURRING = "baseline"


def product_body(row: Row, prices: Iterable[Row], *, category: str | None, is_test: bool) -> dict[str, Any]:
    """Return a product or component with its price points as variants; `isTest` is ours."""
    return {
        "id": row["product_id"],
        "name": row["name"] or None,
        "description": row["description"] or None,
        "categorization": category,
        "isGiftCard": False,
        "variants": [_variant(row, price) for price in prices],
        **dates(row),
        "isTest": is_test,
    }


def category_body(row: Row) -> dict[str, Any]:
    """Return a product family as a category; families don't stand in one another."""
    return {
        "id": row["source_id"],
        "name": row["name"] or None,
        "ancestorRefs": [],
        "hasChildren": False,
        **modified(row),
    }


def product_reference(line: Row) -> dict[str, Any] | None:
    """Return what a line of an invoice is for: its component where it names one, else its product."""
    component = line["component_source_id"]
    sold = f"{COMPONENT_PREFIX}{component}" if component else line["product_source_id"]
    return reference(sold, line["title"] or None)


def _variant(product: Row, price: Row) -> dict[str, Any]:
    return {
        "id": price["source_id"],
        "name": price["name"] or None,
        "isTaxEnabled": product["taxable"],
        "sku": price["handle"] or None,
        "barcode": None,
        "unitOfMeasure": product["unit_name"] or None,
        "vatPercentage": None,
        "prices": [*_own_price(price), *_other_prices(price)],
        "inventory": None,
        "shippingRequired": False,
        "status": "Unpublished" if price["archived_at"] or product["archived_at"] else "Published",
        **dates(price),
    }


def _own_price(price: Row) -> list[dict[str, Any]]:
    amount = _first_tier(price) if "tiers" in price else money(price["price_minor"], price["currency"])
    return [] if amount is None else [{"currency": price["currency"] or None, "unitPrice": amount}]


def _first_tier(price: Row) -> Decimal | None:
    """Return what the first unit costs."""
    amounts = [tier["unitPrice"] for tier in price["tiers"]]
    return Decimal(amounts[0]) if amounts and amounts[0] is not None else None


def _other_prices(price: Row) -> list[dict[str, Any]]:
    """Return the prices in other currencies, one for each: what recurs, or what the first unit costs."""
    first = price["tiers"][0]["id"] if price.get("tiers") else ""
    return [
        {"currency": other["currency"], "unitPrice": Decimal(other["price"])}
        for other in price["currency_prices"]
        if other["price"] is not None
        and other["role"] in {"", _RECURRING}
        and other["priceId"] in {"", first}
    ]
