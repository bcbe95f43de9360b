"""Credit notes as the vendor writes them: like an invoice turned round, so that every amount is positive."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from ..business.money import CENT, UNIT, amount, decimal
from ..business.records import Application, CreditNote, Line
from ..business.times import day, utc
from . import Body
from .details import application_uid, refund
from .lookup import Lookup
from .parties import address, customer

Writer = Callable[[CreditNote, Lookup], list[Any]]


def credit_note(note: CreditNote, lookup: Lookup, details: Iterable[str] | None = None) -> Body:
    """Return a credit note with the named details, or with all of them."""
    body = _summary(note, lookup)
    for name in DETAILS if details is None else details:
        body[name] = WRITERS[name](note, lookup)
    return body


def _summary(note: CreditNote, lookup: Lookup) -> Body:
    origin, place = lookup.invoice(note.origin_invoice_id), msgspec.Raw(address(note.payer.address))
    body = {
        "uid": note.uid,
        "site_id": lookup.site_id,
        "customer_id": note.customer_id,
        "subscription_id": note.subscription_id,
        "number": str(note.id),
        "sequence_number": note.id,
        "issue_date": day(note.issued_on),
        "status": "open" if note.applied_on is None else "applied",
        "currency": note.currency,
        "memo": note.memo,
        "seller": msgspec.Raw(lookup.seller),
        "customer": msgspec.Raw(customer(note.payer)),
        "billing_address": place,
        "shipping_address": place,
        "subtotal_amount": amount(note.subtotal),
        "discount_amount": amount(note.discount),
        "tax_amount": amount(note.tax),
        "total_amount": amount(note.total),
        "applied_amount": amount(note.applied),
        "remaining_amount": amount(note.total - note.applied),
        "origin_invoices": [{"uid": origin.uid, "number": str(origin.id)}],
    }
    if note.applied_on is not None:  # "will not have a value until it has been fully applied", so: no key [I]
        body["applied_date"] = day(note.applied_on)
    return body


def _line_items(note: CreditNote, lookup: Lookup) -> list[Body]:
    return [_line(note, line, index, lookup) for index, line in enumerate(note.lines)]


def _line(note: CreditNote, line: Line, index: int, lookup: Lookup) -> Body:
    body = {
        "uid": _part("cnli", note, index),
        "title": line.title,
        "description": f"{day(line.starts_on)} - {day(line.ends_on)}",
        "quantity": decimal(line.quantity),
        "unit_price": decimal(line.price),
        "subtotal_amount": decimal(line.subtotal),
        "discount_amount": decimal(line.discount),
        "tax_amount": decimal(line.tax),
        "tax_included": False,
        "total_amount": decimal(line.total),
        "tiered_unit_price": lookup.is_tiered(line),
        "period_range_start": day(line.starts_on),
        "period_range_end": day(line.ends_on),
        "component_id": line.component_id,
        "price_point_id": line.price_point_id,
        "billing_schedule_item_id": None,
        "custom_item": False,
    }
    if line.product_id is not None:  # an integer, never null (openapi.yaml)
        body |= {"product_id": line.product_id, "product_version": line.product_version}
    return body


def _discounts(note: CreditNote, lookup: Lookup) -> list[Body]:
    """Return the discount given back: that of the invoice's coupon."""
    origin = lookup.invoice(note.origin_invoice_id)
    if not note.discount:
        return []
    percent = origin.coupon_percent
    if percent is None:
        kind: Body = {"title": f"{amount(note.discount)} off", "discount_type": "flat_amount"}
    else:
        kind = {
            "title": f"{percent}% off",
            "discount_type": "percentage",
            "percentage": decimal(percent * UNIT),
        }
    return [
        {
            "uid": _part("cndli", note, 0),
            **kind,
            "code": origin.coupon_code,
            "source_type": "Coupon",
            "source_id": origin.coupon_id,
            "eligible_amount": amount(note.subtotal),
            "discount_amount": amount(note.discount),
            "line_item_breakouts": [
                {
                    "uid": _part("cnli", note, index),
                    "eligible_amount": decimal(line.subtotal),
                    "discount_amount": decimal(line.discount),
                }
                for index, line in enumerate(note.lines)
            ],
        }
    ]


def _taxes(note: CreditNote, lookup: Lookup) -> list[Body]:
    if not note.tax:
        return []
    taxed = {
        "percentage": decimal(note.tax_rate * CENT),
        "taxable_amount": decimal((note.subtotal - note.discount) * CENT),
        "tax_amount": amount(note.tax),
        "tax_exempt_amount": "0.0",
    }
    return [
        {
            "uid": _part("cntli", note, 0),
            "title": note.tax_title,
            "source_type": "Tax",
            "source_id": 1,
            **taxed,
            "line_item_breakouts": [
                {
                    "uid": _part("cnli", note, index),
                    "taxable_amount": decimal(line.subtotal - line.discount),
                    "tax_amount": decimal(line.tax),
                }
                for index, line in enumerate(note.lines)
            ],
            "tax_component_breakouts": [_authority(note, taxed)],
            "eu_vat": "VAT" in note.tax_title,
            "type": "Sales",
        }
    ]


def _authority(note: CreditNote, taxed: Body) -> Body:
    place = note.payer.address
    return taxed | {
        "tax_rule_id": 1,
        "country_code": place.country if place else "",
        "subdivision_code": place.state if place else "",
        "non_taxable_amount": "0.0",
        "tax_name": note.tax_title,
        "tax_type": "Sales",
        "rate_type": "General",
        "tax_authority_type": 45,
        "state_assigned_no": "",
        "tax_sub_type": "S",
    }


def _applications(note: CreditNote, lookup: Lookup) -> list[Body]:
    return [_application(note, part, lookup) for part in note.applications]


def _application(note: CreditNote, part: Application, lookup: Lookup) -> Body:
    return {
        "uid": application_uid(note.uid, part.invoice_id),
        "transaction_time": utc(part.at),
        "invoice_uid": lookup.invoice(part.invoice_id).uid,
        "memo": note.memo,
        "applied_amount": amount(part.amount),
    }


def _refunds(note: CreditNote, lookup: Lookup) -> list[msgspec.Raw]:
    return [msgspec.Raw(refund(entry)) for entry in note.refunds]


def _part(prefix: str, note: CreditNote, index: int) -> str:
    return f"{prefix}_{note.uid[3:]}{index}"


WRITERS: dict[str, Writer] = {
    "line_items": _line_items,
    "discounts": _discounts,
    "taxes": _taxes,
    "applications": _applications,
    "refunds": _refunds,
}
DETAILS = tuple(WRITERS)
