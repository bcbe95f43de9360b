"""Bodies of the site, catalogue, customers and subscriptions, key for key as the vendor sends them.

Keys follow the recorded bodies of 2020 and later plus `openapi.yaml`; `products` is cached because every
subscription embeds one.
"""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from .business import Business
from .records import Customer, Product, ProductFamily, Subscription
from .spec import SiteSpec
from .times import DAY, stamper

Body = dict[str, Any]
CARD_TYPES = ("visa", "master", "american_express")


class Renderer:
    """Writes the bodies of one site."""

    def __init__(self, spec: SiteSpec, business: Business) -> None:
        self.spec = spec
        self.business = business
        self.zone = ZoneInfo(spec.time_zone)
        self.stamp = stamper(self.zone)
        self._products: dict[tuple[int, int], msgspec.Raw] = {}

    def site(self) -> Body:
        """Return the inside of /site.json."""
        spec = self.spec
        return {
            "id": self.business.site_id,
            "name": spec.name,
            "subdomain": spec.subdomain,
            "currency": spec.currency,
            "seller_id": self.business.seller_id,
            "non_primary_currencies": list(spec.non_primary_currencies),
            "relationship_invoicing_enabled": True,
            "schedule_subscription_cancellation_enabled": False,
            "customer_hierarchy_enabled": False,
            "whopays_enabled": False,
            "whopays_default_payer": "self-ungrouped",
            "default_payment_collection_method": "automatic",
            "organization_address": self.seller_address() | {"name": spec.name, "phone": "+1 555 0199"},
            "tax_configuration": {
                "kind": "custom",
                "destination_address": "shipping_then_billing",
                "fully_configured": False,
            },
            "net_terms": {
                "default_net_terms": 0,
                "automatic_net_terms": 0,
                "remittance_net_terms": 30,
                "net_terms_on_remittance_signups_enabled": False,
                "custom_net_terms_enabled": False,
            },
            "test": spec.test,
            # accrue_charge is a string on the live API (facts §1).
            "allocation_settings": {
                "upgrade_charge": "prorated",
                "downgrade_credit": "none",
                "accrue_charge": "true",
            },
        }

    def seller_address(self) -> Body:
        """Return the business's own address; this block spells its second line `line_2` (facts §7)."""
        return {
            "street": "1 Market Square",
            "line_2": "Floor 2",
            "city": "Springfield",
            "state": "MA",
            "zip": "01103",
            "country": "US",
        }

    def customer(self, customer: Customer) -> Body:
        """Return a customer as the customers endpoints send it."""
        address = customer.address
        return self._customer(customer) | {
            "state_name": address.state_name if address else None,
            "country_name": address.country_name if address else None,
            "surcharging": False,
            "locale": None,
            "default_subscription_group_uid": None,
            "salesforce_id": None,
            "default_auto_renewal_profile_id": None,
        }

    def _customer(self, customer: Customer) -> Body:
        """Return the smaller body that subscriptions embed."""
        stamp = self.stamp
        born = stamp(customer.created_at)
        address = customer.address
        return {
            "id": customer.id,
            "first_name": customer.first_name,
            "last_name": customer.last_name,
            "organization": customer.organization,
            "email": customer.email,
            "created_at": born,
            "updated_at": stamp(customer.updated_at),
            "reference": customer.reference,
            "address": address.street if address else None,
            "address_2": address.line2 if address else None,
            "city": address.city if address else None,
            "state": address.state if address else None,
            "zip": address.zip if address else None,
            "country": address.country if address else None,
            "phone": customer.phone,
            "portal_invite_last_sent_at": born if customer.portal else None,
            "portal_invite_last_accepted_at": None,
            "verified": False,
            "portal_customer_created_at": born if customer.portal else None,
            "vat_number": None,
            "cc_emails": None,
            "tax_exempt": customer.tax_exempt,
            "parent_id": customer.parent_id,
        }

    def family(self, family: ProductFamily) -> Body:
        """Return a product family as its own endpoint sends it."""
        return _family(family) | {
            "created_at": self.stamp(family.created_at),
            "updated_at": self.stamp(family.updated_at),
            "archived_at": None,
        }

    def product(self, product: Product) -> msgspec.Raw:
        """Return a product, encoded once per version of it."""
        key = (product.id, product.version)
        if key not in self._products:
            self._products[key] = msgspec.Raw(msgspec.json.encode(self._product(product)))
        return self._products[key]

    def _product(self, product: Product) -> Body:
        point = product.id + 500_000
        return {
            "id": product.id,
            "name": product.name,
            "handle": product.handle,
            "description": product.description,
            "accounting_code": None,
            "request_credit_card": True,
            "expiration_interval": product.expires_after,
            "expiration_interval_unit": "month" if product.expires_after else "never",
            "created_at": self.stamp(product.created_at),
            "updated_at": self.stamp(product.updated_at),
            "price_in_cents": product.price,
            "interval": product.interval,
            "interval_unit": product.interval_unit,
            "initial_charge_in_cents": product.setup_fee or None,
            "trial_price_in_cents": 0 if product.trial_days else None,
            "trial_interval": product.trial_days or None,
            "trial_interval_unit": "day" if product.trial_days else None,
            "archived_at": self.stamp(product.archived_at),
            "require_credit_card": not product.trial_days,
            "return_params": None,
            "require_shipping_address": False,
            "request_billing_address": False,
            "require_billing_address": False,
            "taxable": True,
            "update_return_url": None,
            "tax_code": None,
            "initial_charge_after_trial": False,
            "version_number": product.version,
            "update_return_params": None,
            "default_product_price_point_id": point,
            "product_price_point_id": point,
            "product_price_point_name": "Original",
            "product_price_point_handle": f"uuid:{product.handle}-original",
            "use_site_exchange_rate": True,
            "item_category": None,
            "product_family": _family(product.family),
            "public_signup_pages": [],
        }

    def subscription(self, subscription: Subscription) -> Body:
        """Return a subscription with its customer, product and payment profile embedded."""
        body = self._subscription(subscription)
        body["customer"] = self._customer(subscription.customer)
        body["product"] = self.product(subscription.product) if subscription.has_product else None
        # No profile and no group: the key is absent, not null (facts §7).
        if subscription.payment in ("card", "hosted"):
            body["credit_card"] = _card(subscription)
        if subscription.payment == "bank":
            body["bank_account"] = _bank_account(subscription)
        if subscription.id % 40 == 0:
            body["group"] = _group(subscription)
        return body

    def _subscription(self, subscription: Subscription) -> Body:
        stamp, product = self.stamp, subscription.product
        running = subscription.canceled_at is None and subscription.expires_at is None
        point = product.id + 500_000 if subscription.has_product else None
        return {
            "id": subscription.id,
            "state": subscription.state,
            "trial_started_at": stamp(subscription.trial_started_at),
            "trial_ended_at": stamp(subscription.trial_ended_at),
            "activated_at": stamp(subscription.activated_at),
            "created_at": stamp(subscription.created_at),
            "updated_at": stamp(subscription.updated_at),
            "expires_at": stamp(subscription.expires_at),
            "balance_in_cents": subscription.balance,
            "current_period_ends_at": stamp(period_end(subscription)),
            "next_assessment_at": stamp(period_end(subscription)) if running else None,
            "canceled_at": stamp(subscription.canceled_at),
            "cancellation_message": "Closed the shop" if subscription.cancellation_method else None,
            "next_product_id": None,
            "next_product_handle": None,
            "cancel_at_end_of_period": subscription.cancel_at_end,
            "payment_collection_method": subscription.collection_method,
            "snap_day": None,
            "cancellation_method": subscription.cancellation_method,
            "current_period_started_at": stamp(period_start(subscription)),
            "previous_state": "active" if subscription.activated_at else subscription.state,
            "signup_payment_id": subscription.id * 10,
            "signup_revenue": f"{subscription.signup_revenue / 100:.2f}",
            "delayed_cancel_at": stamp(subscription.period_ends_at) if subscription.cancel_at_end else None,
            "coupon_code": subscription.coupon,
            "total_revenue_in_cents": subscription.revenue,
            "product_price_in_cents": product.price,
            "product_version_number": product.version,
            "payment_type": _payment_type(subscription),
            "referral_code": None,
            "coupon_use_count": None,
            "coupon_uses_allowed": None,
            "reason_code": None,
            "automatically_resume_at": None,
            "coupon_codes": [subscription.coupon] if subscription.coupon else [],
            "offer_id": None,
            "payer_id": None,
            "receives_invoice_emails": None,
            "product_price_point_id": point,
            "product_price_point_type": "default" if subscription.has_product else None,
            "next_product_price_point_id": None,
            "net_terms": 30 if subscription.collection_method == "remittance" else None,
            "stored_credential_transaction_id": None,
            "reference": None,
            "currency": subscription.currency,
            "on_hold_at": stamp(subscription.on_hold_at),
            "scheduled_cancellation_at": None,
            "locale": None,
            "credit_balance_in_cents": 0,
            "prepayment_balance_in_cents": 0,
            "dunning_communication_delay_enabled": False,
            "dunning_communication_delay_time_zone": None,
        }


