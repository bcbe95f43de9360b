"""Custom fields: values on customers and subscriptions, and how they change."""

from __future__ import annotations

from . import journal
from .extras import Metafield
from .records import Customer, Metadatum
from .world import World


def fill(world: World, field: Metafield, owner: int, value: str, at: int) -> None:
    """Fill a custom field in."""
    found = Metadatum(
        id=world.number(Metadatum), created_at=at, updated_at=at, resource=field.resource, resource_id=owner,
        field_id=field.id, name=field.name, value=value,
    )  # fmt: skip
    world.store.put(found)


def change(world: World, field: Metafield, customer: Customer, value: str, at: int) -> None:
    """Give a customer's field another value, if it has one."""
    found = world.store.one(Metadatum, resource_id=customer.id, field_id=field.id)
    if found is None or found.value == value:
        return
    data = {
        "event_type": "updated",
        "metafield_name": field.name,
        "metafield_id": field.id,
        "old_value": found.value,
        "new_value": value,
        "resource_type": "Customer",
        "resource_id": customer.id,
    }
    found.value, found.updated_at = value, at
    world.store.put(found)
    journal.customer_event(world, "custom_field_value_change", customer, at, data)
