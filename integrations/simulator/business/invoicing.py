"""Makes invoices and credit notes: lines, discounts, taxes, and the totals that follow from them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from . import journal
from .catalogue import cost
from .money import CENT, UNIT, amount, cents, part, share
from .records import (
    Component,
    ComponentPricePoint,
    Coupon,
    CreditNote,
    Customer,
    Entry,
    Invoice,
    Line,
    PaymentProfile,
    Person,
    Product,
    Proforma,
    Subscription,
    SubscriptionComponent,
)
from .times import day, day_of
from .world import World, uid

NET_TERMS = 30
AHEAD = ("quantity_based", "on_off")  # what is billed when a period begins; use when it has ended
KINDS = (*AHEAD, "metered")
Period = tuple[int, int]  # two moments


def plan_lines(world: World, subscription: Subscription, period: Period, *, first: bool) -> list[Line]:
    """Return the lines of a period's beginning: plan and recurring components ahead, use in arrears."""
    found = []
    if product := product_of(world, subscription):
        found.append(line(world, "baseline", product.name, 1, subscription.price * CENT, period, product))
        if first and product.setup_fee:
            found.append(line(world, "initial", "Setup fee", 1, product.setup_fee * CENT, period, product))
    return [*found, *held_lines(world, subscription, period, *KINDS)]


def held_lines(world: World, subscription: Subscription, period: Period, *kinds: str) -> list[Line]:
    """Return the lines of a subscription's components of some kinds."""
    found = []
    for number in subscription.component_ids:
        held = world.store.require(SubscriptionComponent, number)
        if world.catalogue.component(held.component_id).kind in kinds:
            found += component_lines(world, subscription, held, period)
    return found


def component_lines(
    world: World, subscription: Subscription, held: SubscriptionComponent, period: Period
) -> list[Line]:
    """Return the line of a component, if any of it is held or was used; use is set back to nothing."""
    component, point = (
        world.catalogue.component(held.component_id),
        world.catalogue.point(held.price_point_id),
    )
    quantity = held.balance if component.kind == "metered" else held.quantity
    if quantity <= 0:
        return []
    if component.kind == "metered":
        held.balance, held.updated_at = 0, max(held.updated_at, period[0])
        world.store.put(held)
        period = subscription.period_started_at or period[0], period[0]
    price = cost(point, quantity) * CENT
    return [component_line(world, subscription, component, point, quantity, price, period)]


def component_line(
    world: World,
    subscription: Subscription,
    component: Component,
    point: ComponentPricePoint,
    quantity: int,
    subtotal: int,
    period: Period,
) -> Line:
    """Return a line of a component; with tiers the unit price is the average, as the vendor shows it [I]."""
    price = point.tiers[0].price if point.scheme in (None, "per_unit") else subtotal // quantity
    kind = f"{component.kind}_component"
    product = product_of(world, subscription)
    made = line(world, kind, component.name, quantity, price, period, product)
    return _with(made, subtotal=subtotal, component_id=component.id, price_point_id=point.id)


def line(
    world: World, kind: str, title: str, quantity: int, price: int, period: Period, product: Product | None
) -> Line:
    """Return a line without discount and tax; the price in 1e-8."""
    return Line(
        kind, title, quantity * UNIT, price, quantity * price, 0, 0, day_of(period[0], world.zone),
        day_of(period[1], world.zone), product.id if product else None,
        product_version=product.version if product else None,
    )  # fmt: skip


