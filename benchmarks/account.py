"""The account that the benchmarks read: customers, subscriptions and invoices with lines, rendered before anybody asks.

Of 10,000 customers there are 12,000 subscriptions and 60,000 invoices, whatever the number. The bodies have
every field of the vendor's; each list lies in one piece of memory, so that a page is a slice of it and costs nothing.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

SUBSCRIPTIONS, INVOICES = 1.2, 6  # for each customer
CHANGED_EVERY = 100  # a change reaches one row in so many
_BEGIN = datetime(2023, 1, 2, 9, 30, tzinfo=UTC)

Body = Callable[[int, int], dict[str, Any]]


class Rows:
    """Rendered rows of one list, in one piece, with commas between them."""

    def __init__(self, rows: Iterable[bytes]) -> None:
        self.bytes = bytearray()
        self.begins = array("Q")
        for row in rows:
            self.begins.append(len(self.bytes))
            self.bytes += row + b","
        self.begins.append(len(self.bytes))

    def __len__(self) -> int:
        return len(self.begins) - 1

    def page(self, number: int, size: int) -> bytes:
        """Return the rows of a page; none past the end."""
        first = min((number - 1) * size, len(self))
        end = min(first + size, len(self))
        return bytes(self.bytes[self.begins[first] : max(self.begins[end] - 1, 0)]) if end > first else b""


class Listing:
    """One list of the account: all rows, and those that changed last."""

    def __init__(self, body: Body, count: int, *, opening: bytes, closing: bytes, wrapper: str = "") -> None:
        self._body, self._wrapper = body, wrapper
        self._opening, self._closing = opening, closing
        self._all = Rows(self._rendered(number, 0) for number in range(count))
        self._changed = Rows(())
        self._changes = 0

    def __len__(self) -> int:
        return len(self._all)

    def change(self) -> int:
        """Change one row in a hundred, others than the last time; return how many."""
        self._changes += 1
        numbers = range(self._changes % CHANGED_EVERY, len(self._all), CHANGED_EVERY)
        self._changed = Rows(self._rendered(number, self._changes) for number in numbers)
        return len(self._changed)

    def answer(self, number: int, size: int, *, changed_only: bool) -> bytes:
        """Return a page as the vendor answers it."""
        rows = self._changed if changed_only else self._all
        return self._opening + rows.page(number, size) + self._closing

    def _rendered(self, number: int, changes: int) -> bytes:
        body = self._body(number, changes)
        return msgspec.json.encode({self._wrapper: body} if self._wrapper else body)


def listings(customers: int) -> dict[str, Listing]:
    """Render an account; return its lists by path."""
    return {
        "/customers.json": Listing(_customer, customers, opening=b"[", closing=b"]", wrapper="customer"),
        "/subscriptions.json": Listing(
            _subscription, int(customers * SUBSCRIPTIONS), opening=b"[", closing=b"]", wrapper="subscription"
        ),
        "/invoices.json": Listing(_invoice, customers * INVOICES, opening=b'{"invoices":[', closing=b"]}"),
    }


def _moment(number: int, *, days: int = 0) -> str:
    """Return a time of the vendor's, with the site's offset, of a row in the order of creation."""
    return (_BEGIN + timedelta(days=days, seconds=number * 40)).isoformat().replace("+00:00", "-05:00")


def _updated(number: int, changes: int) -> str:
    return datetime.now(UTC).isoformat(timespec="seconds") if changes else _moment(number, days=30)


def _customer(number: int, changes: int) -> dict[str, Any]:
    return {
        "id": 10_000_000 + number,
        "first_name": "Alice",
        "last_name": f"Miller {number}",
        "organization": f"Corner Bakery {number}",
        "email": f"alice.{number}@mail.example",
        "created_at": _moment(number),
        "updated_at": _updated(number, changes),
        "reference": f"customer-{number}",
        "address": f"{number % 200} Harbour Street",
        "address_2": "Unit 4",
        "city": "Boston",
        "state": "MA",
        "zip": "02120",
        "country": "US",
        "phone": f"+1 555 {number:07} {changes}",
        "portal_invite_last_sent_at": None,
        "portal_invite_last_accepted_at": None,
        "verified": False,
        "portal_customer_created_at": None,
        "vat_number": None,
        "cc_emails": None,
        "tax_exempt": False,
        "parent_id": None,
        "state_name": "Massachusetts",
        "country_name": "United States",
        "surcharging": False,
        "locale": None,
        "default_subscription_group_uid": None,
        "salesforce_id": None,
        "default_auto_renewal_profile_id": None,
    }


def _product(number: int) -> dict[str, Any]:
    return {
        "id": 5_591_000 + number % 40,
        "name": f"Business Monthly {number % 40}",
        "handle": f"business-monthly-{number % 40}",
        "description": "Projects, time and invoices for teams of every size, with support by e-mail",
        "accounting_code": None,
        "request_credit_card": True,
        "expiration_interval": None,
        "expiration_interval_unit": "never",
        "created_at": _moment(0),
        "updated_at": _moment(0),
        "price_in_cents": 14_900,
        "interval": 1,
        "interval_unit": "month",
        "initial_charge_in_cents": None,
        "trial_price_in_cents": None,
        "trial_interval": None,
        "trial_interval_unit": None,
        "archived_at": None,
        "require_credit_card": True,
        "return_params": None,
        "require_shipping_address": False,
        "request_billing_address": False,
        "require_billing_address": False,
        "taxable": True,
        "update_return_url": None,
        "tax_code": None,
        "initial_charge_after_trial": False,
        "version_number": 1,
        "update_return_params": None,
        "default_product_price_point_id": 6_091_802,
        "product_price_point_id": 6_091_802,
        "product_price_point_name": "Original",
        "product_price_point_handle": "original",
        "product_family": {
            "id": 1_000_028,
            "name": "Projects",
            "description": "Planning for small teams",
            "handle": "projects",
            "accounting_code": None,
        },
        "public_signup_pages": [
            {"id": 5_691_806, "url": "https://acme.chargify.com/subscribe/5691806/monthly"}
        ],
    }


def _card(number: int) -> dict[str, Any]:
    return {
        "id": 7_000_000 + number,
        "first_name": "Alice",
        "last_name": f"Miller {number}",
        "masked_card_number": "XXXX-XXXX-XXXX-4242",
        "card_type": "visa",
        "expiration_month": 4,
        "expiration_year": 2030,
        "customer_id": 10_000_000 + int(number / SUBSCRIPTIONS),
        "current_vault": "stripe_connect",
        "vault_token": f"cus_{number:012}",
        "billing_address": f"{number % 200} Harbour Street",
        "billing_city": "Boston",
        "billing_state": "MA",
        "billing_zip": "02120",
        "billing_country": "US",
        "customer_vault_token": None,
        "billing_address_2": "Unit 4",
        "payment_type": "credit_card",
        "disabled": False,
        "site_gateway_setting_id": 1,
    }


def _subscription(number: int, changes: int) -> dict[str, Any]:
    return {
        "id": 30_000_000 + number,
        "state": "active",
        "trial_started_at": None,
        "trial_ended_at": None,
        "activated_at": _moment(number),
        "created_at": _moment(number),
        "updated_at": _updated(number, changes),
        "expires_at": None,
        "balance_in_cents": changes,
        "current_period_started_at": _moment(number, days=60),
        "current_period_ends_at": _moment(number, days=90),
        "next_assessment_at": _moment(number, days=90),
        "canceled_at": None,
        "cancellation_message": None,
        "next_product_id": None,
        "next_product_handle": None,
        "cancel_at_end_of_period": False,
        "payment_collection_method": "automatic",
        "snap_day": None,
        "cancellation_method": None,
        "previous_state": "trialing",
        "signup_payment_id": 300_000_000 + number,
        "signup_revenue": "149.00",
        "delayed_cancel_at": None,
        "coupon_code": None,
        "total_revenue_in_cents": 14_900 * (number % 30),
        "product_price_in_cents": 14_900,
        "product_version_number": 1,
        "payment_type": "credit_card",
        "referral_code": None,
        "coupon_use_count": None,
        "coupon_uses_allowed": None,
        "reason_code": None,
        "automatically_resume_at": None,
        "coupon_codes": [],
        "offer_id": None,
        "payer_id": None,
        "receives_invoice_emails": None,
        "product_price_point_id": 6_091_802,
        "product_price_point_type": "default",
        "next_product_price_point_id": None,
        "net_terms": 30,
        "stored_credential_transaction_id": None,
        "reference": f"subscription-{number}",
        "currency": "USD",
        "on_hold_at": None,
        "scheduled_cancellation_at": None,
        "locale": None,
        "credit_balance_in_cents": 0,
        "prepayment_balance_in_cents": 0,
        "dunning_communication_delay_enabled": False,
        "dunning_communication_delay_time_zone": None,
        "customer": _customer(int(number / SUBSCRIPTIONS), 0),
        "product": _product(number),
        "credit_card": _card(number),
    }


def _invoice(number: int, changes: int) -> dict[str, Any]:
    """Return an invoice of one line, each third one of two."""
    lines = [_line(number, index) for index in range(2 if number % 3 == 0 else 1)]
    total = f"{149 * len(lines)}.0"
    day = _moment(number)[:10]
    return {
        "uid": f"inv_{number:013}",
        "customer_id": 10_000_000 + number // INVOICES,
        "subscription_id": 30_000_000 + int(number * SUBSCRIPTIONS / INVOICES),
        "number": str(number + 1),
        "sequence_number": number + 1,
        "transaction_time": _moment(number),
        "created_at": _moment(number),
        "updated_at": _updated(number, changes),
        "issue_date": day,
        "due_date": day,
        "paid_date": day,
        "status": "paid",
        "role": "renewal",
        "collection_method": "automatic",
        "currency": "USD",
        "consolidation_level": "none",
        "parent_invoice_id": None,
        "parent_invoice_uid": None,
        "parent_invoice_number": None,
        "subscription_group_id": None,
        "group_primary_subscription_id": None,
        "product_name": f"Business Monthly {number % 40}",
        "product_family_name": "Projects",
        "customer": {
            "chargify_id": 10_000_000 + number // INVOICES,
            "first_name": "Alice",
            "last_name": f"Miller {number // INVOICES}",
            "organization": f"Corner Bakery {number // INVOICES}",
            "email": f"alice.{number // INVOICES}@mail.example",
            "vat_number": None,
            "reference": None,
        },
        "net_terms": 0,
        "memo": f"Thank you for the {changes}. time.",
        "billing_address": {
            "street": f"{number % 200} Harbour Street",
            "line2": "Unit 4",
            "city": "Boston",
            "state": "MA",
            "zip": "02120",
            "country": "US",
        },
        "subtotal_amount": total,
        "discount_amount": "0.0",
        "tax_amount": "0.0",
        "total_amount": total,
        "credit_amount": "0.0",
        "debit_amount": "0.0",
        "refund_amount": "0.0",
        "paid_amount": total,
        "due_amount": "0.0",
        "site_id": 86_601,
        "payment_instructions": "Please pay to the account named on our site.",
        "public_url_expires_on": "2026-12-25",
        "public_url": f"https://www.chargifypay.com/invoice/inv_{number:013}?token=512e{number:08}",
        "line_items": lines,
        "discounts": [],
        "taxes": [],
        "credits": [],
        "payments": [],
        "custom_fields": [],
        "refunds": [],
    }


def _line(invoice: int, index: int) -> dict[str, Any]:
    day = _moment(invoice)[:10]
    return {
        "uid": f"li_{invoice:012}{index}",
        "transaction_id": 500_000_000 + invoice * 2 + index,
        "title": f"Business Monthly {invoice % 40}",
        "kind": "baseline",
        "product_id": 5_591_000 + invoice % 40,
        "product_version": 1,
        "component_id": None,
        "price_point_id": None,
        "hide": False,
        "custom_item": False,
        "description": f"{day} - {day}",
        "period_range_start": day,
        "period_range_end": day,
        "quantity": "1.0",
        "unit_price": "149.0",
        "subtotal_amount": "149.0",
        "discount_amount": "0.0",
        "tax_amount": "0.0",
        "tax_included": False,
        "total_amount": "149.0",
        "tiered_unit_price": False,
        "component_cost_data": None,
    }
