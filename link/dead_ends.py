"""Where Link can't go on: each dead end says what happened, why, and whom to ask."""

from __future__ import annotations

from companies.models import Operator


class DeadEnd(Exception):
    """A page that helps takes the place of the page asked for."""

    def __init__(self, title: str, why: str, next_step: str, *, status: int, way_out: str = "") -> None:
        super().__init__(title)
        self.title = title
        self.why = why
        self.next_step = next_step
        self.status = status
        self.way_out = way_out


def unknown_link() -> DeadEnd:
    """The address holds no token of ours."""
    return DeadEnd(
        "This link doesn't work",
        "Its address isn't one that we made. Most often a part got lost when it was copied.",
        "Open the whole link from the message that you got. If it still doesn't work, ask whoever sent it for a "
        "new one.",
        status=404,
    )


def revoked_link(operator: Operator) -> DeadEnd:
    """The link was withdrawn, or the company is gone."""
    return DeadEnd(
        "This link is no longer in use",
        f"{operator.name} has withdrawn it or replaced it by a newer one.",
        f"Look for a newer message from {operator.name}, or ask them for a new link.",
        status=410,
    )


def nothing_offered(operator: Operator) -> DeadEnd:
    """The operator has switched nothing on yet."""
    return DeadEnd(
        "There is nothing to connect yet",
        f"{operator.name} hasn't chosen yet which billing systems can be connected here.",
        f"Tell {operator.name} that you got here, and open the same link again later. It stays valid.",
        status=200,
    )


def switched_off(operator: Operator, platform_name: str) -> DeadEnd:
    """The operator has switched the integration off since the customer began."""
    return DeadEnd(
        f"{platform_name} can't be connected at the moment",
        f"{operator.name} has switched it off.",
        f"Ask {operator.name} whether they still need it. If they switch it on again, your link works as before.",
        status=410,
    )


def unknown_page(operator: Operator, start: str) -> DeadEnd:
    """The link is good, but what it points to is not there, or not any more."""
    return DeadEnd(
        "This page doesn't exist",
        "What you began here may have been removed since.",
        f"Start again from the first page. If that doesn't help, ask {operator.name}.",
        status=404,
        way_out=start,
    )
