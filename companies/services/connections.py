"""What happens to connections whatever the vendor: their timeline, unlinking, deleting."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from companies.models import Connection, ConnectionEvent
from companies.services.audit import audit
from companies.services.webhook_events import connection_tell
from companies.signals import connection_closed
from companies.webhooks.event_types import EventType

_Kind = ConnectionEvent.Kind
# What operators' software is told of; the rest is for people.
_TOLD = {
    _Kind.STARTED: EventType.CONNECTION_CREATED,
    _Kind.CONNECTED: EventType.CONNECTION_CONNECTED,
    _Kind.FAILED: EventType.CONNECTION_FAILED,
    _Kind.DEAUTHORIZED: EventType.CONNECTION_DISCONNECTED,
    _Kind.UNLINKED: EventType.CONNECTION_DISCONNECTED,
    _Kind.RECONNECTED: EventType.CONNECTION_RECONNECTED,
    _Kind.DELETED: EventType.CONNECTION_DELETED,
}


class NotLinked(Exception):
    """Only a linked connection can be unlinked."""


@transaction.atomic
def connection_event(
    *, connection: Connection, kind: ConnectionEvent.Kind, reason: str = "", status_code: int = 200
) -> ConnectionEvent:
    """Add to the connection's timeline, and tell operators' software of it."""
    event = ConnectionEvent.objects.create(
        connection=connection, kind=kind, reason=reason[:300], status_code=status_code
    )
    if kind in _TOLD:
        connection_tell(connection=connection, event_type=_TOLD[kind])
    return event


@transaction.atomic
def connection_unlink(*, connection: Connection, actor: str) -> Connection:
    """Stop reading from a connection; what was read stays. Raise NotLinked where it is not linked."""
    if connection.status != Connection.Status.LINKED:
        raise NotLinked("Only a linked connection can be unlinked.")
    connection.status = Connection.Status.UNLINKED
    connection.save(update_fields=["status"])
    connection_closed.send(sender=Connection, connection=connection)
    connection_event(connection=connection, kind=ConnectionEvent.Kind.UNLINKED, reason=f"by {actor}")
    audit(actor=actor, action="connection.unlinked", subject=str(connection.id))
    return connection


@transaction.atomic
def connection_delete(*, connection: Connection, actor: str) -> None:
    """Take a connection out of sight at once; a task purges its data."""
    connection.deleted_at = timezone.now()
    connection.save(update_fields=["deleted_at"])
    connection_closed.send(sender=Connection, connection=connection)
    connection_event(connection=connection, kind=ConnectionEvent.Kind.DELETED, reason=f"by {actor}")
    audit(actor=actor, action="connection.deleted", subject=str(connection.id))