def period_start(subscription: Subscription) -> int | None:
    """Return when the running period, or else the trial, began."""
    return subscription.period_started_at or subscription.trial_started_at


def period_end(subscription: Subscription) -> int | None:
    """Return when the running period, or else the trial, ends."""
    return subscription.period_ends_at or subscription.trial_ended_at


def _family(family: ProductFamily) -> Body:
    return {
        "id": family.id,
        "name": family.name,
        "description": family.description,
        "handle": family.handle,
        "accounting_code": None,
    }


def _payment_type(subscription: Subscription) -> str | None:
    kinds = {"card": "credit_card", "hosted": "paypal_account", "bank": "bank_account"}
    return kinds.get(subscription.payment)


def _card(subscription: Subscription) -> Body:
    """Return a card; one kept in a hosted vault has null numbers (recorded 2020, facts §7)."""
    known = subscription.payment == "card"
    return _holder(subscription) | {
        "masked_card_number": f"XXXX-XXXX-XXXX-{subscription.id % 10_000:04d}" if known else None,
        "card_type": CARD_TYPES[subscription.id % 3] if known else None,
        "expiration_month": subscription.id % 12 + 1 if known else None,
        "expiration_year": card_year(subscription) if known else None,
        "current_vault": "stripe_connect" if known else "braintree_blue",
        "payment_type": "credit_card" if known else "paypal_account",
        "disabled": False,
    }


