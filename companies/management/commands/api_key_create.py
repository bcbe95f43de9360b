"""`manage.py api_key_create --operator <id> --name <name> [--scope read] [--expires 2027-01-31]`: make an API key."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from companies.models import Operator, Scope
from companies.services.api_keys import TooManyKeys, api_key_create
from config.tenancy import tenant_context


class Command(BaseCommand):
    """Print a new API key, alone on stdout; it can't be shown again."""

    help = "Print a new API key of an operator; it can't be shown again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--operator", type=UUID, required=True, help="id of the operator")
        parser.add_argument("--name", required=True, help="what the key is for")
        parser.add_argument(
            "--scope",
            choices=Scope.values,
            action="append",
            help="what the key may do; give it once for each scope (default: everything)",
        )
        parser.add_argument(
            "--expires",
            type=_moment,
            help="a date or a time, in UTC unless it says otherwise, from which on the key is refused (default: none)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with tenant_context(options["operator"]):
            if not Operator.objects.exists():
                raise CommandError(f"There is no operator with the id {options['operator']}.")
            try:
                _, key = api_key_create(
                    name=options["name"][:50],
                    actor="command",
                    scopes=options["scope"] or Scope.values,
                    expires_at=options["expires"],
                )
            except TooManyKeys as error:
                raise CommandError(str(error)) from error
        self.stdout.write(key)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