def prorated(made: Line, numerator: int, denominator: int, title: str) -> Line:
    """Return a line for what is left of a period: a fraction of the quantity at the full price."""
    subtotal = part(made.subtotal // CENT, numerator, denominator) * CENT
    quantity = part(made.quantity, numerator, denominator)
    return _with(made, title=title, quantity=quantity, subtotal=subtotal)


def _with(made: Line, **changes: object) -> Line:
    names = made.__struct_fields__
    return Line(*(changes.get(name, getattr(made, name)) for name in names))  # type: ignore[arg-type]


def issue(
    world: World,
    subscription: Subscription,
    lines: list[Line],
    role: str,
    at: int,
    *,
    level: str = "none",
    parent_id: int | None = None,
) -> Invoice:
    """Issue an invoice over the lines, the coupon that still holds taken off and the tax put on."""
    issued = day_of(at, world.zone)
    due = issued + (NET_TERMS if subscription.collection_method == "remittance" else 0)
    number = world.number(Invoice)
    invoice = Invoice(
        id=number, uid=uid("inv", at, number), status="open", issued_on=issued, due_on=due, level=level,
        parent_id=parent_id, **_document(world, subscription, lines, role, at),
    )  # fmt: skip
    if level != "child":  # its parent is what is paid
        subscription.open_invoice_ids.append(number)
        subscription.balance += invoice.total
    world.store.put(invoice)
    journal.invoice_event(world, "issue_invoice", subscription, invoice, at)
    journal.event(world, "invoice_issued", subscription, at, f"Invoice {number} issued", issued_data(invoice))
    return invoice


def propose(
    world: World, subscription: Subscription, lines: list[Line], role: str, delivery: int, at: int
) -> Proforma:
    """Draw up a proforma invoice that is delivered at a later moment; a group's is one for all."""
    number = world.number(Proforma)
    made = Proforma(
        id=number, uid=uid("pro", at, number), status="draft", issued_on=day_of(at, world.zone),
        due_on=day_of(delivery, world.zone), level="parent" if subscription.group_id else "none",
        **_document(world, subscription, lines, role, at),
    )  # fmt: skip
    world.store.put(made)
    return made


def _document(
    world: World, subscription: Subscription, lines: list[Line], role: str, at: int
) -> dict[str, Any]:
    """Return what invoices and proforma invoices have in common."""
    customer = world.store.require(Customer, subscription.customer_id)
    coupon = _coupon(world, subscription, role)
    rate, title = tax_of(customer)
    lines = taxed(discounted(lines, coupon), rate)
    product = product_of(world, subscription)
    return {
        "created_at": at, "updated_at": at, "subscription_id": subscription.id, "customer_id": customer.id,
        "payer": person(customer), "product_name": product.name if product else "",
        "family_name": _family(world, product), "currency": subscription.currency,
        "collection_method": subscription.collection_method,
        "payment_kind": payment_kind(world, subscription), "role": role, "lines": tuple(lines),
        **_sums(lines), "coupon_id": coupon.id if coupon else None,
        "coupon_code": coupon.code if coupon else None, "coupon_percent": coupon.percent if coupon else None,
        "tax_rate": rate, "tax_title": title, "group_id": subscription.group_id,
    }  # fmt: skip


def _sums(lines: Iterable[Line]) -> dict[str, Any]:
    return {
        "subtotal": sum(made.subtotal for made in lines) // CENT,
        "discount": cents(sum(made.discount for made in lines)),
        "tax": cents(sum(made.tax for made in lines)),
    }


def enter(world: World, invoice: Invoice, entry: Entry, at: int) -> None:
    """Let money meet an invoice."""
    invoice.entries.append(entry)
    invoice.updated_at = at
    world.store.put(invoice)


def issued_data(invoice: Invoice) -> dict[str, object]:
    """Return the event_specific_data of an issued invoice."""
    return {
        "uid": invoice.uid,
        "number": str(invoice.id),
        "role": invoice.role,
        "due_date": day(invoice.due_on),
        "issue_date": day(invoice.issued_on),
        "paid_date": day(invoice.paid_on) or "",  # "can be an empty string" (openapi.yaml, Invoice-Issued)
        "due_amount": amount(invoice.due),
        "paid_amount": amount(invoice.paid),
        "tax_amount": amount(invoice.tax),
        "refund_amount": "0.0",
        "total_amount": amount(invoice.total),
        "status_amount": amount(invoice.due),
        "product_name": invoice.product_name,
        "consolidation_level": invoice.level,
        "line_items": [],
    }


def as_invoiced(world: World, lines: Iterable[Line], origin: Invoice) -> list[Line]:
    """Discount and tax what is given back as the invoice was that it is taken from."""
    coupon = world.store.get(Coupon, origin.coupon_id)
    return taxed(discounted(lines, coupon if coupon and coupon.percent else None), origin.tax_rate)


def credit_note(
    world: World, subscription: Subscription, origin: Invoice, lines: list[Line], memo: str, at: int
) -> CreditNote:
    """Make a credit note over the lines."""
    number = world.number(CreditNote)
    note = CreditNote(
        id=number, uid=uid("cn", at, number), created_at=at, updated_at=at, subscription_id=subscription.id,
        customer_id=origin.customer_id, payer=origin.payer, currency=origin.currency, memo=memo,
        issued_on=day_of(at, world.zone), lines=tuple(lines), **_sums(lines),
        tax_rate=origin.tax_rate, tax_title=origin.tax_title, origin_invoice_id=origin.id,
    )  # fmt: skip
    world.store.put(note)
    journal.invoice_event(world, "create_credit_note", subscription, origin, at, note=note)
    return note


def discounted(lines: Iterable[Line], coupon: Coupon | None) -> list[Line]:
    """Take a coupon off: a percentage of each line, or an amount used up line by line."""
    if coupon is None:
        return list(lines)
    if coupon.percent is not None:
        return [_with(made, discount=share(made.subtotal, coupon.percent * 100)) for made in lines]
    found, left = [], (coupon.amount or 0) * CENT
    for made in lines:
        off = min(left, made.subtotal)
        left -= off
        found.append(_with(made, discount=off))
    return found


def taxed(lines: Iterable[Line], rate: int) -> list[Line]:
    """Put the tax on each line, after its discount."""
    return [_with(made, tax=share(made.subtotal - made.discount, rate)) for made in lines]


def tax_of(customer: Customer) -> tuple[int, str]:
    """Return the rate in hundredths of a percent and the tax's name."""
    if customer.address is None or customer.tax_exempt:
        return 0, ""
    return customer.address.tax_rate, customer.address.tax_title


def person(customer: Customer) -> Person:
    """Return the customer as an invoice remembers it, whatever becomes of the customer."""
    return Person(
        customer.id, customer.first_name, customer.last_name, customer.organization, customer.email,
        customer.reference, customer.address,
    )  # fmt: skip


def product_of(world: World, subscription: Subscription) -> Product | None:
    """Return a subscription's plan, or none since the catalogue of 2026 (facts §3)."""
    return None if subscription.product_id is None else world.catalogue.product(subscription.product_id)


def payment_kind(world: World, subscription: Subscription) -> str | None:
    """Return how the customer pays: card, hosted, bank or nothing on file."""
    profile = world.store.get(PaymentProfile, subscription.payment_profile_id)
    return profile.kind if profile else None


def _family(world: World, product: Product | None) -> str:
    if product is None:
        return ""
    return next(family.name for family in world.catalogue.families if family.id == product.family_id)


def _coupon(world: World, subscription: Subscription, role: str) -> Coupon | None:
    """Return the coupon if it still holds; the start of a period uses it up by one."""
    coupon = world.store.get(Coupon, subscription.coupon_id)
    if coupon is None or (coupon.uses is not None and subscription.coupon_uses >= coupon.uses):
        return None
    if role in ("signup", "renewal", "reactivation"):
        subscription.coupon_uses += 1
    return coupon
