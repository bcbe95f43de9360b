"""Orders: invoices with all that stands on them. A part is found by its invoice's id."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from billing.commerce.products import product_reference
from billing.commerce.taxes import rate, tax_component_ref
from billing.commerce.values import Row, dates, money, reference

_PAYMENT_TYPES = {
    "apple_pay": "Mobile",
    "bank_account": "Custom",
    "cash": "Cash",
    "credit_card": "OnlineCard",
    "external": "Custom",
    "paypal_account": "Paypal",
    "prepayment": "Prepaid",
}


@dataclass(frozen=True)
class OrderParts:
    """What stands on one invoice."""

    lines: list[Row] = field(default_factory=list)
    discounts: list[Row] = field(default_factory=list)
    taxes: list[Row] = field(default_factory=list)
    payments: list[Row] = field(default_factory=list)
    refunds: list[Row] = field(default_factory=list)


def order_body(row: Row, parts: OrderParts, *, customer_name: str | None, is_test: bool) -> dict[str, Any]:
    """Return an order of the commerce model; `status` and what follows it are ours."""
    currency = row["currency"]
    refunded = row["refund_minor"] or 0
    return {
        "id": row["source_id"],
        "orderNumber": row["number"] or None,
        "country": None,
        "currency": currency or None,
        "closedDate": _midnight(row["paid_date"]),
        "totalAmount": money(_less(row["total_minor"], refunded), currency),
        "totalRefund": money(-refunded, currency),
        "totalTaxAmount": money(row["tax_minor"], currency),
        "totalDiscount": money(row["discount_minor"], currency),
        "totalGratuity": money(0, currency),
        "orderLineItems": [_line(line, parts) for line in parts.lines],
        "payments": [_payment(payment) for payment in parts.payments]
        + [_refund(refund) for refund in parts.refunds],
        "serviceCharges": [],
        "locationRef": None,
        "customerRef": reference(row["customer_source_id"], customer_name),
        **dates(row),
        "status": row["status"],
        "consolidationLevel": row["consolidation_level"],
        "subscriptionId": row["subscription_source_id"] or None,
        "isTest": is_test,
    }


def _line(line: Row, parts: OrderParts) -> dict[str, Any]:
    taxes = parts.taxes if line["tax_minor"] else []
    return {
        "id": line["source_id"],
        "quantity": line["quantity"],
        "taxPercentage": sum((tax["percentage"] or Decimal(0) for tax in taxes), Decimal(0)),
        "totalAmount": money(line["total_minor"], line["currency"]),
        "totalTaxAmount": money(line["tax_minor"], line["currency"]),
        "unitPrice": line["unit_price"],
        "taxes": [_tax(tax) for tax in taxes],
        "productRef": product_reference(line),
        "discountAllocations": _discounts(line, parts.discounts),
    }


def _tax(tax: Row) -> dict[str, Any]:
    return {"taxComponentRef": tax_component_ref(tax), "rate": rate(tax["percentage"])}


def _discounts(line: Row, discounts: Iterable[Row]) -> list[dict[str, Any]]:
    # The vendor states a line's discounts as one amount.
    if not line["discount_minor"]:
        return []
    name = ", ".join(discount["title"] or discount["code"] for discount in discounts) or "Discount"
    return [{"name": name, "totalAmount": money(line["discount_minor"], line["currency"])}]


def _payment(payment: Row) -> dict[str, Any]:
    kind = "Prepaid" if payment["is_prepayment"] else _PAYMENT_TYPES.get(payment["method"], "Unknown")
    return {
        "id": payment["source_id"],
        "amount": money(payment["amount_minor"], payment["currency"]),
        "currency": payment["currency"] or None,
        "type": kind,
        "status": "Paid",
        "paymentProvider": payment["gateway"] or None,
        "dueDate": None,
        **dates(payment),
        "createdDate": payment["paid_at"] or payment["source_created_at"],
    }


def _refund(refund: Row) -> dict[str, Any]:
    """Return a refund as the negative payment that the commerce model wants."""
    return {
        "id": refund["source_id"],
        "amount": money(_less(0, refund["amount_minor"] or 0), refund["currency"]),
        "currency": refund["currency"] or None,
        "type": "Unknown",
        "status": "Paid",
        "paymentProvider": None,
        "dueDate": None,
        **dates(refund),
    }


def _less(minor: int | None, refunded: int) -> int | None:
    return None if minor is None else minor - refunded


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), UTC) if day else None
