"""Encrypt every stored credential again with the first key of FERNET_KEYS."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from config.encryption import SecretField
from config.tenancy import tenant_context
from integrations import lookups
from integrations.models import Credential

BATCH = 200
_FIELD: SecretField = Credential._meta.get_field("secret")


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
        stale = sum(
            self._rotate(operator_id, options) for operator_id in lookups.operators_with_credentials()
        )
        if options["verify"]:
            if stale:
                raise CommandError(f"{stale} credentials still need an older key.")
            self.stdout.write("Every credential is readable with the first key alone.")
            return
        done = "would be encrypted again" if options["dry_run"] else "encrypted again"
        self.stdout.write(f"{stale} credentials {done}.")

    def _rotate(self, operator_id: UUID, options: dict[str, Any]) -> int:
        """Return how many of an operator's credentials needed an older key, and mend them unless only asked."""
        stale, last = 0, 0
        while True:
            with tenant_context(operator_id):
                batch = Credential.objects.filter(pk__gt=last).order_by("pk").select_for_update()[:BATCH]
                rows = list(batch)
                for row in rows:
                    if not _first_key_reads(row.pk):
                        stale += 1
                        if not (options["dry_run"] or options["verify"]):
                            Credential.objects.filter(pk=row.pk).update(secret=row.secret)
            if not rows:
                return stale
            last = rows[-1].pk


def _first_key_reads(credential_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM integrations_credential WHERE id = %s", [credential_id])
        token = bytes(cursor.fetchone()[0])
    return _FIELD.first_key_reads(token)
