"""What a seller sets up once and rarely changes: reason codes, custom fields and offers."""

from __future__ import annotations

from typing import NamedTuple


class Reason(NamedTuple):
    """A code that says why a customer left."""

    id: int
    code: str
    description: str


class Metafield(NamedTuple):
    """A custom field of customers or subscriptions; a dropdown has choices."""

    id: int
    resource: str
    name: str
    choices: tuple[str, ...] = ()


class Bundle(NamedTuple):
    """An offer: a plan with a component and a coupon, each by its handle or code."""

    id: int
    name: str
    handle: str
    product: str
    component: str
    coupon: str
    archived: bool = False


REASONS = (
    Reason(201, "COST", "Too expensive"),
    Reason(202, "MOVED", "Moved to another product"),
    Reason(205, "CLOSED", "Closed the business"),
)
SEGMENT = Metafield(1, "customers", "Segment", ("retail", "agency", "school", "<b>other</b>"))
CONTRACT = Metafield(2, "subscriptions", "Contract")
METAFIELDS = (SEGMENT, CONTRACT)
BUNDLES = (
    Bundle(301, "Team start", "team-start", "team-monthly", "extra-seats", "WELCOME10"),
    Bundle(302, "Storage for a year", "storage-start", "storage-year", "extra-space", "LOYAL5"),
    Bundle(303, "Launch week", "launch-week", "founders", "extra-seats", "LAUNCH50", archived=True),
)
