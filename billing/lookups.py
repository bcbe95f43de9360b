"""What must be found before the tenant is known, through a definer function that returns ids (design: Trust)."""

from __future__ import annotations

from uuid import UUID

from django.db import connection


def operators_with_bodies() -> list[UUID]:
    """Return the operators that raw bodies are kept for."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT operator_id FROM operators_with_bodies() AS operator_id")
        return [row[0] for row in cursor.fetchall()]
