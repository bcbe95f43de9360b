"""How a connection does, in words: whether its account can be read, its data are up to date, and what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Min
from django.db.models.enums import TextChoices
from django.utils import timezone

from companies.models import Connection
from integrations.connectors.base import Problem
from integrations.models import DataTypeSchedule, Sync
from integrations.services.syncs import ACTIVE
from integrations.texts import text_for


class State(TextChoices):
    """How a connection does; of several that are true, the first."""

    NOT_LINKED = "notLinked", "Not linked"
    INTERRUPTED = "interrupted", "Interrupted"
    OUT_OF_DATE = "outOfDate", "Out of date"
    TROUBLED = "troubled", "Troubled"
    GOOD = "good", "Good"


_NOT_LINKED = {
    Connection.Status.PENDING: "Waits until your customer has connected by the Link URL.",
    Connection.Status.DEAUTHORIZED: (
        "The vendor refuses the key, so nothing is read. Ask your customer to open the Link URL again and enter a "
        "new one."
    ),
    Connection.Status.UNLINKED: "Unlinked, so nothing is read. Your customer can reconnect with the Link URL.",
}


# What the account itself can't end: the customer has to enter something else.
_ENTERED_ANEW = {Problem.FORBIDDEN, Problem.UNKNOWN_SITE, Problem.OTHER_SITE}
_ENTRY = "To let your customer enter a new key or name, unlink the connection: its Link URL then takes it. "


@dataclass(frozen=True, kw_only=True)
class Health:
    """A connection, its latest sync that doesn't wait for another, and when one is due by schedule."""

    connection: Connection
    latest: Sync | None
    scheduled: datetime | None

    @property
    def state(self) -> State:
        """Return how the connection does."""
        if self.connection.status != Connection.Status.LINKED:
            return State.NOT_LINKED
        if self.connection.problem:
            return State.INTERRUPTED
        if self.connection.stale_since:
            return State.OUT_OF_DATE
        return State.TROUBLED if self.problem else State.GOOD

    @property
    def problem(self) -> str:
        """Return the code of what is the matter, or ""."""
        return self.connection.problem or (self.latest.problem if self.latest else "")

    @property
    def since(self) -> datetime | None:
        """Return since when it is so, where that is known."""
        moments = {
            State.INTERRUPTED: self.connection.problem_since,
            State.OUT_OF_DATE: self.connection.stale_since,
            State.TROUBLED: self.latest.trouble_since if self.latest else None,
        }
        return moments.get(self.state)

    @property
    def is_bad(self) -> bool:
        """Say whether somebody should look after it."""
        lost = self.connection.status == Connection.Status.DEAUTHORIZED
        return lost or self.state not in {State.GOOD, State.NOT_LINKED}

    @property
    def is_syncing(self) -> bool:
        """Say whether a sync is at work or is taken up at any moment."""
        latest = self.latest
        if latest is None or latest.status not in ACTIVE:
            return False
        return latest.status == Sync.Status.RUNNING or latest.not_before <= timezone.now()

    @property
    def next_sync(self) -> datetime | None:
        """Return when a sync begins, or goes on after a pause; None while one is at work or none is scheduled."""
        if self.is_syncing or self.connection.status != Connection.Status.LINKED:
            return None
        return self.latest.not_before if self.latest and self._is_paused else self.scheduled

    @property
    def _is_paused(self) -> bool:
        return self.latest is not None and self.latest.status in ACTIVE and not self.is_syncing

    @property
    def message(self) -> str:
        """Return how the connection does in words for the operator, with the next step."""
        if self.state == State.NOT_LINKED:
            return _NOT_LINKED[Connection.Status(self.connection.status)]
        if self.state == State.GOOD:
            return (
                "Works." if self.connection.last_synced_at else "Connected; the first sync has not ended yet."
            )
        said = text_for(self.problem).operator if self.problem else "No problem was reported."
        return (
            f"{_beginning(self)}{said} {_ENTRY if self.problem in _ENTERED_ANEW else ''}{self._next_step()}"
        )

    def _next_step(self) -> str:
        if self.is_syncing:
            return "A sync is at work."
        if self.next_sync is None:
            return "Nothing is scheduled: ask for a sync when it is settled."
        by_hand = "" if self._is_paused else ", or when you ask for a sync"
        return f"The next try is at {self.next_sync:%Y-%m-%d %H:%M} UTC{by_hand}."


def _beginning(health: Health) -> str:
    if not health.connection.stale_since:
        return ""
    return "The data are out of date: not read completely for longer than three times their schedule. "


def health_of(connections: Sequence[Connection]) -> dict[UUID, Health]:
    """Return how each connection does, by its id, in two queries."""
    newest = (
        Sync.objects.filter(connection__in=connections)
        .exclude(status=Sync.Status.WAITING)
        .order_by("connection_id", "-requested_at")
        .distinct("connection_id")
    )
    latest = {sync.connection_id: sync for sync in newest}
    due = next_by_schedule(connections)
    return {
        one.pk: Health(connection=one, latest=latest.get(one.pk), scheduled=due.get(one.pk))
        for one in connections
    }


def next_by_schedule(connections: Sequence[Connection]) -> dict[UUID, datetime | None]:
    """Return when a data type of each connection is due next, by the connection's id."""
    schedules = DataTypeSchedule.objects.filter(connection__in=connections).order_by()
    return dict(schedules.values_list("connection_id").annotate(Min("next_sync_at")))
