"""What must be found across operators before a tenant is known, through definer functions that return ids."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import connection


def due_syncs() -> list[tuple[UUID, UUID]]:
    """Return operator and sync of every sync that waits no longer or whose worker has vanished."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT operator_id, sync_id FROM due_syncs()")
        return list(cursor.fetchall())


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
