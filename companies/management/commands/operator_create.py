"""Make an operator with its first administrator, or invite somebody to do so."""

from __future__ import annotations

import json
import sys
from getpass import getpass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from companies.services.operators import invitation_url, operator_create


class Command(BaseCommand):
    """`manage.py operator_create --name "Northwind Lending" --email alice@example.org`."""

    help = "Make an operator; the password comes from --password, a prompt or standard input."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--name")
        parser.add_argument("--email", required=True)
        parser.add_argument("--password")
        parser.add_argument(
            "--invite", action="store_true", help="print a URL by which this address signs up"
        )
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            validate_email(options["email"])
            answer = self._invite(options) if options["invite"] else self._create(options)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        text = json.dumps(answer) if options["json"] else "\n".join(answer.values())
        self.stdout.write(text)

    def _invite(self, options: dict[str, Any]) -> dict[str, str]:
        return {"invitation_url": invitation_url(email=options["email"])}

    def _create(self, options: dict[str, Any]) -> dict[str, str]:
        if not options["name"]:
            raise CommandError("Say what the operator is called with --name.")
        password = options["password"] or _ask_password()
        member = operator_create(name=options["name"], email=options["email"], password=password)
        return {
            "operator_id": str(member.operator_id),
            "user_id": str(member.user_id),
            "email": member.user.email,
        }


def _ask_password() -> str:
    return getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
