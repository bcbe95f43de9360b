"""What is noted of a linked connection whose account can't be read as it stands, and when it can again."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from companies.models import Connection, ConnectionEvent
from companies.services.connections import connection_event
from integrations.connectors.base import Problem
from integrations.texts import text_for

# How long until an account that can't be read is tried again: as long as it has been so, within these.
SHORTEST_RETRY, LONGEST_RETRY = timedelta(hours=1), timedelta(days=1)


@transaction.atomic
def connection_interrupt(*, connection: Connection, problem: Problem) -> None:
    """Note on a linked connection why its account can't be read; nothing where that is known already."""
    linked = Connection.objects.filter(pk=connection.pk, status=Connection.Status.LINKED)
    if linked.exclude(problem=problem).update(problem=problem, problem_since=timezone.now()):
        connection_event(
            connection=connection,
            kind=ConnectionEvent.Kind.INTERRUPTED,
            reason=text_for(problem).operator,
            status_code=422,
        )


@transaction.atomic
def connection_recover(*, connection: Connection) -> None:
    """Note that the account can be read again."""
    interrupted = Connection.objects.filter(pk=connection.pk).exclude(problem="")
    if interrupted.update(problem="", problem_since=None):
        connection_event(
            connection=connection,
            kind=ConnectionEvent.Kind.RECOVERED,
            reason="The vendor lets the account be read again.",
        )
    connection.problem, connection.problem_since = "", None


def retry_at(connection: Connection, *, now: datetime) -> datetime:
    """Return when an interrupted connection is tried again by itself: less and less often, at least once a day."""
    age = now - (connection.problem_since or now)
    return now + min(max(age, SHORTEST_RETRY), LONGEST_RETRY)
