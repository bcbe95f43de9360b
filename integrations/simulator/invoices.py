"""Invoice bodies, with the details a list leaves out unless they are asked for."""

from __future__ import annotations

from .money import UNIT, Line, amount, decimal, lines
from .records import Invoice
from .render import Body, Renderer, address_block
from .times import DAY, day, day_of, utc

DETAILS = ("line_items", "discounts", "taxes", "credits", "payments", "custom_fields", "refunds")
TITLES = {"initial": "Setup fee", "metered_component": "API calls"}


class InvoiceRenderer:
    """Writes the invoices of one site; `now` only dates the signed public links."""

    def __init__(self, renderer: Renderer) -> None:
        self.renderer = renderer
        self.site_id = renderer.business.site_id
        address = renderer.seller_address()
        address["line2"] = address.pop("line_2")
        self.seller = {"name": renderer.spec.name, "address": address, "phone": "+1 555 0199", "logo_url": None}

    def invoice(self, invoice: Invoice, now: int, details: tuple[str, ...] = DETAILS) -> Body:
        """Return an invoice with the named details."""
        body = self._summary(invoice, now)
        for name in details:
            body[name] = self._detail(name, invoice)
        return body

    def _summary(self, invoice: Invoice, now: int) -> Body:
        subscription, stamp = invoice.subscription, self.renderer.stamp
        customer, address = subscription.customer, address_block(subscription.customer.address)
        person = {
            "chargify_id": customer.id,
            "first_name": customer.first_name,
            "last_name": customer.last_name,
            "organization": customer.organization,
            "email": customer.email,
            "vat_number": None,
            "reference": customer.reference,
        }
        # The numeric `id` is missing from real list answers (facts §7): the uid is the key.
        return {
            "uid": invoice.uid,
            "site_id": self.site_id,
            "customer_id": customer.id,
            "subscription_id": subscription.id,
            "number": str(invoice.number),
            "sequence_number": invoice.number,
            "transaction_time": stamp(invoice.created_at),
            "created_at": stamp(invoice.created_at),
            "updated_at": stamp(invoice.updated_at),
            "issue_date": day(invoice.issued_on),
            "due_date": day(invoice.due_on),
            "paid_date": day(invoice.paid_on),
            "status": invoice.status,
            "role": invoice.role,
            "collection_method": subscription.collection_method,
            "payment_instructions": "Please pay to the account named on our site.",
            "currency": subscription.currency,
            "consolidation_level": "none",
            "parent_invoice_uid": None,
            "subscription_group_id": None,
            "parent_invoice_number": None,
            "group_primary_subscription_id": None,
            "product_name": subscription.product.name,
            "product_family_name": subscription.product.family.name,
            "seller": self.seller,
            "customer": person,
            "payer": person,
            "recipient_emails": [customer.email],
            "net_terms": invoice.due_on - invoice.issued_on,
            "memo": invoice.memo or "Thank you.",
            "billing_address": address,
            "shipping_address": address,
            "subtotal_amount": amount(invoice.subtotal),
            "discount_amount": amount(invoice.discount),
            "tax_amount": amount(invoice.tax),
            "total_amount": amount(invoice.total),
            "credit_amount": amount(invoice.credit),
            "debit_amount": "0.0",
            "refund_amount": amount(invoice.refunded),
            "paid_amount": amount(invoice.paid),
            "due_amount": amount(invoice.due),
            "display_settings": {"hide_zero_subtotal_lines": False, "include_discounts_on_lines": False},
            # The token is signed for a while only, so it changes from day to day.
            "public_url": f"https://www.chargifypay.com/invoice/{invoice.uid}?token={now // DAY:x}",
            "public_url_expires_on": day(now // DAY + 719_163 + 30),
        }

    def _detail(self, name: str, invoice: Invoice) -> list[Body]:
        if name == "line_items":
            return [self._line(invoice, line, index) for index, line in enumerate(lines(invoice))]
        if name == "payments":
            return self._payments(invoice)
        return {"discounts": _discounts, "taxes": _taxes, "credits": _credits, "refunds": _refunds}.get(
            name, lambda _: []
        )(invoice)

    def _line(self, invoice: Invoice, line: Line, index: int) -> Body:
        product, metered = invoice.subscription.product, line.kind == "metered_component"
        start, end = day(invoice.issued_on), self._day(invoice.period_end)
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
            "product_id": product.id if invoice.subscription.has_product else None,
            "product_version": product.version if invoice.subscription.has_product else None,
            "component_id": product.family.id + 1_000 if metered else None,
            "price_point_id": product.family.id + 2_000 if metered else None,
            "hide": False,
            "custom_item": False,
            "kind": line.kind,
        }

    def _day(self, seconds: int) -> str | None:
        return day(day_of(seconds, self.renderer.zone))

    def _payments(self, invoice: Invoice) -> list[Body]:
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
                "received_on": self._day(invoice.paid_at),
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


def _discounts(invoice: Invoice) -> list[Body]:
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
                for index, line in enumerate(lines(invoice))
            ],
        }
    ]


def _taxes(invoice: Invoice) -> list[Body]:
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
                for index, line in enumerate(lines(invoice))
            ],
            "tax_component_breakouts": [],
            "eu_vat": address.country in ("DE", "PT", "IE"),
            "type": "Sales",
            "tax_exempt_amount": "0.0",
        }
    ]


def _credits(invoice: Invoice) -> list[Body]:
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


def _refunds(invoice: Invoice) -> list[Body]:
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
