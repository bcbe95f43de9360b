"""The invoices of a subscription's life and what became of each."""

from __future__ import annotations

from datetime import tzinfo
from random import Random

from .lives import UNPAID_BILLS
from .money import share, usage_cents
from .records import Invoice, Subscription
from .spec import World
from .times import DAY, day_of, step

USAGE_PRICES = (9_567_901, 2_500_000, 1, 33_333_333, 50_000_000)  # 1e-8 units, up to eight decimals
NET_TERMS = 30
COUPON_USES = 6


def bill(subscription: Subscription, world: World) -> list[Invoice]:
    """Write every invoice up to now and set the subscription's period, revenue and balance."""
    moments = _moments(subscription, world)
    invoices = [_invoice(subscription, moments, index, world) for index in range(len(moments) - 1)]
    for age, invoice in enumerate(reversed(invoices)):
        _settle(invoice, _fate(subscription, age, world.rng), world)
    _sum_up(subscription, moments, invoices, world.now)
    return invoices


def _moments(subscription: Subscription, world: World) -> list[int]:
    """Return the starts of all periods begun, and the end of the last one."""
    started = subscription.activated_at
    if started is None:
        return []
    product = subscription.product
    ended = subscription.canceled_at or subscription.expires_at or subscription.on_hold_at
    until = min(world.now, ended or world.now)
    moments = [started]
    while moments[-1] < until:
        moments.append(step(started, product.interval * len(moments), product.interval_unit, world.zone))
    return moments


def _invoice(subscription: Subscription, moments: list[int], index: int, world: World) -> Invoice:
    product, created, rng = subscription.product, moments[index], world.rng
    metered = rng.random() < 0.3
    quantity, price = (rng.randrange(1, 400), rng.choice(USAGE_PRICES)) if metered else (0, 0)
    setup_fee = product.setup_fee if index == 0 else 0
    percent = subscription.discount_percent if index < COUPON_USES else 0
    subtotal = product.price + setup_fee + usage_cents(quantity, price)
    discount = share(subtotal, percent * 100)
    rate = _tax_rate(subscription)
    issued = day_of(created, world.zone)
    return Invoice(
        uid="", number=0, subscription=subscription, status="open", role="renewal" if index else "signup",
        created_at=created, updated_at=created, issued_on=issued,
        due_on=issued + (NET_TERMS if subscription.collection_method == "remittance" else 0),
        period_end=moments[index + 1], base=product.price, setup_fee=setup_fee, usage_quantity=quantity,
        usage_price=price, discount_percent=percent, tax_rate=rate, subtotal=subtotal, discount=discount,
        tax=share(subtotal - discount, rate),
    )  # fmt: skip


def _tax_rate(subscription: Subscription) -> int:
    customer = subscription.customer
    return 0 if customer.address is None or customer.tax_exempt else customer.address.tax_rate


def _fate(subscription: Subscription, age: int, rng: Random) -> str:
    """Decide what became of an invoice; `age` counts back from the newest one."""
    if age == 0 and subscription.state in UNPAID_BILLS:
        return rng.choice(("open", "open", "part_paid"))
    if age == 0 and subscription.cancellation_method == "dunning":
        return rng.choice(("canceled", "voided"))
    if age == 0 and subscription.state == "active":
        return rng.choices(("paid", "pending", "draft", "open"), (90, 4, 2, 4))[0]
    return rng.choices(("paid", "refunded", "part_refunded", "credited", "voided"), (92, 2, 2, 3, 1))[0]


def _settle(invoice: Invoice, fate: str, world: World) -> None:
    if not invoice.total:
        pay(invoice, invoice.created_at, world.zone)  # nothing to collect
    elif fate in ("open", "pending", "draft", "canceled"):
        invoice.status = fate
        invoice.updated_at = min(world.now, invoice.created_at + world.rng.randrange(5 * DAY))
    elif fate == "voided":
        void(invoice, min(world.now, invoice.created_at + world.rng.randrange(20 * DAY)))
    else:
        _take_money(invoice, fate, world)


def void(invoice: Invoice, when: int) -> None:
    """Void an invoice: a credit note over the total takes it to zero [I: facts §3 name the state only]."""
    invoice.status, invoice.credit, invoice.updated_at = "voided", invoice.total, when


def _take_money(invoice: Invoice, fate: str, world: World) -> None:
    remittance = invoice.subscription.collection_method == "remittance"
    first, last = (DAY, 40 * DAY) if remittance else (1, 90)
    when = invoice.created_at + world.rng.randrange(first, last)
    if when > world.now:
        return  # the transfer is still on its way
    if fate == "credited":
        invoice.credit = world.rng.randrange(invoice.total + 1)
    pay(invoice, when, world.zone, part=fate == "part_paid")
    if fate in ("refunded", "part_refunded"):
        _refund(invoice, fate, world)


def pay(invoice: Invoice, when: int, zone: tzinfo, part: bool = False) -> None:
    """Pay what is due, or with `part` a third of it, which leaves the invoice open."""
    invoice.paid += invoice.due // 3 if part else invoice.due
    invoice.paid_at = when if invoice.paid else None
    invoice.updated_at = when
    if not part:
        invoice.status, invoice.paid_on = "paid", day_of(when, zone)


def _refund(invoice: Invoice, fate: str, world: World) -> None:
    invoice.refunded = invoice.paid if fate == "refunded" else invoice.paid // 2
    invoice.updated_at = min(world.now, invoice.updated_at + world.rng.randrange(DAY, 60 * DAY))


def _sum_up(subscription: Subscription, moments: list[int], invoices: list[Invoice], now: int) -> None:
    if invoices:
        subscription.period_started_at, subscription.period_ends_at = moments[-2:]
        subscription.signup_revenue = invoices[0].paid
        subscription.revenue = sum(invoice.paid - invoice.refunded for invoice in invoices)
        subscription.balance = sum(invoice.due for invoice in invoices if invoice.status != "draft")
    events = (subscription.created_at, subscription.activated_at, subscription.canceled_at,
              subscription.expires_at, subscription.on_hold_at)  # fmt: skip
    latest = [event for event in events if event] + [invoice.updated_at for invoice in invoices]
    subscription.updated_at = min(now, max(latest))
