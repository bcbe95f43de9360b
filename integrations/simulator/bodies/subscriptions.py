"""Bodies of subscriptions, with everything they embed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import msgspec

from ..business.catalogue import cost
from ..business.invoicing import NET_TERMS
from ..business.records import (
    Component,
    ComponentPricePoint,
    Coupon,
    CreditNote,
    Customer,
    Group,
    PaymentProfile,
    Prepayment,
    Product,
    Record,
    Subscription,
    SubscriptionComponent,
)
from . import Body, catalogue, coupons
from .customers import PAYMENT_TYPES, embedded, embedded_profile

if TYPE_CHECKING:
    from ..site import Site

R = TypeVar("R", bound=Record)
REFERENCE = "order-"
# Nothing is billed next in these states (facts §7 enums).
NOT_ASSESSED = (
    "awaiting_signup", "canceled", "expired", "failed_to_create", "on_hold", "paused", "pending", "suspended",
    "trial_ended",
)  # fmt: skip


class Embedded(NamedTuple):
    """What a page of subscriptions embeds, each read and, where it repeats, encoded once."""

    customers: dict[int, Customer]
    products: dict[int, Product]
    encoded: dict[int, msgspec.Raw]
    profiles: dict[int, PaymentProfile]
    coupons: dict[int, Coupon]
    groups: dict[int, Group]
    notes: dict[int, CreditNote]
    prepayments: dict[int, Prepayment]


def subscriptions(site: Site, rows: Sequence[Subscription], include: Iterable[str] = ()) -> list[Body]:
    """Return subscriptions with customer, product and payment profile; `include` adds what lists leave out."""
    found = _embedded(site, rows)
    bodies = [_subscription(site, row, found) for row in rows]
    if "coupons" in include:
        for row, body in zip(rows, bodies, strict=True):
            coupon = found.coupons.get(row.coupon_id or 0)
            body["coupons"] = [coupons.held(coupon, row.coupon_uses)] if coupon else []
    if "self_service_page_token" in include:
        for row, body in zip(rows, bodies, strict=True):
            body["self_service_page_token"] = f"{row.id:x}{row.created_at:x}"
    return bodies


def subscription(site: Site, row: Subscription, include: Iterable[str] = ()) -> Body:
    """Return one subscription: its next bill is shown here only (recorded 2020)."""
    body = subscriptions(site, [row], include)[0]
    return body | {"current_billing_amount_in_cents": next_bill(site, row)}


def next_bill(site: Site, row: Subscription) -> int:
    """Return what a period costs before discount, tax and metered use, in cents [I]."""
    return row.price + sum(
        _held(site, held) for held in site.store.find(SubscriptionComponent, subscription_id=row.id)
    )


def _held(site: Site, held: SubscriptionComponent) -> int:
    if site.store.require(Component, held.component_id).kind == "metered":
        return 0
    return cost(site.store.require(ComponentPricePoint, held.price_point_id), held.quantity)


def _embedded(site: Site, rows: Sequence[Subscription]) -> Embedded:
    store = site.store

    def read(kind: type[R], keys: Iterable[int | None]) -> dict[int, R]:
        wanted = list({key for key in keys if key is not None})
        return {record.id: record for record in store.many(kind, wanted)}

    products = read(Product, [key for row in rows for key in (row.product_id, row.next_product_id)])
    bodies = catalogue.products(site, list(products.values()))
    return Embedded(
        customers=read(Customer, (row.customer_id for row in rows)),
        products=products,
        encoded={body["id"]: msgspec.Raw(msgspec.json.encode(body)) for body in bodies},
        profiles=read(PaymentProfile, (row.payment_profile_id for row in rows)),
        coupons=read(Coupon, (row.coupon_id for row in rows)),
        groups=read(Group, (row.group_id for row in rows)),
        notes=read(CreditNote, (key for row in rows for key in row.credit_note_ids)),
        prepayments=read(Prepayment, (key for row in rows for key in row.prepayment_ids)),
    )


def _subscription(site: Site, row: Subscription, found: Embedded) -> Body:
    profile = found.profiles.get(row.payment_profile_id or 0)
    if profile and profile.deleted_at:
        profile = None
    body = _own(site, row, found)
    body["payment_type"] = PAYMENT_TYPES[profile.kind] if profile else None
    body["customer"] = embedded(site, found.customers[row.customer_id])
    body["product"] = found.encoded.get(row.product_id or 0)
    # No profile and no group: the key is absent, not null (facts §7); likewise the version of no product [I].
    if product := found.products.get(row.product_id or 0):
        body["product_version_number"] = product.version
    if profile:
        body["bank_account" if profile.kind == "bank" else "credit_card"] = embedded_profile(profile)
    if group := found.groups.get(row.group_id or 0):
        body["group"] = _membership(row, group)
    return body


def _own(site: Site, row: Subscription, found: Embedded) -> Body:
    stamp, product = site.stamp, found.products.get(row.product_id or 0)
    following, coupon = found.products.get(row.next_product_id or 0), found.coupons.get(row.coupon_id or 0)
    ends = stamp(row.period_ends_at or row.trial_ended_at)
    return {
        "id": row.id,
        "state": row.state,
        "trial_started_at": stamp(row.trial_started_at),
        "trial_ended_at": stamp(row.trial_ended_at),
        "activated_at": stamp(row.activated_at),
        "created_at": stamp(row.created_at),
        "updated_at": stamp(row.updated_at),
        "expires_at": stamp(row.expires_at),
        "balance_in_cents": row.balance,
        "current_period_ends_at": ends,
        "next_assessment_at": None if row.state in NOT_ASSESSED else ends,
        "canceled_at": stamp(row.canceled_at),
        "cancellation_message": row.cancellation_message,
        "next_product_id": row.next_product_id,
        "next_product_handle": following.handle if following else None,
        "cancel_at_end_of_period": row.delayed_cancel_at is not None,
        "payment_collection_method": row.collection_method,
        "snap_day": None,
        "cancellation_method": row.cancellation_method,
        "current_period_started_at": stamp(row.period_started_at or row.trial_started_at),
        "previous_state": row.previous_state,
        "signup_payment_id": row.id * 10,
        "signup_revenue": f"{row.signup_revenue / 100:.2f}",
        "delayed_cancel_at": stamp(row.delayed_cancel_at),
        "coupon_code": coupon.code if coupon else None,
        "total_revenue_in_cents": row.revenue,
        "product_price_in_cents": row.price,
        "referral_code": None,
        "coupon_use_count": row.coupon_uses if coupon else None,
        "coupon_uses_allowed": coupon.uses if coupon else None,
        "reason_code": row.reason_code,
        "automatically_resume_at": stamp(row.resumes_at),
        "coupon_codes": [coupon.code] if coupon else [],
        "offer_id": None,
        "payer_id": None,
        "receives_invoice_emails": None,
        "product_price_point_id": product.price_point_id if product else None,
        "product_price_point_type": "default" if product else None,
        "next_product_price_point_id": following.price_point_id if following else None,
        "net_terms": NET_TERMS if row.collection_method == "remittance" else None,
        "stored_credential_transaction_id": None,
        "reference": reference(row),
        "currency": row.currency,
        "on_hold_at": stamp(row.on_hold_at),
        "scheduled_cancellation_at": None,
        "locale": None,
        "credit_balance_in_cents": _left(row, found) if row.credit_note_ids else 0,
        "prepayment_balance_in_cents": sum(found.prepayments[key].left for key in row.prepayment_ids),
        "dunning_communication_delay_enabled": False,
        "dunning_communication_delay_time_zone": None,
    }


def reference(row: Subscription) -> str | None:
    """Return the merchant's own name for a subscription; every third has one."""
    return f"{REFERENCE}{row.id}" if row.id % 3 == 0 else None


def _left(row: Subscription, found: Embedded) -> int:
    notes = [found.notes[key] for key in row.credit_note_ids]
    return sum(note.total - note.applied for note in notes)


def _membership(row: Subscription, group: Group) -> Body:
    primary = group.subscription_ids[0]
    return {
        "uid": group.uid,
        "scheme": 1,
        "primary_subscription_id": primary,
        "primary": row.id == primary,
    }
