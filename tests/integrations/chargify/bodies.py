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
CHARGE = {
    "id": 31,
    "type": "Charge",
    "kind": "baseline",
    "success": True,
    "amount_in_cents": 1000,
    "memo": "Gold (1/1 - 2/1)",
    "created_at": "2016-01-01T00:00:00-05:00",
    "customer_id": 7,
    "subscription_id": 9,
    "product_id": 5,
    "starting_balance_in_cents": 0,
    "ending_balance_in_cents": 1000,
}
PAYMENT = CHARGE | {
    "id": 34,
    "type": "Payment",
    "kind": None,
    "amount_in_cents": 400,
    "card_number": "XXXX-XXXX-XXXX-1",
    "card_type": "bogus",
    "refunded_amount_in_cents": 0,
}
LEGACY_INVOICE = {
    "id": 1231028,
    "subscription_id": 9,
    "statement_id": 3,
    "state": "partial",
    "total_amount_in_cents": 1000,
    "amount_due_in_cents": 550,
    "paid_at": None,
    "created_at": "2016-01-01T00:00:00-05:00",
    "updated_at": "2016-01-02T00:00:00-05:00",
    "number": "000013",
    "charges": [CHARGE, CHARGE | {"id": 32, "kind": "tax", "amount_in_cents": 100, "memo": "VAT"}],
    "payments_and_credits": [
        CHARGE | {"id": 33, "type": "Adjustment", "kind": "coupon", "amount_in_cents": -100},
        PAYMENT,
        PAYMENT | {"id": 35, "success": False, "amount_in_cents": 550},
        PAYMENT | {"id": 36, "type": "Refund", "payment_id": 34, "amount_in_cents": 150},
        CHARGE | {"id": 37, "type": "Credit", "kind": None, "amount_in_cents": -50, "memo": "Sorry"},
    ],
}
STATEMENT = {
    "id": 3,
    "subscription_id": 9,
    "customer_first_name": "Ada",
    "customer_last_name": "King",
    "opened_at": "2016-01-01T00:00:00-05:00",
    "closed_at": "2016-02-01T00:00:00-05:00",
    "settled_at": None,
    "starting_balance_in_cents": -250,
    "ending_balance_in_cents": 0,
    "total_in_cents": 1000,
    "transactions": [CHARGE],
    "events": [{"event": {"id": 16, "key": "renewal_success"}}],
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
    "legacy_invoices": LEGACY_INVOICE,
    "statements": STATEMENT,
    "transactions": PAYMENT | {"statement_id": 3, "gateway_used": "bogus"},
    "coupon_codes": {"coupon_id": "14", "code": "SPRING-FAIR"},
    "site_statistics": {
        "seller_name": "Acme, Inc.",
        "site_name": "Production",
        "site_id": 12345,
        "site_currency": "USD",
        "stats": {
            "total_subscriptions": 120,
            "subscriptions_today": 4,
            "total_revenue": "$45,978.81",
            "revenue_today": "-$0.12",
            "revenue_this_month": "10000",
            "revenue_this_year": "",
        },
    },
    "site_mrr": {
        "amount_in_cents": 9915593,
        "currency": "EUR",
        "at_time": "2021-02-03T14:23:17-05:00",
        "breakouts": {"plan_amount_in_cents": 9913593, "usage_amount_in_cents": 2000},
    },
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
    "coupon_codes": ("coupon_id", "code"),
    "site_statistics": ("site_id",),
    "site_mrr": ("amount_in_cents",),
}
