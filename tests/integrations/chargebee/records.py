"""Customers and subscriptions as Chargebee states them (fields: its Python SDK 3.29), made from a number."""

from __future__ import annotations

from typing import Any

MONTH = 30 * 86_400


def customer(number: int, at: int) -> dict[str, Any]:
    """Return a customer; the first has a mother company, each seventh pays no tax."""
    return {
        "id": f"cust_{number}",
        "first_name": "Alice",
        "last_name": f"Number {number}",
        "email": f"alice{number}@example.org",
        "phone": "+1 555 0100",
        "company": f"Bakery {number}",
        "auto_collection": "on",
        "taxability": "taxable" if number % 7 else "exempt",
        "relationship": {"parent_id": "cust_1", "payment_owner_id": "cust_0"} if number == 0 else None,
        "billing_address": {
            "line1": "1 Main Street",
            "line2": "2nd floor",
            "line3": "left",
            "city": "Oslo",
            "state_code": "03",
            "zip": "0150",
            "country": "NO",
        },
        "preferred_currency_code": "USD",
        "promotional_credits": 0,
    } | _common(at)


def subscription(number: int, at: int, *, catalogue: int) -> dict[str, Any]:
    """Return the subscription of the customer of the same number."""
    return (
        {
            "id": f"sub_{number}",
            "customer_id": f"cust_{number}",
            "currency_code": "USD",
            "status": "active",
            "billing_period": 1,
            "billing_period_unit": "month",
            "activated_at": at,
            "current_term_start": at,
            "current_term_end": at + MONTH,
            "next_billing_at": at + MONTH,
            "due_invoices_count": 1,
            "total_dues": 1250,
            "coupons": [{"coupon_id": "SPRING", "applied_count": 1}, {"coupon_id": "LOYAL"}],
        }
        | (_terms_of_2(number) if catalogue == 2 else _terms_of_1())
        | _common(at)
    )


def beside(kind: str, body: dict[str, Any]) -> dict[str, Any]:
    """Return what stands beside a record in a list's entry."""
    card = {"card": {"status": "valid", "masked_number": "************1111"}}
    return card if kind == "customers" else card | {"customer": {"id": body["customer_id"]}}


def _common(at: int) -> dict[str, Any]:
    return {"created_at": at, "updated_at": at, "resource_version": at * 1000, "deleted": False}


def _terms_of_1() -> dict[str, Any]:
    return {"plan_id": "gold", "plan_quantity": 1, "plan_unit_price": 4900, "plan_amount": 4900}


def _terms_of_2(number: int) -> dict[str, Any]:
    items = [
        {"item_price_id": "seats-USD-monthly", "item_type": "addon", "quantity": 3, "unit_price": 700},
        {"item_price_id": "gold-USD-monthly", "item_type": "plan", "quantity": 1, "unit_price": 4900},
    ]
    return {"subscription_items": items if number % 2 else items[::-1]}
