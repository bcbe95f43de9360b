"""A body of each list beside customers, products, subscriptions and invoices; the values are made up."""

from __future__ import annotations

from typing import Any

TIERS = [
    {"id": 1, "starting_quantity": 1, "ending_quantity": 10, "unit_price": "0.10000001"},
    {"id": 2, "starting_quantity": 11, "ending_quantity": None, "unit_price": "0.05"},
]
PAYMENT_PROFILE = {
    "id": 21,
    "first_name": " Ada ",
    "last_name": "King",
    "customer_id": 7,
    "payment_type": "credit_card",
    "masked_card_number": "XXXX-XXXX-XXXX-1111",
    "card_type": "visa",
    "expiration_month": 7,
    "expiration_year": 2032,
    "current_vault": "bogus",
    "vault_token": "token-of-the-vault",
    "customer_vault_token": "token-of-the-customer",
    "disabled": False,
}
CREDIT_NOTE = {
    "uid": "cn_1",
    "number": "5",
    "status": "open",
    "customer_id": 7,
    "subscription_id": 9,
    "currency": "JPY",
    "issue_date": "2026-01-31",
    "total_amount": "126.0",
    "applied_amount": "100",
    "remaining_amount": "26",
    "origin_invoices": [{"uid": "inv_1", "number": "3"}, {"number": "4"}],
    "line_items": [{"uid": "cnli_1", "quantity": "11.0", "unit_price": "11.5", "total_amount": "126"}],
}
INVOICE_EVENT = {
    "id": 83,
    "event_type": "apply_payment",
    "timestamp": "2026-01-31T16:00:00Z",
    "event_data": {"applied_amount": "168.61", "memo": "Renewal", "transaction_id": 44},
    "invoice": {
        "uid": "inv_1",
        "customer_id": 7,
        "subscription_id": 9,
        "currency": "EUR",
        "public_url": "https://www.chargifypay.com/invoice/inv_1?token=a",
    },
}
METADATUM = {
    "id": 4,
    "value": "green",
    "resource_id": 7,
    "metafield_id": 3,
    "name": "Color",
    "deleted_at": "2026-01-31T16:00:00-05:00",
}

ROWS: dict[str, dict[str, Any]] = {
    "components": {
        "id": 11,
        "kind": "metered_component",
        "unit_price": "0.00000001",
        "prices": TIERS,
        "product_family_id": 1,
        "default_price_point_id": 12,
    },
    "product_price_points": {
        "id": 12,
        "type": "catalog",
        "product_id": 5,
        "price_in_cents": 1000,
        "currency_prices": [{"currency": "EUR", "price": 9.5, "role": "baseline", "price_id": 3}],
    },
    "component_price_points": {
        "id": 13,
        "component_id": 11,
        "prices": TIERS,
        "currency_prices": [{"currency": "EUR", "price": "0.09", "price_id": 1}],
    },
    "coupons": {"id": 14, "code": "SPRING", "amount": 10.0, "percentage": None, "start_date": "2026-01-01"},
    "reason_codes": {"id": 15, "code": "DEAR", "description": "Too dear", "position": 1},
    "payment_profiles": PAYMENT_PROFILE,
    "subscription_components": {
        "subscription_id": 9,
        "component_id": 11,
        "allocated_quantity": "2.5",
        "unit_balance": 0,
        "enabled": True,
    },
    "subscription_groups": {
        "uid": "grp_1",
        "customer_id": 7,
        "subscription_ids": [9, 10],
        "primary_subscription_id": 9,
    },
    "credit_notes": CREDIT_NOTE,
    "events": {
        "id": 16,
        "key": "payment_success",
        "created_at": "2026-01-31T16:00:00-05:00",
        "subscription_id": 9,
        "event_specific_data": {"transaction_id": 44},
    },
    "invoice_events": INVOICE_EVENT,
    "customer_metadata": METADATUM,
    "subscription_metadata": METADATUM,
}
# What a record is known by; the others have an `id`.
IDS: dict[str, tuple[str, ...]] = {
    "invoices": ("uid",),
    "credit_notes": ("uid",),
    "subscription_groups": ("uid",),
    "subscription_components": ("subscription_id", "component_id"),
}
