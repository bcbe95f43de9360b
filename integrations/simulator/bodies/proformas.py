"""Proforma invoices as the vendor writes them: an invoice with fewer keys, and nothing paid."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from ..business.money import CENT, amount, decimal
from ..business.records import Proforma
from ..business.times import day
from . import Body
from .details import line_items
from .lookup import Lookup
from .parties import address, customer

Writer = Callable[[Proforma, Lookup], Any]


def proforma(record: Proforma, lookup: Lookup, details: Iterable[str]) -> Body:
    """Return a proforma invoice with the named details."""
    return _summary(record, lookup) | {name: WRITERS[name](record, lookup) for name in details}


def _summary(record: Proforma, lookup: Lookup) -> Body:
    place = msgspec.Raw(address(record.payer.address))
    return {
        "uid": record.uid,
        "site_id": lookup.site_id,
        "customer_id": record.customer_id,
        "subscription_id": record.subscription_id,
        "number": record.id,  # an integer, other than an invoice's (facts §7)
        "sequence_number": record.id,
        "created_at": lookup.stamp(record.created_at),
        "delivery_date": day(record.due_on),
        "status": record.status,
        "collection_method": record.collection_method,
        "payment_instructions": "Please pay to the account named on our site.",
        "currency": record.currency,
        "consolidation_level": record.level,
        "product_name": record.product_name,
        "product_family_name": record.family_name,
        "role": record.role,
        "seller": msgspec.Raw(lookup.seller),
        "customer": msgspec.Raw(customer(record.payer)),
        "memo": "Thank you.",
        "billing_address": place,
        "shipping_address": place,
        **_amounts(record),
        "public_url": None,
    }


def _amounts(record: Proforma) -> Body:
    return {
        "subtotal_amount": amount(record.subtotal),
        "discount_amount": amount(record.discount),
        "tax_amount": amount(record.tax),
        "total_amount": amount(record.total),
        "credit_amount": "0.0",
        "paid_amount": "0.0",
        "refund_amount": "0.0",
        "due_amount": amount(record.total),
    }


def _line_items(record: Proforma, lookup: Lookup) -> msgspec.Raw:
    return msgspec.Raw(f"[{line_items(record, lookup)}]")


def _discounts(record: Proforma, lookup: Lookup) -> list[Body]:
    if not record.discount:
        return []
    percent = record.coupon_percent
    return [
        {
            "uid": _part("dli", record),
            "title": f"{amount(record.discount) if percent is None else f'{percent}%'} off",
            "code": record.coupon_code,
            "source_type": "Coupon",
            "discount_type": "flat_amount" if percent is None else "percentage",
            "eligible_amount": amount(record.subtotal),
            "discount_amount": amount(record.discount),
            "line_item_breakouts": [
                {
                    "uid": _part("li", record, index),
                    "eligible_amount": decimal(line.subtotal),
                    "discount_amount": decimal(line.discount),
                }
                for index, line in enumerate(record.lines)
            ],
        }
    ]


def _taxes(record: Proforma, lookup: Lookup) -> list[Body]:
    if not record.tax:
        return []
    return [
        {
            "uid": _part("tli", record),
            "title": record.tax_title,
            "source_type": "Tax",
            "percentage": decimal(record.tax_rate * CENT),
            "taxable_amount": amount(record.subtotal - record.discount),
            "tax_amount": amount(record.tax),
            "line_item_breakouts": [
                {
                    "uid": _part("li", record, index),
                    "taxable_amount": decimal(line.subtotal - line.discount),
                    "tax_amount": decimal(line.tax),
                }
                for index, line in enumerate(record.lines)
            ],
        }
    ]


def _nothing(record: Proforma, lookup: Lookup) -> list[Body]:
    return []


def _part(prefix: str, record: Proforma, index: int | str = "") -> str:
    return f"{prefix}_{record.uid[4:]}{index}"


WRITERS: dict[str, Writer] = {
    "line_items": _line_items,
    "discounts": _discounts,
    "taxes": _taxes,
    "credits": _nothing,
    "payments": _nothing,
    "custom_fields": _nothing,
}
DETAILS = tuple(WRITERS)
