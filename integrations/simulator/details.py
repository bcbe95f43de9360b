"""The parts of an invoice that a list leaves out unless each is asked for (facts §3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo

from .money import UNIT, Line, amount, decimal
from .records import Invoice
from .render import Body
from .times import day, day_of, utc

Writer = Callable[[Invoice, list[Line], tzinfo], list[Body]]
TITLES = {"initial": "Setup fee", "metered_component": "API calls"}


def _line_items(invoice: Invoice, rows: list[Line], zone: tzinfo) -> list[Body]:
    start, end = day(invoice.issued_on), day(day_of(invoice.period_end, zone))
    return [_line(invoice, line, index, start, end) for index, line in enumerate(rows)]


def _line(invoice: Invoice, line: Line, index: int, start: str | None, end: str | None) -> Body:
    subscription, metered = invoice.subscription, line.kind == "metered_component"
    product, known = subscription.product, subscription.has_product
    return {
        "uid": _part("li", invoice, index),
        "title": TITLES.get(line.kind, product.name),
        "description": f"{start} - {end}",
        "quantity": decimal(line.quantity),
        "unit_price": decimal(line.price),
        "subtotal_amount": decimal(line.subtotal),
        "discount_amount": decimal(line.discount),
        "tax_amount": decimal(line.tax),
        "tax_included": False,
        "total_amount": decimal(line.total),
        "tiered_unit_price": False,
        "period_range_start": start,
        "period_range_end": end,
        "transaction_id": _transaction(invoice, index),
        "product_id": product.id if known else None,
        "product_version": product.version if known else None,
        "component_id": product.family.id + 1_000 if metered else None,
        "price_point_id": product.family.id + 2_000 if metered else None,
        "hide": False,
        "custom_item": False,
        "kind": line.kind,
    }


def _payments(invoice: Invoice, rows: list[Line], zone: tzinfo) -> list[Body]:
    if not invoice.paid or invoice.paid_at is None:
        return []
    return [
        {
            "uid": _part("pmt", invoice, 0),
            "transaction_time": utc(invoice.paid_at),
            "memo": f"{invoice.subscription.product.name}: payment",
            "original_amount": amount(invoice.paid),
            "applied_amount": amount(invoice.paid),
            "payment_method": _payment_method(invoice),
            "transaction_id": _transaction(invoice, 7),
            "prepayment": False,
            "gateway_handle": None,
            "gateway_used": "stripe_connect",
            "gateway_transaction_id": f"ch_{invoice.number}",
            "received_on": day(day_of(invoice.paid_at, zone)),
        }
    ]


def _payment_method(invoice: Invoice) -> Body:
    subscription = invoice.subscription
    if subscription.payment != "card":
        return {"type": "external", "kind": "check", "memo": None, "details": None}
    return {
        "type": "credit_card",
        "card_brand": "visa",
        "card_expiration": "12/2030",
        "last_four": None,
        "masked_card_number": f"XXXX-XXXX-XXXX-{subscription.id % 10_000:04d}",
    }


def _discounts(invoice: Invoice, rows: list[Line], zone: tzinfo) -> list[Body]:
    if not invoice.discount:
        return []
    return [
        {
            "uid": _part("dli", invoice, 0),
            "title": f"{invoice.discount_percent}% off",
            "description": None,
            "code": invoice.subscription.coupon,
            "source_type": "Coupon",
            "source_id": 40 + invoice.discount_percent,
            "discount_type": "percentage",
            "percentage": decimal(invoice.discount_percent * UNIT),
            "eligible_amount": amount(invoice.subtotal),
            "discount_amount": amount(invoice.discount),
            "transaction_id": _transaction(invoice, 5),
            "line_item_breakouts": [
                {
                    "uid": _part("li", invoice, index),
                    "eligible_amount": decimal(line.subtotal),
                    "discount_amount": decimal(line.discount),
                }
                for index, line in enumerate(rows)
            ],
        }
    ]


def _taxes(invoice: Invoice, rows: list[Line], zone: tzinfo) -> list[Body]:
    address = invoice.subscription.customer.address
    if not invoice.tax or address is None:
        return []
    return [
        {
            "uid": _part("tli", invoice, 0),
            "title": address.tax_title,
            "description": None,
            "source_type": "Tax",
            "source_id": 1,
            "percentage": decimal(invoice.tax_rate * UNIT // 100),
            "taxable_amount": amount(invoice.subtotal - invoice.discount),
            "tax_amount": amount(invoice.tax),
            "transaction_id": _transaction(invoice, 6),
            "line_item_breakouts": [
                {
                    "uid": _part("li", invoice, index),
                    "taxable_amount": decimal(line.subtotal - line.discount),
                    "tax_amount": decimal(line.tax),
                }
                for index, line in enumerate(rows)
            ],
            "tax_component_breakouts": [],
            "eu_vat": address.country in ("DE", "PT", "IE"),
            "type": "Sales",
            "tax_exempt_amount": "0.0",
        }
    ]


def _credits(invoice: Invoice, rows: list[Line], zone: tzinfo) -> list[Body]:
    if not invoice.credit:
        return []
    return [
        {
            "uid": _part("cdt", invoice, 0),
            "credit_note_number": str(invoice.number),
            "credit_note_uid": _part("cn", invoice, 0),
            "transaction_time": utc(invoice.updated_at if invoice.status == "voided" else invoice.created_at),
            "memo": "Void" if invoice.status == "voided" else "Service credit",
            "original_amount": amount(invoice.credit),
            "applied_amount": amount(invoice.credit),
        }
    ]


def _refunds(invoice: Invoice, rows: list[Line], zone: tzinfo) -> list[Body]:
    if not invoice.refunded:
        return []
    return [
        {
            "transaction_id": _transaction(invoice, 8),
            "payment_id": _transaction(invoice, 7),
            "memo": "Refund on request",
            "original_amount": amount(invoice.paid),
            "applied_amount": amount(invoice.refunded),
            "gateway_transaction_id": f"re_{invoice.number}",
            "gateway_used": "stripe_connect",
            "gateway_handle": None,
            "ach_late_reject": False,
        }
    ]


def _part(prefix: str, invoice: Invoice, index: int) -> str:
    return f"{prefix}_{invoice.uid[4:]}{index}"


def _transaction(invoice: Invoice, kind: int) -> int:
    return 100_000_000 + invoice.number * 10 + kind


def _custom_fields(invoice: Invoice, rows: list[Line], zone: tzinfo) -> list[Body]:
    return []


WRITERS: dict[str, Writer] = {
    "line_items": _line_items,
    "discounts": _discounts,
    "taxes": _taxes,
    "credits": _credits,
    "payments": _payments,
    "custom_fields": _custom_fields,
    "refunds": _refunds,
}
DETAILS = tuple(WRITERS)