def card_year(subscription: Subscription) -> int:
    """Return the year a card expires: within six years of the signup."""
    return 1970 + subscription.created_at // (365 * DAY) + 1 + subscription.id % 6


def _bank_account(subscription: Subscription) -> Body:
    """Return a bank account; every other one lacks its number (vendor bug PLS-1746, facts §7)."""
    number = f"XXXXX{subscription.id % 10_000:04d}" if subscription.id % 2 else None
    return _holder(subscription) | {
        "bank_name": "First Savings",
        "masked_bank_account_number": number,
        "masked_bank_routing_number": "XXXXX0021",
        "bank_account_type": "checking",
        "bank_account_holder_type": "business",
        "current_vault": "stripe_connect",
        "payment_type": "bank_account",
    }


def _holder(subscription: Subscription) -> Body:
    customer, address = subscription.customer, subscription.customer.address
    return {
        "id": subscription.id + 50_000_000,
        "first_name": customer.first_name,
        "last_name": customer.last_name,
        "customer_id": customer.id,
        "vault_token": str(subscription.id),
        "billing_address": address.street if address else None,
        "billing_city": address.city if address else None,
        "billing_state": address.state if address else None,
        "billing_zip": address.zip if address else None,
        "billing_country": address.country if address else None,
        "customer_vault_token": None,
        "billing_address_2": address.line2 if address else None,
    }


def _group(subscription: Subscription) -> Body:
    return {
        "uid": f"grp_{subscription.id}",
        "scheme": 1,
        "primary_subscription_id": subscription.id,
        "primary": True,
    }
