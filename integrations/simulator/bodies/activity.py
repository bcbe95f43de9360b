"""The site's activity, as the vendor writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..business.records import Event

if TYPE_CHECKING:
    from ..site import Site


def event(site: Site, record: Event) -> dict[str, Any]:
    """Return an event."""
    return {
        "id": record.id,
        "key": record.key,
        "message": record.message,
        "subscription_id": record.subscription_id,
        "customer_id": record.customer_id,
        "created_at": site.stamp(record.created_at),
        "event_specific_data": record.data,
    }
