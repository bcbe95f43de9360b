"""Invoice bodies. Parts that repeat are encoded once: a page of 200 must cost a few milliseconds only."""

from __future__ import annotations

from functools import cache

import msgspec

from .details import DETAILS, WRITERS
from .money import amount, lines
from .records import Address, Customer, Invoice
from .render import Body, Renderer
from .times import DAY, EPOCH, day


class InvoiceRenderer:
    """Writes the invoices of one site; `now` only dates the signed public links."""

    def __init__(self, renderer: Renderer) -> None:
        self.stamp = renderer.stamp
        self.zone = renderer.zone
        self.site_id = renderer.business.site_id
        address = renderer.seller_address()
        address["line2"] = address.pop("line_2")
        seller = {"name": renderer.spec.name, "address": address, "phone": "+1 555 0199", "logo_url": None}
        self.seller = _encoded(seller)

    def invoice(self, invoice: Invoice, now: int, details: tuple[str, ...] = DETAILS) -> Body:
        """Return an invoice with the named details."""
        body = self._summary(invoice, now)
        rows = lines(invoice) if details else []
        for name in details:
            body[name] = WRITERS[name](invoice, rows, self.zone)
        return body

    def _summary(self, invoice: Invoice, now: int) -> Body:
        subscription, created = invoice.subscription, self.stamp(invoice.created_at)
        customer, address = subscription.customer, _address(subscription.customer.address)
        person = _person(customer)
        # The numeric `id` is missing from real list answers (facts §7): the uid is the key.
        return {
            "uid": invoice.uid,
            "site_id": self.site_id,
            "customer_id": customer.id,
            "subscription_id": subscription.id,
            "number": str(invoice.number),
            "sequence_number": invoice.number,
            "transaction_time": created,
            "created_at": created,
            "updated_at": self.stamp(invoice.updated_at),
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
            "display_settings": DISPLAY,
            # The token is signed for a while only, so it changes from day to day.
            "public_url": f"https://www.chargifypay.com/invoice/{invoice.uid}?token={now // DAY:x}",
            "public_url_expires_on": day(now // DAY + EPOCH + 30),
        }


def _encoded(body: Body) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(body))


DISPLAY = _encoded({"hide_zero_subtotal_lines": False, "include_discounts_on_lines": False})


def _person(customer: Customer) -> msgspec.Raw:
    return _encoded(
        {
            "chargify_id": customer.id,
            "first_name": customer.first_name,
            "last_name": customer.last_name,
            "organization": customer.organization,
            "email": customer.email,
            "vat_number": None,
            "reference": customer.reference,
        }
    )


@cache
def _address(address: Address | None) -> msgspec.Raw:
    """Return an address as invoices carry it: `line2`, and every key null when there is none."""
    names = ("street", "line2", "city", "state", "zip", "country")
    return _encoded({name: getattr(address, name, None) for name in names})
