"""The facts a site keeps; bodies are rendered from them on request.

Times are epoch seconds, days are ordinals and money is integer cents: small to keep, quick to compare.
`gc=False` keeps a hundred thousand of them off the garbage collector's rounds (none can form a cycle).
"""

from __future__ import annotations

from msgspec import Struct


class Address(Struct, frozen=True, gc=False):
    street: str
    line2: str | None
    city: str
    state: str
    state_name: str
    zip: str
    country: str
    country_name: str
    tax_rate: int  # hundredths of a percent
    tax_title: str


class Customer(Struct, gc=False):
    id: int
    first_name: str
    last_name: str
    email: str
    organization: str | None
    reference: str | None
    address: Address | None
    phone: str | None
    tax_exempt: bool
    parent_id: int | None
    portal: bool
    created_at: int
    updated_at: int


class ProductFamily(Struct, gc=False):
    id: int
    name: str
    handle: str
    description: str | None
    created_at: int
    updated_at: int


class Product(Struct, gc=False):
    id: int
    family: ProductFamily
    name: str
    handle: str
    description: str | None
    price: int
    interval: int
    interval_unit: str
    trial_days: int
    setup_fee: int
    expires_after: int | None  # in months
    archived_at: int | None
    created_at: int
    updated_at: int
    version: int = 1


class Subscription(Struct, gc=False):
    id: int
    customer: Customer
    product: Product
    state: str
    currency: str
    created_at: int
    updated_at: int
    collection_method: str
    payment: str  # card, hosted, bank or none
    coupon: str | None
    discount_percent: int
    has_product: bool = True
    activated_at: int | None = None
    trial_started_at: int | None = None
    trial_ended_at: int | None = None
    period_started_at: int | None = None
    period_ends_at: int | None = None
    canceled_at: int | None = None
    expires_at: int | None = None
    on_hold_at: int | None = None
    cancel_at_end: bool = False
    cancellation_method: str | None = None
    signup_revenue: int = 0
    revenue: int = 0
    balance: int = 0


class Invoice(Struct, gc=False):
    uid: str
    number: int
    subscription: Subscription
    status: str
    role: str
    created_at: int
    updated_at: int
    issued_on: int
    due_on: int
    period_end: int
    base: int
    setup_fee: int
    usage_quantity: int
    usage_price: int  # in 1e-8 of the currency
    discount_percent: int
    tax_rate: int
    subtotal: int
    discount: int
    tax: int
    paid: int = 0
    credit: int = 0
    refunded: int = 0
    paid_at: int | None = None
    paid_on: int | None = None
    memo: str | None = None

    @property
    def total(self) -> int:
        """Follow the vendor's definition: subtotal - discount + tax (openapi.yaml, Invoice)."""
        return self.subtotal - self.discount + self.tax

    @property
    def due(self) -> int:
        """Follow the vendor's definition: total - credits - payments; refunds do not reopen it."""
        return self.total - self.credit - self.paid
