"""The tenant twice over: a scope in code that fails closed, and PostgreSQL's row-level security.

`tenant_context(operator_id)` is the only door: it opens a transaction, names the operator to the database for that
transaction alone (`SET LOCAL`), and scopes every `TenantManager`. A query on a tenant table outside of it raises.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection, models, transaction

_current: ContextVar[UUID | None] = ContextVar("operator_id", default=None)

ModelT = TypeVar("ModelT", bound=models.Model)


class NoTenant(RuntimeError):
    """A tenant table was asked for outside a tenant context."""


def current_operator_id() -> UUID:
    """Return the operator whose context we are in; raise NoTenant outside of one."""
    operator_id = _current.get()
    if operator_id is None:
        raise NoTenant("This needs a tenant: enter tenant_context(operator_id) first.")
    return operator_id


@contextmanager
def tenant_context(operator_id: UUID) -> Iterator[None]:
    """Work as one operator, in a transaction; entering another operator's context inside raises RuntimeError."""
    outer = _current.get()
    if outer is not None and outer != operator_id:
        raise RuntimeError("A tenant context of another operator is already open.")
    with transaction.atomic():
        if outer is not None:
            yield
            return
        token = _current.set(operator_id)
        try:
            _enter_database(operator_id)
            yield
            _leave_database()
        finally:
            # Before the commit: what runs on commit stands outside the tenant in both layers.
            _current.reset(token)


def _enter_database(operator_id: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.operator_id', true)")
        if cursor.fetchone()[0]:
            raise RuntimeError("The database session still names an operator: a SET LOCAL leaked.")
        cursor.execute("SELECT set_config('app.operator_id', %s, true)", [str(operator_id)])


def _leave_database() -> None:
    # Inside an outer transaction a released savepoint would keep the operator (reference django.md §4).
    if not connection.needs_rollback:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.operator_id', '', true)")


class TenantManager(models.Manager[ModelT]):
    """Return only the current operator's rows, and raise where there is no current operator."""

    def get_queryset(self) -> models.QuerySet[ModelT]:
        return super().get_queryset().filter(operator_id=current_operator_id())


class TenantModel(models.Model):
    """A row that belongs to one operator; the operator is filled in from the context."""

    operator = models.ForeignKey(
        "companies.Operator", on_delete=models.CASCADE, editable=False, related_name="+"
    )

    objects = TenantManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"
        default_manager_name = "objects"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.operator_id is None:
            self.operator_id = current_operator_id()
        super().save(*args, **kwargs)
