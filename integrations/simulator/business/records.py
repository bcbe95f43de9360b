"""The facts a site keeps; bodies are rendered from them on request.

Times are epoch seconds, days are ordinals, money is integer cents and unit prices and quantities are integers of
1e-8: small to keep, quick to compare, exact to add. A record that lists show has `created_at` and `updated_at`;
one that can vanish has `deleted_at`.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field

Terms = tuple[int, str]  # an interval: how many, of "day" or "month"


class Record(Struct, kw_only=True, array_like=True, gc=False):
    """Anything with an id; kept as a MessagePack array."""

    id: int


class Dated(Record, kw_only=True, array_like=True, gc=False):
    """A record that lists filter by its dates."""

    created_at: int
    updated_at: int


class Address(Struct, frozen=True, array_like=True, gc=False):
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


# --- the catalogue ---------------------------------------------------------------------------------------------


class ProductFamily(Dated, kw_only=True, array_like=True, gc=False):
    name: str
    handle: str
    description: str | None


class Product(Dated, kw_only=True, array_like=True, gc=False):
    """A plan; its own prices are those of its default price point."""

    family_id: int
    name: str
    handle: str
    description: str | None
    price: int
    interval: int
    interval_unit: str
    trial_days: int
    setup_fee: int
    expires_after: int | None  # in months
    price_point_id: int
    archived_at: int | None = None
    version: int = 1

    @property
    def terms(self) -> Terms:
        """Return how often it is billed."""
        return self.interval, self.interval_unit


class PricePoint(Dated, kw_only=True, array_like=True, gc=False):
    """A price of a product; `kind` is default, catalog or custom."""

    product_id: int
    name: str
    handle: str
    kind: str
    price: int
    interval: int
    interval_unit: str
    trial_days: int
    setup_fee: int
    expires_after: int | None
    archived_at: int | None = None


class Component(Dated, kw_only=True, array_like=True, gc=False):
    """Something sold beside or instead of a plan; `kind` without its suffix `_component`."""

    family_id: int
    name: str
    handle: str
    description: str | None
    kind: str  # quantity_based, on_off or metered
    unit_name: str
    price_point_id: int
    archived_at: int | None = None


class Tier(Struct, frozen=True, array_like=True, gc=False, cache_hash=True):
    """A step of a price: from `start` units on, up to and with `end`; the price in 1e-8 of the currency."""

    id: int
    start: int
    end: int | None
    price: int


class ComponentPricePoint(Dated, kw_only=True, array_like=True, gc=False):
    """A price of a component; `scheme` is per_unit, volume, tiered or stairstep, null for on/off."""

    component_id: int
    name: str
    handle: str
    kind: str  # default, catalog or custom
    scheme: str | None
    tiers: tuple[Tier, ...]
    archived_at: int | None = None


class Coupon(Dated, kw_only=True, array_like=True, gc=False):
    """A discount, `percent` of everything or an `amount` in cents, for `uses` periods or, when null, for ever."""

    family_id: int
    code: str
    name: str
    description: str
    percent: int | None
    amount: int | None
    uses: int | None
    starts_at: int
    ends_at: int | None = None
    archived_at: int | None = None
    subcodes: tuple[str, ...] = ()
    only_product_id: int | None = None  # the plan that it is restricted to


# --- customers and what they buy -------------------------------------------------------------------------------


class Customer(Dated, kw_only=True, array_like=True, gc=False):
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
    deleted_at: int | None = None
    mrr: dict[str, int] = field(
        default_factory=dict
    )  # cents a month by currency; a currency stays once it was had

    @property
    def words(self) -> str:
        """Return what a search looks into (openapi.yaml, listCustomers)."""
        parts = (self.first_name, self.last_name, self.organization, self.email, self.reference)
        return " ".join(part for part in parts if part).lower()


class PaymentProfile(Dated, kw_only=True, array_like=True, gc=False):
    """How a customer pays: `kind` is card, hosted (a vault that shows no numbers) or bank."""

    customer_id: int
    kind: str
    first_name: str
    last_name: str
    address: Address | None
    expires: tuple[int, int]  # year, month
    deleted_at: int | None = None

    @property
    def last_month(self) -> int | None:
        """Return a card's last good month, as year * 12 + month - 1."""
        year, month = self.expires
        return year * 12 + month - 1 if self.kind == "card" else None


