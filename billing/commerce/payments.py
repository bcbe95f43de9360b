"""Payments with refunds as negative ones, the same as transactions, and the methods of payment."""

from __future__ import annotations

from typing import Any

from billing.commerce.values import Row, dates, money

# What comes out otherwise than as the words of the vendor's key.
_METHOD_NAMES = {
    "apple_pay": "Apple Pay",
    "paypal_account": "PayPal account",
}


def payment_body(row: Row, *, is_test: bool) -> dict[str, Any]:
    """Return a payment, or a refund as a negative one; `orderId` and what follows it are ours."""
    method = row["method"]
    return {
        "id": row["source_id"],
        "amount": money(row["minor"], row["currency"]),
        "currency": row["currency"] or None,
        "paymentMethodRef": {"id": method, "name": method_name(method)} if method else None,
        "status": row["status"],
        "paymentProvider": row["gateway"] or None,
        "dueDate": None,
        **dates(row),
        "orderId": row["invoice"] or None,
        "isTest": is_test,
    }


def transaction_body(row: Row, *, is_test: bool) -> dict[str, Any]:
    """Return the movement of money of a payment or refund; its source is that payment, which has the same id."""
    return {
        "id": row["source_id"],
        "totalAmount": money(row["minor"], row["currency"]),
        "currency": row["currency"] or None,
        "type": row["movement"],
        "subType": row["method"] or None,
        "transactionSourceRef": {"id": row["source_id"], "type": "Payment"},
        **dates(row),
        "sourceCreatedDate": row["source_created_at"],
        "orderId": row["invoice"] or None,
        "isTest": is_test,
    }


def payment_method_body(row: Row) -> dict[str, Any]:
    """Return a way to pay; of one that stands on payments alone nobody says whether it can still be used."""
    status = {True: "Active", False: "Archived", None: "Unknown"}[row["in_use"]]
    return {
        "id": row["method"],
        "name": method_name(row["method"]),
        "status": status,
        "modifiedDate": row["changed"],
        "sourceModifiedDate": row["updated"],
    }


def method_name(method: str) -> str:
    """Return what people call a way to pay."""
    return _METHOD_NAMES.get(method) or method.replace("_", " ").capitalize()
