"""Connect a company to a Chargify site from the command line; the API key comes by standard input."""

from __future__ import annotations

import sys
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from companies import lookups
from companies.models import Company, Connection
from config.tenancy import tenant_context
from integrations.catalogue import UnknownIntegration
from integrations.connectors.base import InvalidAccount
from integrations.models import CredentialCheck
from integrations.services.connections import IntegrationOff, connection_create
from integrations.services.credentials import credential_check_run, credential_submit
from integrations.texts import text_for

ACTOR = "manage.py connect"


class Command(BaseCommand):
    """`manage.py connect --company ID --site acme --api-key-stdin`."""

    help = "Connect a company; the API key is read from standard input, so that no process list shows it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--company", type=UUID, required=True)
        parser.add_argument("--platform-key", default="rkgp")
        parser.add_argument("--site", required=True)
        parser.add_argument("--api-key-stdin", action="store_true", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        operator_id = lookups.operator_of_company(options["company"])
        if operator_id is None:
            raise CommandError(f"There is no company with the id {options['company']}.")
        try:
            connection, check = self._submit(operator_id, options)
        except (InvalidAccount, UnknownIntegration, IntegrationOff) as error:
            raise CommandError(str(error)) from error
        credential_check_run(operator_id=operator_id, check_id=check.id)
        self._report(operator_id, connection, check)

    def _submit(self, operator_id: UUID, options: dict[str, Any]) -> tuple[Connection, CredentialCheck]:
        with tenant_context(operator_id):
            connection = connection_create(
                company=Company.objects.get(pk=options["company"]),
                platform_key=options["platform_key"],
                actor=ACTOR,
            )
            check = credential_submit(
                connection=connection,
                entered={"site": options["site"]},
                secret=sys.stdin.readline(),
                actor=ACTOR,
                starts_sync=False,
                queue=False,
            )
        return connection, check

    def _report(self, operator_id: UUID, connection: Connection, check: CredentialCheck) -> None:
        with tenant_context(operator_id):
            check.refresh_from_db()
            connection.refresh_from_db()
        if check.outcome != CredentialCheck.Outcome.PASSED:
            raise CommandError(text_for(check.problem).operator)
        self.stderr.write(f"Linked to {connection.account_name} ({connection.account_host}).")
        if check.notice:
            self.stderr.write(check.notice)
        self.stdout.write(str(connection.id))
