"""Switch an integration on or off for an operator."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from companies.models import Operator
from config.tenancy import tenant_context
from integrations.catalogue import UnknownIntegration, connector_for
from integrations.services.switches import integration_switch


class Command(BaseCommand):
    """`manage.py integration_enable --operator ID --platform-key rkgp`."""

    help = "Switch an integration on for an operator, or off."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--operator", type=UUID, required=True)
        parser.add_argument("--platform-key", required=True)
        parser.add_argument("--off", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        enabled = not options["off"]
        with tenant_context(options["operator"]):
            if not Operator.objects.exists():
                raise CommandError(f"There is no operator with the id {options['operator']}.")
            try:
                name = connector_for(options["platform_key"]).name
                integration_switch(
                    platform_key=options["platform_key"],
                    enabled=enabled,
                    actor="manage.py integration_enable",
                )
            except UnknownIntegration as error:
                raise CommandError(str(error)) from error
        self.stdout.write(f"{name} is switched {'on' if enabled else 'off'}.")
