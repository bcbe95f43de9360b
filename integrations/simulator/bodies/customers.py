"""Bodies of customers and of how they pay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..business.records import Customer, PaymentProfile
from . import Body

if TYPE_CHECKING:
    from ..site import Site

CARD_TYPES = ("visa", "master", "american_express")
PAYMENT_TYPES = {
    "card": "credit_card",
    "hosted": "credit_card",
    "bank": "bank_account",
}  # recorded 2020 (facts §7)


def customer(site: Site, record: Customer) -> Body:
    """Return a customer as the customers endpoints send it."""
    address = record.address
    return embedded(site, record) | {
        "state_name": address.state_name if address else None,
        "country_name": address.country_name if address else None,
        "surcharging": False,
        "locale": None,
        "default_subscription_group_uid": None,
        "salesforce_id": None,
        "default_auto_renewal_profile_id": None,
    }


def embedded(site: Site, record: Customer) -> Body:
    """Return the smaller body that subscriptions embed."""
    born = site.stamp(record.created_at)
    address = record.address
    return {
        "id": record.id,
        "first_name": record.first_name,
        "last_name": record.last_name,
        "organization": record.organization,
        "email": record.email,
        "created_at": born,
        "updated_at": site.stamp(record.updated_at),
        "reference": record.reference,
        "address": address.street if address else None,
        "address_2": address.line2 if address else None,
        "city": address.city if address else None,
        "state": address.state if address else None,
        "zip": address.zip if address else None,
        "country": address.country if address else None,
        "phone": record.phone,
        "portal_invite_last_sent_at": born if record.portal else None,
        "portal_invite_last_accepted_at": None,
        "verified": False,
        "portal_customer_created_at": born if record.portal else None,
        "vat_number": None,
        "cc_emails": None,
        "tax_exempt": record.tax_exempt,
        "parent_id": record.parent_id,
    }


def profile(site: Site, record: PaymentProfile) -> Body:
    """Return a payment profile as its own endpoints send it."""
    body = embedded_profile(record) | {
        "site_gateway_setting_id": None,
        "gateway_handle": None,
        "created_at": site.stamp(record.created_at),
        "updated_at": site.stamp(record.updated_at),
    }
    return body | {"verified": True} if record.kind == "bank" else body


def embedded_profile(record: PaymentProfile) -> Body:
    """Return the body that subscriptions embed as `credit_card` or `bank_account`."""
    body = _holder(record)
    body.update(_bank_account(record) if record.kind == "bank" else _card(record))
    return body


def masked_card(record: PaymentProfile) -> str:
    """Return all that is shown of a card's number."""
    return f"XXXX-XXXX-XXXX-{record.id % 10_000:04d}"


def _card(record: PaymentProfile) -> Body:
    """Return a card; one kept in a hosted vault has null numbers (recorded 2020, facts §7)."""
    known = record.kind == "card"
    year, month = record.expires
    return {
        "masked_card_number": masked_card(record) if known else None,
        "card_type": CARD_TYPES[record.id % 3] if known else None,
        "expiration_month": month if known else None,
        "expiration_year": year if known else None,
        "current_vault": "stripe_connect" if known else "braintree_blue",
        "disabled": False,
    }


def _bank_account(record: PaymentProfile) -> Body:
    """Return a bank account; every other one lacks its number (vendor bug PLS-1746, facts §7)."""
    return {
        "bank_name": "First Savings",
        "masked_bank_account_number": f"XXXXX{record.id % 10_000:04d}" if record.id % 2 else None,
        "masked_bank_routing_number": "XXXXX0021",
        "bank_account_type": "checking",
        "bank_account_holder_type": "business",
        "current_vault": "stripe_connect",
    }


def _holder(record: PaymentProfile) -> Body:
    address = record.address
    return {
        "id": record.id,
        "first_name": record.first_name,
        "last_name": record.last_name,
        "customer_id": record.customer_id,
        "vault_token": str(record.id),
        "billing_address": address.street if address else None,
        "billing_city": address.city if address else None,
        "billing_state": address.state if address else None,
        "billing_zip": address.zip if address else None,
        "billing_country": address.country if address else None,
        "customer_vault_token": None,
        "payment_type": PAYMENT_TYPES[record.kind],
        "billing_address_2": address.line2 if address else None,
    }
