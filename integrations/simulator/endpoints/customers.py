"""Customers and how they pay."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..bodies import customers as bodies
from ..business.records import Customer, PaymentProfile
from . import finding
from .lists import BASIC_TIMES, NOT_DELETED, Condition, Listing, Query, equals

if TYPE_CHECKING:
    from ..site import Site


def _search(value: str, now: int) -> Condition:
    """A name, organisation, e-mail address or reference holds the words, or the id is them (openapi.yaml)."""
    return "instr(words, ?) > 0 OR CAST(id AS TEXT) = ?", (value.lower(), value)


CUSTOMERS = Listing(
    kind=Customer,
    size=50,
    times=BASIC_TIMES,
    sort="created_at",  # `direction` only (facts §3)
    filters={"q": _search},
    where=NOT_DELETED,
)
# Only active ones (openapi.yaml); their order is not documented: ascending by id [I].
PROFILES = Listing(kind=PaymentProfile, filters={"customer_id": equals("customer_id")}, where=NOT_DELETED)


def customers(site: Site, query: Query) -> Any:
    """Return a page of customers."""
    return [{"customer": bodies.customer(site, row)} for row in site.rows(CUSTOMERS, query)]


def customer(site: Site, query: Query, number: str) -> Any:
    """Return one customer."""
    found = finding.customer(site, number)
    return found and {"customer": bodies.customer(site, found)}


def lookup(site: Site, query: Query) -> Any:
    """Return the customer of a reference."""
    rows = site.store.find(Customer, reference=query.get("reference", ""))
    found = next((row for row in rows if row.deleted_at is None), None)
    return found and {"customer": bodies.customer(site, found)}


def payment_profiles(site: Site, query: Query) -> Any:
    """Return a page of payment profiles; none is an empty list, not a 404."""
    return [{"payment_profile": bodies.profile(site, row)} for row in site.rows(PROFILES, query)]


def payment_profile(site: Site, query: Query, number: str) -> Any:
    """Return one payment profile; deleted ones vanish (facts §3, deletes)."""
    found = site.store.get(PaymentProfile, int(number))
    if found is None or found.deleted_at is not None:
        return None
    return {"payment_profile": bodies.profile(site, found)}


ROUTES: dict[str, Callable[..., Any]] = {
    "/customers.json": customers,
    "/customers/lookup.json": lookup,
    "/customers/{id}.json": customer,
    "/payment_profiles.json": payment_profiles,
    "/payment_profiles/{id}.json": payment_profile,
}
