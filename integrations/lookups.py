"""What must be found across operators, through definer functions that return ids, or numbers that name nobody."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

# More than this many syncs in one round of beat would wait in the queue so long that they were sent twice.
_SYNCS_SENT = 200


def due_syncs() -> dict[UUID, list[UUID]]:
    """Return the syncs that wait no longer or whose worker has vanished, the longest due first, by operator."""
    return _by_operator("SELECT operator_id, sync_id FROM due_syncs() LIMIT %s", _SYNCS_SENT)


def due_schedules() -> dict[UUID, list[UUID]]:
    """Return the connections of which a data type is due by its schedule and that no sync is reading, by operator."""
    return _by_operator("SELECT operator_id, connection_id FROM due_schedules()")


def stale_connections(*, times: int, least_hours: int) -> dict[UUID, list[UUID]]:
    """Return the linked connections of which a data type wasn't read completely for `times` its schedule, by operator.

    None before `least_hours`, and none of which it is known."""
    return _by_operator(
        "SELECT operator_id, connection_id FROM stale_connections(%s, %s)", times, least_hours
    )


def lost_checks() -> list[tuple[UUID, UUID, timedelta]]:
    """Return operator, check and age of every key check that has been running for two minutes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT operator_id, check_id, age FROM lost_checks()")
        return list(cursor.fetchall())


def operators_with_credentials() -> list[UUID]:
    """Return the operators that keep credentials."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT operator_id FROM operators_with_credentials() AS operator_id")
        return [row[0] for row in cursor.fetchall()]


def operators_with_requests_before(moment: datetime) -> list[UUID]:
    """Return the operators whose log of requests goes back beyond a moment."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT operator_id FROM operators_with_requests_before(%s) AS operator_id", [moment])
        return [row[0] for row in cursor.fetchall()]


def sync_figures() -> list[tuple[str, str, float]]:
    """Return figures of all operators' syncs together: what it is, platform key, number."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT figure, platform_key, amount FROM sync_figures()")
        return list(cursor.fetchall())


def _by_operator(sql: str, *parameters: int) -> dict[UUID, list[UUID]]:
    found: dict[UUID, list[UUID]] = {}
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        for operator_id, row_id in cursor.fetchall():
            found.setdefault(operator_id, []).append(row_id)
    return found
