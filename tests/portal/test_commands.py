"""The commands that set an operator up."""

from __future__ import annotations

import io
import json
import uuid
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from companies.models import Company, User
from config.tenancy import tenant_context
from integrations.models import IntegrationSetting
from tests.conftest import PASSWORD, Tenant

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue().strip()


def test_operator_create_prints_json() -> None:
    answer = json.loads(
        run(
            "operator_create",
            "--name",
            "Acme",
            "--email",
            "Ann@Example.org",
            "--password",
            PASSWORD,
            "--json",
        )
    )
    user = User.objects.get(pk=answer["user_id"])
    assert answer["email"] == user.email == "ann@example.org"
    assert user.check_password(PASSWORD)


def test_operator_create_reads_the_password_from_standard_input(monkeypatch: Any) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    run("operator_create", "--name", "Acme", "--email", "ann@example.org")
    assert User.objects.get().check_password(PASSWORD)


def test_operator_create_invites() -> None:
    assert "/sign-up/" in run("operator_create", "--email", "ann@example.org", "--invite")
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--name", "Acme", "--email", "nonsense", "--password", PASSWORD], "valid email"),
        (["--name", "Acme", "--email", "ann@example.org", "--password", "short"], "too short"),
        (["--email", "ann@example.org", "--password", PASSWORD], "--name"),
    ],
)
def test_operator_create_says_what_is_wrong(arguments: list[str], reason: str) -> None:
    with pytest.raises(CommandError, match=reason):
        run("operator_create", *arguments)


def test_operator_create_refuses_a_used_address(northwind: Tenant) -> None:
    with pytest.raises(CommandError, match="already exists"):
        run("operator_create", "--name", "Acme", "--email", northwind.user.email, "--password", PASSWORD)


def test_company_create_prints_the_link_url(northwind: Tenant) -> None:
    operator = str(northwind.operator.id)
    answer = json.loads(run("company_create", "--operator", operator, "--name", "Bakery", "--json"))
    with tenant_context(northwind.operator.id):
        assert str(Company.objects.get().id) == answer["company_id"]
    assert "/link/" in answer["link_url"]


def test_company_create_says_what_is_wrong(northwind: Tenant) -> None:
    with pytest.raises(CommandError, match="can't contain #"):
        run("company_create", "--operator", str(northwind.operator.id), "--name", "Bakery #1")
    with pytest.raises(CommandError, match="no operator"):
        run("company_create", "--operator", str(uuid.uuid4()), "--name", "Bakery")


def test_integration_enable_switches_on_and_off(northwind: Tenant) -> None:
    arguments = ["integration_enable", "--operator", str(northwind.operator.id), "--platform-key", "rkgp"]
    assert run(*arguments) == "Chargify is switched on."
    assert run(*arguments, "--off") == "Chargify is switched off."
    with tenant_context(northwind.operator.id):
        assert not IntegrationSetting.objects.get().enabled


def test_integration_enable_says_what_is_wrong(northwind: Tenant) -> None:
    with pytest.raises(CommandError, match="platform key 'nope'"):
        run("integration_enable", "--operator", str(northwind.operator.id), "--platform-key", "nope")
    with pytest.raises(CommandError, match="no operator"):
        run("integration_enable", "--operator", str(uuid.uuid4()), "--platform-key", "rkgp")
