"""Encrypt every stored secret again with the first key of FERNET_KEYS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from companies.lookups import operators_with_webhooks
from config.encryption import SecretField
from config.tenancy import tenant_context
from integrations.lookups import operators_with_credentials

BATCH = 200


class Command(BaseCommand):
    """`manage.py rotate_fernet_keys [--dry-run | --verify]`."""

    help = (
        "Put the new key first in FERNET_KEYS, restart, run this, then drop the old key. "
        "Safe to interrupt and to run again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        modes = parser.add_mutually_exclusive_group()
        modes.add_argument("--dry-run", action="store_true", help="count what would be encrypted again")
        modes.add_argument("--verify", action="store_true", help="check that the first key alone reads all")

    def handle(self, *args: Any, **options: Any) -> None:
        only_count = options["dry_run"] or options["verify"]
        stale = sum(
            _rotate(operator_id, field, only_count=only_count)
            for operator_id in {*operators_with_credentials(), *operators_with_webhooks()}
            for field in _secret_fields()
        )
        if options["verify"]:
            if stale:
                raise CommandError(f"{stale} secrets still need an older key.")
            self.stdout.write("Every secret is readable with the first key alone.")
            return
        done = "would be encrypted again" if options["dry_run"] else "encrypted again"
        self.stdout.write(f"{stale} secrets {done}.")


def _secret_fields() -> Iterator[SecretField]:
    for model in apps.get_models():
        yield from (field for field in model._meta.get_fields() if isinstance(field, SecretField))


def _rotate(operator_id: UUID, field: SecretField, *, only_count: bool) -> int:
    """Return how many of an operator's secrets needed an older key, and mend them unless only asked."""
    with tenant_context(operator_id):
        keys = list(field.model._default_manager.values_list("pk", flat=True))
    batches = (keys[start : start + BATCH] for start in range(0, len(keys), BATCH))
    return sum(_rotate_batch(operator_id, field, batch, only_count=only_count) for batch in batches)


def _rotate_batch(operator_id: UUID, field: SecretField, keys: list[Any], *, only_count: bool) -> int:
    stale = 0
    with tenant_context(operator_id):
        rows = field.model._default_manager.filter(pk__in=keys).select_for_update(of=("self",))
        for row in rows:
            if not _first_key_reads(field, row.pk):
                stale += 1
                if not only_count:
                    rows.filter(pk=row.pk).update(**{field.name: getattr(row, field.name)})
    return stale


def _first_key_reads(field: SecretField, pk: Any) -> bool:
    meta = field.model._meta
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {field.column} FROM {meta.db_table} WHERE id = %s", [pk])
        token = cursor.fetchone()[0]
    return token is None or field.first_key_reads(bytes(token))
