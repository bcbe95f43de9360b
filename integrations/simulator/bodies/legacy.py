"""Transactions, statements and old-style invoices of a site from before Relationship Invoicing.

A statement's transactions and an invoice's charges stand there without a wrapper, as in the vendor's examples.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from ..business.records import (
    Address,
    Customer,
    Event,
    Invoice,
    LegacyInvoice,
    PaymentProfile,
    Statement,
    Subscription,
    Transaction,
)
from ..business.times import day
from . import Body, activity
from .customers import CARD_TYPES, masked_card

if TYPE_CHECKING:
    from ..site import Site

IN_CHARGES = (
    "created_at", "subscription_id", "type", "memo", "kind", "amount_in_cents", "ending_balance_in_cents", "success",
    "id", "payment_id", "product_id", "transaction_type", "gateway_transaction_id", "gateway_order_id",
    "starting_balance_in_cents", "component_id", "tax_id", "customer_id",
)  # fmt: skip
NEVER_NULL = ("kind", "gateway_transaction_id")
# A statement shows the activity that the vendor's examples do, with its old keys only.
SHOWN_EVENTS = (
    "signup_success", "renewal_success", "renewal_failure", "payment_success", "payment_failure",
    "subscription_state_change", "subscription_product_change", "subscription_plan_change",
)  # fmt: skip
SHOWN_DATA = (
    "product_id", "account_transaction_id", "previous_product_id", "new_product_id", "previous_subscription_state",
    "new_subscription_state",
)  # fmt: skip


def transaction(site: Site, record: Transaction) -> Body:
    """Return a transaction; charges carry their amounts before tax and discount, payments the card."""
    body = _transaction(site, record)
    if record.type == "Payment":
        return body | _card(site, record) | {"refunded_amount_in_cents": record.refunded}
    if record.type == "Charge":
        return body | _charge(site, record)
    return body


def _transaction(site: Site, record: Transaction) -> Body:
    through_gateway = record.type in ("Payment", "Refund")
    return {
        "id": record.id,
        "subscription_id": record.subscription_id,
        "type": record.type,
        "kind": record.kind,
        "transaction_type": record.type.lower(),
        "success": record.success,
        "amount_in_cents": record.amount,
        "memo": record.memo,
        "created_at": site.stamp(record.created_at),
        "starting_balance_in_cents": record.starting_balance,
        "ending_balance_in_cents": record.ending_balance,
        "gateway_used": "bogus" if through_gateway else None,
        "gateway_transaction_id": str(record.id % 100_000) if through_gateway else None,
        "gateway_order_id": None,
        "payment_id": record.payment_id,
        "product_id": record.product_id,
        "tax_id": None,
        "component_id": record.component_id,
        "statement_id": record.statement_id,
        "customer_id": record.customer_id,
        "item_name": record.memo if record.period_start else None,
        "period_range_start": day(record.period_start),
        "period_range_end": day(record.period_end),
        "parent_id": None,
        "role": None,
    }


def _charge(site: Site, record: Transaction) -> Body:
    return {
        "original_amount_in_cents": record.amount,
        "discount_amount_in_cents": 0,
        "taxable_amount_in_cents": record.amount if record.tax else None,
        "taxations": _taxations(site, record) if record.tax else [],
    }


def _taxations(site: Site, record: Transaction) -> list[Body]:
    """Return the tax on a charge (vendor's example of a statement); a statement has its invoice's id."""
    invoice = site.store.require(Invoice, record.statement_id)
    place = invoice.payer.address
    tax = {"rate": f"{invoice.tax_rate / 10_000:g}", "tax_amount_in_cents": record.tax}
    rule = {
        "tax_rule_id": None,
        "country_code": place.country if place else "",
        "subdivision_code": place.state if place else "",
        "description": invoice.tax_title,
    }
    charge = {"tax_id": None, "tax_charge_id": record.tax_charge_id, "tax_name": invoice.tax_title}
    return [charge | tax | {"tax_rules": [rule | tax]}]


def _card(site: Site, record: Transaction) -> Body:
    """Return the card that was charged: the subscription's present one."""
    subscription = site.store.get(Subscription, record.subscription_id)
    profile = site.store.get(PaymentProfile, subscription.payment_profile_id if subscription else None)
    if profile is None or profile.kind != "card":
        return {"card_number": None, "card_expiration": None, "card_type": None}
    year, month = profile.expires
    return {
        "card_number": masked_card(profile),
        "card_expiration": f"{month:02d}/{year}",
        "card_type": CARD_TYPES[profile.id % len(CARD_TYPES)],
    }


def invoice(site: Site, record: LegacyInvoice) -> Body:
    """Return an old-style invoice with its charges, and what was paid or taken off since."""
    rows = site.store.find(Transaction, statement_id=record.statement_id)
    charges = [row for row in rows if row.type == "Charge"]
    others = [row for row in rows if row.type != "Charge"]
    return {
        "id": record.id,
        "subscription_id": record.subscription_id,
        "statement_id": record.statement_id,
        "site_id": site.id,
        "state": record.state,
        "total_amount_in_cents": record.amount,
        "paid_at": site.stamp(record.paid_at),
        "created_at": site.stamp(record.created_at),
        "updated_at": site.stamp(record.updated_at),
        "amount_due_in_cents": record.due,
        "number": f"{record.number:06d}",
        "charges": [_short(site, row) for row in charges],
        "payments_and_credits": [_short(site, row) for row in others],
    }


def _short(site: Site, record: Transaction) -> Body:
    """Return a transaction as an invoice shows it; of payments some keys are never null (openapi.legacy.yaml)."""
    body = _transaction(site, record)
    card = _card(site, record) if record.type == "Payment" else {}
    absent = () if record.type == "Charge" else [name for name in NEVER_NULL if body[name] is None]
    return {name: body[name] for name in IN_CHARGES if name not in absent} | card


def statement(site: Site, record: Statement, *, views: bool) -> Body:
    """Return a statement; the site-wide list leaves its three views out (facts §7)."""
    customer = site.store.require(Customer, record.customer_id)
    rows = site.store.find(Transaction, statement_id=record.id)
    body = {
        "id": record.id,
        "opened_at": site.stamp(record.opened_at),
        "settled_at": site.stamp(record.settled_at),
        "closed_at": site.stamp(record.closed_at),
        "created_at": site.stamp(record.created_at),
        "updated_at": site.stamp(record.updated_at),
        "customer_first_name": customer.first_name,
        "customer_last_name": customer.last_name,
        "customer_organization": customer.organization,
        **_address("billing", customer.address),
        **_address("shipping", customer.address),
        "starting_balance_in_cents": record.starting_balance,
        "ending_balance_in_cents": record.ending_balance,
        "future_payments": [],
        "memo": "We thank you for your continued business!",
        "subscription_id": record.subscription_id,
        "total_in_cents": total(rows),
        "transactions": [transaction(site, row) for row in rows],
        "events": [{"event": _event(site, row)} for row in _events(site, record)],
    }
    return body | _views(site, record, customer, rows) if views else body


def total(rows: list[Transaction]) -> int:
    """Return what a statement bills, in cents: its charges and the coupon, whatever was paid since."""
    return sum(row.amount for row in rows if row.type == "Charge" or row.kind == "coupon")


def _address(purpose: str, address: Address | None) -> Body:
    return {
        f"customer_{purpose}_address": address.street if address else None,
        f"customer_{purpose}_address_2": address.line2 if address else None,
        f"customer_{purpose}_city": address.city if address else None,
        f"customer_{purpose}_country": address.country if address else None,
        f"customer_{purpose}_state": address.state if address else None,
        f"customer_{purpose}_zip": address.zip if address else None,
    }


def _events(site: Site, record: Statement) -> list[Event]:
    where = "subscription_id = ? AND created_at BETWEEN ? AND ?"
    keys = site.store.keys(Event, where, (record.subscription_id, record.opened_at, record.closed_at))
    return [row for row in site.store.many(Event, keys) if row.key in SHOWN_EVENTS]


def _event(site: Site, record: Event) -> Body:
    body = activity.event(site, record)
    del body["customer_id"]
    data = {name: value for name, value in (record.data or {}).items() if name in SHOWN_DATA}
    return body | {"event_specific_data": data or None}


def _views(site: Site, record: Statement, customer: Customer, rows: list[Transaction]) -> Body:
    """Return a statement's three views; their text is ours, short and with the vendor's ids [I]."""
    name = f"{customer.first_name} {customer.last_name}"
    lines = [f"{row.memo}: {row.amount / 100:.2f}" for row in rows]
    text = "\n".join([f"{site.spec.name} ({record.id})", name, *lines])
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    html = f"<h2>{escape(name)}</h2><ul>{items}</ul>"
    return {
        "basic_html_view": f'<table id="billing_statement"><tbody><tr><td>{html}</td></tr></tbody></table>',
        "html_view": f'<div id="billing_statement">{html}</div>',
        "text_view": text,
    }
