"""Telling operators' software that data were read (reference codat/facts.md §5)."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.conf import settings

from companies.models import Connection
from companies.services.webhook_events import webhook_tell
from companies.webhooks.event_types import EventType
from companies.webhooks.payloads import portal_url, reference_company
from integrations.models import PullOperation, Sync
from integrations.texts import text_for

_KNOWN = "commerce-"


def read_tell(*, sync: Sync) -> None:
    """Tell that a sync has ended, well or badly; of the first complete one after each authorisation, a second time."""
    connection = Connection.objects.filter(pk=sync.connection_id).select_related("company").first()
    if connection is None:  # deleted meanwhile
        return
    # inferred: of the first read both events are sent.
    types = [EventType.READ_COMPLETED]
    if _is_initial(sync, connection):
        types.append(EventType.READ_COMPLETED_INITIAL)
    payload = _payload(sync, connection)
    for event_type in types:
        webhook_tell(event_type=event_type, payload=payload, company_tags=connection.company.tags)


def _is_initial(sync: Sync, connection: Connection) -> bool:
    complete = Sync.objects.filter(
        connection=connection, status=Sync.Status.COMPLETE, finished_at__gte=connection.linked_at
    )
    return list(complete.values_list("pk", flat=True)[:2]) == [sync.pk]


def _payload(sync: Sync, connection: Connection) -> dict[str, Any]:
    operations = sync.operations.order_by("data_type", "position")
    grouped = groupby(operations, key=attrgetter("data_type"))
    read = [_data_type(connection, name, list(group)) for name, group in grouped]
    return {
        "referenceCompany": reference_company(connection.company),
        # inferred: whatever this read changed was modified since.
        "modifiedFromDate": sync.started_at,
        # Clients know these names alone, and refuse others (reference codat/facts.md §9.4).
        "dataTypes": [one for one in read if one["dataType"].startswith(_KNOWN)],
        "billingDataTypes": [one for one in read if not one["dataType"].startswith(_KNOWN)],
    }


def _data_type(connection: Connection, name: str, operations: list[PullOperation]) -> dict[str, Any]:
    unfinished = [one for one in operations if one.status != PullOperation.Status.COMPLETE]
    return {
        "connectionId": str(connection.pk),
        "dataType": name,
        "recordsModified": any(one.rows_changed for one in operations),
        "status": (unfinished or operations)[0].status,
        "issues": [issue for one in operations for issue in _issues(connection, one)],
    }


def _issues(connection: Connection, operation: PullOperation) -> Iterable[dict[str, Any]]:
    if operation.problem:
        yield _issue(connection, operation, "error.read", text_for(operation.problem).operator)
    for warning in operation.warnings:
        message = f"{warning['message']} ({warning['count']} times)."
        yield _issue(connection, operation, "warning.validation", message)


def _issue(connection: Connection, operation: PullOperation, kind: str, message: str) -> dict[str, Any]:
    company = f"{settings.BASE_URL}/companies/{connection.company_id}"
    return {
        "type": kind,
        "message": message,
        "links": {
            "logs": f"{company}/sync/{operation.pk}/validation",
            "portal": portal_url(connection.company),
            "readMore": f"{settings.BASE_URL}/docs/",
        },
    }
