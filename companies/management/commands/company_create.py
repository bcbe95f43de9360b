"""Make a company and print its Link URL."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from companies.link_urls import company_link_url
from companies.models import Operator
from companies.services.companies import company_create
from config.tenancy import tenant_context


class Command(BaseCommand):
    """`manage.py company_create --operator ID --name "Corner Bakery"`."""

    help = "Make a company of an operator and print its Link URL."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--operator", type=UUID, required=True)
        parser.add_argument("--name", required=True)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        with tenant_context(options["operator"]):
            if not Operator.objects.exists():
                raise CommandError(f"There is no operator with the id {options['operator']}.")
            try:
                company = company_create(name=options["name"], actor="manage.py company_create")
            except ValidationError as error:
                raise CommandError(" ".join(error.messages)) from error
            answer = {"company_id": str(company.id), "link_url": company_link_url(company)}
        self.stdout.write(json.dumps(answer) if options["json"] else answer["link_url"])
