"""Erasing companies and connections that were deleted, with everything that hangs on them.

Deleting answers at once and only marks; this does the work, in short transactions, so that a purge that is cut off
goes on where it stopped.
"""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.db.models import Model, Q

from companies.lookups import operators_to_purge
from companies.models import Company, Connection
from companies.services.audit import audit
from config.tenancy import tenant_context
from integrations.models import Credential, Sync

log = structlog.get_logger(__name__)

BATCH = 5_000


def purge_all() -> int:
    """Erase what was deleted at every operator; return how many connections and companies went."""
    return sum(_purge_or_log(operator_id) for operator_id in operators_to_purge())


def _purge_or_log(operator_id: UUID) -> int:
    try:
        return purge_operator(operator_id)
    except SoftTimeLimitExceeded:
        raise
    except Exception:  # One operator's trouble must not keep the others' data; the next round tries again.
        log.exception("purge_failed", operator_id=str(operator_id))
        return 0


def purge_operator(operator_id: UUID) -> int:
    """Erase what was deleted at one operator; return how many connections and companies went."""
    gone = Q(deleted_at__isnull=False)
    with tenant_context(operator_id):
        connections = list(Connection.with_deleted.filter(gone | Q(company__deleted_at__isnull=False)))
        companies = list(Company.with_deleted.filter(gone))
    for connection in connections:
        _erase_connection(operator_id, connection)
    for company in companies:
        _finish(operator_id, company, "company.purged")
    return len(connections) + len(companies)


def tables_of_connections() -> list[type[Model]]:
    """Return every table whose rows hang on a connection: credentials first, then the syncs that still write."""
    fields = Connection._meta.get_fields(include_hidden=True)
    found = {cast(type[Model], field.related_model) for field in fields if field.one_to_many}
    first: list[type[Model]] = [Credential, Sync]
    return first + sorted(found - set(first), key=lambda model: model._meta.label)


def _erase_connection(operator_id: UUID, connection: Connection) -> None:
    rows = sum(_erase_rows(operator_id, table, connection) for table in tables_of_connections())
    _finish(operator_id, connection, "connection.purged", rows=rows)


def _erase_rows(operator_id: UUID, table: type[Model], connection: Connection) -> int:
    erased = 0
    while True:
        with tenant_context(operator_id):
            rows = table._default_manager.filter(connection=connection)
            keys = list(rows.values_list("pk", flat=True)[:BATCH])
            table._default_manager.filter(pk__in=keys).delete()
        erased += len(keys)
        if len(keys) < BATCH:
            return erased


def _finish(operator_id: UUID, row: Company | Connection, action: str, **details: Any) -> None:
    with tenant_context(operator_id):
        row_id = str(row.pk)
        row.delete()
        audit(actor="system", action=action, subject=row_id, **details)
