"""How a path names one record: by its id, or for what is sold by `handle:` and its handle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from ..business.records import Customer, Record, Subscription
from .lists import Query

if TYPE_CHECKING:
    from ..site import Site

R = TypeVar("R", bound=Record)
MARK = "handle:"


def named(site: Site, kind: type[R], key: str, **owner: Any) -> R | None:
    """Return what a path names, if it belongs to its owner: the catalogue is small enough to look through."""
    if not key.startswith(MARK):
        found = site.store.get(kind, int(key)) if key.isdecimal() else None
        return found if found and _belongs(found, owner) else None
    return next(
        (row for row in site.store.find(kind, **owner) if handle(row) == key.removeprefix(MARK)), None
    )


def _belongs(record: Record, owner: dict[str, Any]) -> bool:
    return all(getattr(record, name) == value for name, value in owner.items())


def handle(record: Any) -> str:
    """Return the handle of something that is sold."""
    return str(record.handle)


def customer(site: Site, number: str) -> Customer | None:
    """Return a customer who was not deleted."""
    found = site.store.get(Customer, int(number))
    return found if found and found.deleted_at is None else None


def subscription(site: Site, number: str) -> Subscription | None:
    """Return a subscription that was not deleted."""
    found = site.store.get(Subscription, int(number))
    return found if found and found.deleted_at is None else None


def included(query: Query) -> set[str]:
    """Return what `include` asks for: CSV, or `include[]` which the server joins."""
    return set(query.get("include", "").split(","))
