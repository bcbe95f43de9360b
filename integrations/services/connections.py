"""Starting connections, and binding them to the account that a credential opened."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from companies.models import Company, Connection, ConnectionEvent
from companies.services.audit import audit
from companies.services.connections import connection_event
from companies.services.emails import event_announce
from companies.signals import connection_closed
from integrations.catalogue import connector_for, enabled_keys
from integrations.connectors.base import Account
from integrations.services.schedules import schedules_start


class IntegrationOff(Exception):
    """The operator has not switched this integration on."""


@transaction.atomic
def connection_create(*, company: Company, platform_key: str, actor: str) -> Connection:
    """Return a new pending connection; raise UnknownIntegration or IntegrationOff."""
    connector = connector_for(platform_key)
    if platform_key not in enabled_keys():
        raise IntegrationOff(
            f"{connector.name} is switched off. Enable it under Commerce integrations first."
        )
    connection = Connection.objects.create(
        company=company,
        platform_key=platform_key,
        platform_name=connector.name,
        integration_id=connector.integration_id,
        source_id=connector.source_id,
    )
    connection_event(connection=connection, kind=ConnectionEvent.Kind.STARTED)
    audit(actor=actor, action="connection.created", subject=str(connection.id), platform_key=platform_key)
    return connection


def connection_link(*, connection: Connection, account: Account, notice: str = "") -> Connection:
    """Bind a connection to the account that its credential opened; the notice goes to the timeline."""
    again = connection.linked_at is not None
    connection.status = Connection.Status.LINKED
    connection.linked_at = timezone.now()
    connection.account_id, connection.account_name = account.id, account.name[:200]
    connection.account_host, connection.is_test = account.host, account.is_test
    connection.problem, connection.problem_since, connection.stale_since = "", None, None
    connection.save(
        update_fields=[
            "status",
            "linked_at",
            "account_id",
            "account_name",
            "account_host",
            "is_test",
            "problem",
            "problem_since",
            "stale_since",
        ]
    )
    kind = ConnectionEvent.Kind.RECONNECTED if again else ConnectionEvent.Kind.CONNECTED
    connection_event(connection=connection, kind=kind, reason=f"{account.name}. {notice}".removesuffix(". "))
    schedules_start(connection=connection)
    return connection


@transaction.atomic
def connection_deauthorize(*, connection: Connection, refused_since: datetime, reason: str) -> bool:
    """Note that the customer's key opens the account no more, and tell who may act; what was read stays.

    False where the connection was linked by another key meanwhile, or isn't linked any more.
    """
    refused = Connection.objects.filter(
        pk=connection.pk, status=Connection.Status.LINKED, linked_at__lt=refused_since
    )
    if not refused.update(status=Connection.Status.DEAUTHORIZED):
        return False
    connection.status = Connection.Status.DEAUTHORIZED
    connection_closed.send(sender=Connection, connection=connection)
    event = connection_event(
        connection=connection, kind=ConnectionEvent.Kind.DEAUTHORIZED, reason=reason, status_code=401
    )
    event_announce(event=event)
    return True


def same_account_elsewhere(*, connection: Connection, account: Account) -> list[Connection]:
    """Return the operator's other connections to the same account, under whichever company."""
    others = Connection.objects.filter(platform_key=connection.platform_key, account_id=account.id)
    return list(others.exclude(pk=connection.pk).select_related("company"))