class Subscription(Dated, kw_only=True, array_like=True, gc=False):
    """A subscription's standing, and its agenda: what happens to it next, and when."""

    customer_id: int
    product_id: int | None  # null since the catalogue of 2026 for those who buy components only
    price: int
    terms: Terms
    state: str
    previous_state: str
    currency: str
    collection_method: str
    payment_profile_id: int | None
    agenda: list[tuple[int, str]] = field(default_factory=list)
    next_at: int | None = None
    periods: int = 0
    coupon_id: int | None = None
    coupon_uses: int = 0
    group_id: int | None = None
    next_product_id: int | None = None
    mrr: int = 0  # cents a month, kept up by mrr.py
    attempts: int = 0  # failed payments in a row
    activated_at: int | None = None
    trial_started_at: int | None = None
    trial_ended_at: int | None = None
    period_started_at: int | None = None
    period_ends_at: int | None = None
    postponed_from: int | None = None  # when the period was to end before its end was moved
    canceled_at: int | None = None
    expires_at: int | None = None
    on_hold_at: int | None = None
    resumes_at: int | None = None
    delayed_cancel_at: int | None = None
    cancellation_method: str | None = None
    cancellation_message: str | None = None
    reason_code: str | None = None
    signup_revenue: int = 0
    revenue: int = 0
    balance: int = 0
    deleted_at: int | None = None
    # What the engine needs at hand, so that a step reads nothing but the subscription.
    anchor: int = 0  # periods are counted from here: the 31st stays the 31st after a February
    anchor_periods: int = 0
    component_ids: list[int] = field(default_factory=list)
    open_invoice_ids: list[int] = field(default_factory=list)
    credit_note_ids: list[int] = field(default_factory=list)  # with something left
    prepayment_ids: list[int] = field(default_factory=list)  # with something left
    paid_invoice_id: int | None = None  # the latest
    statement_id: int | None = None  # the latest, on a legacy site


class SubscriptionComponent(Dated, kw_only=True, array_like=True, gc=False):
    """How much of a component a subscription has; `quantity` is allocated units, `balance` metered ones."""

    subscription_id: int
    component_id: int
    price_point_id: int
    quantity: int = 0
    balance: int = 0


class Allocation(Dated, kw_only=True, array_like=True, gc=False):
    """A change of an allocated quantity, in whole units."""

    subscription_id: int
    component_id: int
    price_point_id: int
    quantity: int
    previous: int
    memo: str | None
    invoice_id: int | None = None


class Usage(Dated, kw_only=True, array_like=True, gc=False):
    """Metered use, in whole units; a negative one corrects an earlier one."""

    subscription_id: int
    component_id: int
    price_point_id: int
    quantity: int
    memo: str | None


class Prepayment(Dated, kw_only=True, array_like=True, gc=False):
    """Money that a customer paid ahead, in cents; invoices use it up until nothing is `left`."""

    subscription_id: int
    group_id: int | None
    amount: int
    left: int


class Group(Dated, kw_only=True, array_like=True, gc=False):
    """Subscriptions of one customer that are billed together."""

    uid: str
    customer_id: int
    subscription_ids: tuple[int, ...]  # the primary one first
    deleted_at: int | None = None


# --- invoices and what became of them --------------------------------------------------------------------------


class Person(Struct, frozen=True, array_like=True, gc=False):
    """The customer as an invoice remembers it."""

    id: int
    first_name: str
    last_name: str
    organization: str | None
    email: str
    reference: str | None
    address: Address | None


class Line(Struct, frozen=True, array_like=True, gc=False):
    """A line of an invoice or credit note; amounts, quantity and price in 1e-8."""

    kind: str  # baseline, initial, trial, quantity_based_component, on_off_component, metered_component
    title: str
    quantity: int
    price: int
    subtotal: int
    discount: int
    tax: int
    starts_on: int
    ends_on: int
    product_id: int | None
    component_id: int | None = None
    price_point_id: int | None = None
    product_version: int | None = None

    @property
    def total(self) -> int:
        """Return what the line adds before the whole is rounded to cents."""
        return self.subtotal - self.discount + self.tax


class Entry(Struct, frozen=True, array_like=True, gc=False):
    """Money that met an invoice: `kind` is payment, failed_payment, credit or refund; `amount` in cents.

    `number` is the transaction's id; a credit's `note_id` names its credit note, a refund's `of` its payment, a
    payment's `of` the prepayment that it was taken from.
    """

    kind: str
    at: int
    amount: int
    number: int
    memo: str
    note_id: int | None = None
    of: int | None = None
    original: int = 0  # cents of the payment or note that it is a part of


class Invoice(Dated, kw_only=True, array_like=True, gc=False):
    """An invoice: lines fixed when it is issued, entries added since. The id is its number on the site."""

    uid: str
    subscription_id: int
    customer_id: int
    payer: Person
    product_name: str
    family_name: str
    currency: str
    collection_method: str
    payment_kind: str | None  # of the payment profile: card, hosted, bank
    status: str
    role: str
    issued_on: int
    due_on: int
    lines: tuple[Line, ...]
    subtotal: int
    discount: int
    tax: int
    coupon_id: int | None = None
    coupon_code: str | None = None
    coupon_percent: int | None = None
    tax_rate: int = 0  # hundredths of a percent
    tax_title: str = ""
    level: str = "none"  # consolidation: none, child or parent
    parent_id: int | None = None
    group_id: int | None = None
    paid_on: int | None = None
    entries: list[Entry] = field(default_factory=list)
    memo: str = ""

    def sum(self, kind: str) -> int:
        """Return the cents of all entries of a kind."""
        return sum(entry.amount for entry in self.entries if entry.kind == kind)

    @property
    def total(self) -> int:
        """Follow the vendor's definition: subtotal - discount + tax (openapi.yaml, Invoice)."""
        return self.subtotal - self.discount + self.tax

    @property
    def paid(self) -> int:
        """Return what was paid; refunds do not lower it (openapi.yaml, Invoice)."""
        return self.sum("payment")

    @property
    def due(self) -> int:
        """Follow the vendor's definition: total - credits - payments; refunds do not reopen it."""
        return self.total - self.sum("credit") - self.paid

    @property
    def revenue(self) -> int:
        """Return what was paid and not given back."""
        return self.paid - self.sum("refund")

    @property
    def product_ids(self) -> str:
        """Return the plans on its lines, as a text to search for ",1,"."""
        return f",{','.join({str(line.product_id) for line in self.lines})},"


