"""A small business in a store filled by hand: what it sells, and records of its customers to add to it."""

from __future__ import annotations

from typing import Any

import msgspec

from integrations.simulator.business.money import UNIT
from integrations.simulator.business.records import (
    Component,
    ComponentPricePoint,
    Coupon,
    Customer,
    Metadatum,
    PaymentProfile,
    PricePoint,
    Product,
    ProductFamily,
    Record,
    SubscriptionComponent,
    Tier,
    Usage,
)
from integrations.simulator.endpoints.routes import answer

from .facts import ADDRESS, FakeSite, at

OPENED = at("2025-01-01T15:00:00")
CLOSED = at("2025-09-01T15:00:00")
TEAM, OLD, STORAGE = 5, 6, 9
SEATS, CALLS, SUPPORT, FAX = 41, 42, 43, 44


def shop(**spec: Any) -> FakeSite:
    """Return a site that sells two products and an archived one, four components and four coupons."""
    site = FakeSite(**spec)
    site.add(family(1, "Projects"), family(2, "Storage"))
    site.add(
        product(TEAM, "Team", trial_days=14),
        product(OLD, "Old", archived_at=CLOSED),
        product(STORAGE, "Store", 2),
    )
    site.add(*price_points())
    site.add(*components())
    site.add(
        coupon(71, "TEN", percent=10),
        coupon(72, "FIVE", amount=550, uses=1, subcodes=("FIVE-A", "FIVE-B", "FIVE-C")),
        coupon(73, "GONE", percent=50, archived_at=CLOSED),
        coupon(74, "ENDED", percent=50, uses=3, ends_at=CLOSED),
    )
    return site


def _made(number: int, **fields: Any) -> dict[str, Any]:
    return {"id": number, "created_at": OPENED + number, "updated_at": OPENED + number} | fields


def family(number: int, name: str) -> ProductFamily:
    """Return a product family."""
    return ProductFamily(**_made(number, name=name, handle=name.lower(), description=None))


def product(number: int, name: str, family_id: int = 1, **changes: Any) -> Product:
    """Return a plan for 100.00 a month."""
    fields = {
        "family_id": family_id, "name": name, "handle": name.lower(), "description": None, "price": 10_000,
        "interval": 1, "interval_unit": "month", "trial_days": 0, "setup_fee": 0, "expires_after": None,
        "price_point_id": number * 100,
    }  # fmt: skip
    return Product(**_made(number, **fields | changes))


def price_point(number: int, product_id: int, kind: str = "catalog", **changes: Any) -> PricePoint:
    """Return a price of a product."""
    fields = {
        "product_id": product_id, "name": f"Point {number}", "handle": f"point-{number}", "kind": kind,
        "price": 9_000, "interval": 1, "interval_unit": "month", "trial_days": 0, "setup_fee": 0,
        "expires_after": None,
    }  # fmt: skip
    return PricePoint(**_made(number, **fields | changes))


def price_points() -> list[PricePoint]:
    """Return a default one for each product, twelve more for the first one, and one that was withdrawn."""
    defaults = [price_point(number * 100, number, "default", price=10_000) for number in (TEAM, OLD, STORAGE)]
    more = [price_point(TEAM * 100 + nth, TEAM) for nth in range(1, 13)]
    return [
        *defaults,
        *more,
        price_point(TEAM * 100 + 50, TEAM, archived_at=CLOSED, setup_fee=700, trial_days=7),
    ]


def components() -> list[Record]:
    """Return one component of each kind and an archived one, each with its price point."""
    tiers = (Tier(1, 0, 1_000, 9_567_901), Tier(2, 1_001, None, UNIT // 25))
    found: list[Record] = []
    for number, name, kind, scheme, steps in (
        (SEATS, "Seats", "quantity_based", "per_unit", (Tier(3, 1, None, 9 * UNIT),)),
        (CALLS, "Calls", "metered", "tiered", tiers),
        (SUPPORT, "Support", "on_off", None, (Tier(4, 1, None, 100 * UNIT),)),
        (FAX, "Fax", "quantity_based", "per_unit", (Tier(5, 1, None, UNIT),)),
    ):
        fields: dict[str, Any] = {"name": name, "handle": name.lower()}
        gone = CLOSED if number == FAX else None
        found.append(
            Component(**_made(number, **fields, family_id=1, description=None, kind=kind, unit_name="unit",
                              price_point_id=number * 100, archived_at=gone))
        )  # fmt: skip
        point = _made(number * 100, **fields, component_id=number, kind="default", scheme=scheme, tiers=steps)
        found.append(ComponentPricePoint(**point))
    return found


def coupon(number: int, code: str, **changes: Any) -> Coupon:
    """Return a coupon of the first family, for ever unless `uses` says otherwise."""
    fields = {
        "family_id": 1, "code": code, "name": code.title(), "description": code, "percent": None, "amount": None,
        "uses": None, "starts_at": OPENED,
    }  # fmt: skip
    return Coupon(**_made(number, **fields | changes))


def customer(number: int, first: str, **changes: Any) -> Customer:
    """Return a customer with an address."""
    fields = {
        "first_name": first, "last_name": "Adams", "email": f"{first.lower()}@example.com", "organization": None,
        "reference": f"crm-{number}", "address": ADDRESS, "phone": None, "tax_exempt": False, "parent_id": None,
        "portal": False,
    }  # fmt: skip
    return Customer(**_made(number, **fields | changes))


def profile(number: int, kind: str = "card", **changes: Any) -> PaymentProfile:
    """Return a payment profile of customer 7."""
    fields = {
        "customer_id": 7, "kind": kind, "first_name": "Alice", "last_name": "Adams", "address": ADDRESS,
        "expires": (2031, 4),
    }  # fmt: skip
    return PaymentProfile(**_made(number, **fields | changes))


def held(number: int, component_id: int, subscription_id: int = 30, **changes: Any) -> SubscriptionComponent:
    """Return a component of a subscription."""
    fields = {
        "subscription_id": subscription_id,
        "component_id": component_id,
        "price_point_id": component_id * 100,
    }
    return SubscriptionComponent(**_made(number, **fields | changes))


def usage(number: int, moment: str, quantity: int = 10) -> Usage:
    """Return metered use of subscription 30."""
    fields = {"subscription_id": 30, "component_id": CALLS, "price_point_id": CALLS * 100}
    made = _made(number, **fields, quantity=quantity, memo=None)
    return Usage(**made | {"created_at": at(moment), "updated_at": at(moment)})


def metadata_of(subscription_id: int, name: str, value: str, **changes: Any) -> Metadatum:
    """Return a custom field's value on a subscription."""
    fields = {"resource": "subscriptions", "resource_id": subscription_id, "field_id": 2, "name": name}
    return Metadatum(**_made(subscription_id, **fields, value=value, **changes))


def refused(site: FakeSite, path: str, **query: str) -> tuple[int, Any]:
    """Return the status and the body of a refusal; text that is no JSON stays bytes."""
    status, body = answer(site.site, path, query)
    try:
        return status, msgspec.json.decode(body)
    except msgspec.DecodeError:
        return status, body


def inner(rows: list[dict[str, Any]]) -> list[Any]:
    """Return the rows of a list without their wrappers."""
    return [next(iter(row.values())) for row in rows]


def ids(rows: list[dict[str, Any]]) -> list[int]:
    """Return the ids of wrapped rows."""
    return [row["id"] for row in inner(rows)]
