"""What happens to connections whatever the vendor: their timeline, unlinking, deleting."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from companies.models import Connection, ConnectionEvent
from companies.services.audit import audit
from companies.signals import connection_closed


def connection_link_url(connection: Connection) -> str:
    """Return the URL that leads the customer straight to a connection, or "" while the company has no Link URL."""
    # In Python, so that `prefetch_related("company__link_urls")` serves whole lists.
    links = connection.company.link_urls.all()
    current = next((link for link in links if link.revoked_at is None), None)
    if current is None:
        return ""
    where = {"token": current.token, "connection_id": connection.id}
    return f"{settings.BASE_URL}{reverse('link:consent', kwargs=where)}"


class NotLinked(Exception):
    """Only a linked connection can be unlinked."""


def connection_event(
    *, connection: Connection, kind: ConnectionEvent.Kind, reason: str = "", status_code: int = 200
) -> ConnectionEvent:
    """Add to the connection's timeline."""
    return ConnectionEvent.objects.create(
        connection=connection, kind=kind, reason=reason[:300], status_code=status_code
    )


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