class Proforma(Invoice, kw_only=True, array_like=True, gc=False):
    """What the next period is going to cost, drawn up like an invoice; nothing becomes of it. Due on delivery."""


class InvoiceEvent(Dated, kw_only=True, array_like=True, gc=False):
    """Something that happened to an invoice, with what is needed to see the invoice as it was then."""

    kind: str
    invoice_id: int
    entries: int  # how many entries the invoice had afterwards; the last one may be this event's own
    status: str
    from_status: str | None = None
    paid_on: int | None = None
    note_id: int | None = None


class Application(Struct, frozen=True, array_like=True, gc=False):
    """A part of a credit note that met an invoice; cents."""

    at: int
    invoice_id: int
    amount: int


class CreditNote(Dated, kw_only=True, array_like=True, gc=False):
    """A credit note; what is not applied stays as service credit of the subscription."""

    uid: str
    subscription_id: int
    customer_id: int
    payer: Person
    currency: str
    memo: str
    issued_on: int
    lines: tuple[Line, ...]
    subtotal: int
    discount: int
    tax: int
    tax_rate: int
    tax_title: str
    origin_invoice_id: int
    applications: tuple[Application, ...] = ()
    refunds: tuple[Entry, ...] = ()
    applied_on: int | None = None

    @property
    def total(self) -> int:
        """Return subtotal - discount + tax, as on an invoice."""
        return self.subtotal - self.discount + self.tax

    @property
    def applied(self) -> int:
        """Return the cents that met invoices or were refunded."""
        return sum(part.amount for part in self.applications) + sum(part.amount for part in self.refunds)


# --- what happened ---------------------------------------------------------------------------------------------


class Event(Dated, kw_only=True, array_like=True, gc=False):
    """An entry of the site's feed; `data` is its event_specific_data as the vendor sends it."""

    key: str
    message: str
    subscription_id: int | None
    customer_id: int | None
    data: dict[str, Any] | None = None


class Movement(Dated, kw_only=True, array_like=True, gc=False):
    """A change of a subscription's monthly recurring revenue, in cents; see mrr.py for the rules."""

    customer_id: int
    subscription_id: int
    currency: str
    category: str  # new, expansion, contraction, churn or reactivation
    amount: int
    month: int  # of the site's calendar: year * 12 + month - 1


class Metadatum(Dated, kw_only=True, array_like=True, gc=False):
    """A custom field's value on a customer or a subscription."""

    resource: str  # customers or subscriptions
    resource_id: int
    field_id: int
    name: str
    value: str
    deleted_at: int | None = None


class Note(Dated, kw_only=True, array_like=True, gc=False):
    """A remark on a subscription."""

    subscription_id: int
    body: str
    sticky: bool


# --- sites from before Relationship Invoicing -----------------------------------------------------------------


class Transaction(Dated, kw_only=True, array_like=True, gc=False):
    """A movement of a legacy subscription's balance, in cents; `kind` as in openapi.legacy.yaml."""

    type: str  # Charge, Credit, Adjustment, Payment, Refund or InfoTransaction
    kind: str | None
    subscription_id: int
    customer_id: int
    product_id: int | None
    statement_id: int
    amount: int
    starting_balance: int
    ending_balance: int
    memo: str
    success: bool = True
    payment_id: int | None = None
    component_id: int | None = None
    period_start: int | None = None
    period_end: int | None = None
    refunded: int = 0  # cents of a payment
    tax: int = 0  # cents of a charge, which the tax charge adds up
    tax_charge_id: int | None = None


class Statement(Dated, kw_only=True, array_like=True, gc=False):
    """A period of a legacy subscription."""

    subscription_id: int
    customer_id: int
    invoice_id: int
    opened_at: int
    closed_at: int | None
    settled_at: int | None
    starting_balance: int
    ending_balance: int
    charges: tuple[int, ...] = ()  # ids of the transactions that a payment pays for


class LegacyInvoice(Dated, kw_only=True, array_like=True, gc=False):
    """An invoice as remittance customers of a legacy site get it; `state` is paid, unpaid, partial or archived."""

    number: int
    subscription_id: int
    customer_id: int
    statement_id: int
    state: str
    amount: int
    due: int
    paid_at: int | None = None
