"""API keys by the API: made and shown once, listed without the key, deleted."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from companies.models import ApiKey, AuditEvent, Scope
from companies.services.api_keys import api_key_create
from config.models import IdempotentAnswer
from config.tenancy import tenant_context
from tests.api.conftest import tables_read
from tests.api.reference import assert_schema
from tests.conftest import Tenant

JSON = "application/json"


def create(client: Client, body: Any = None, **headers: str) -> Any:
    return client.post(
        "/apiKeys", {"name": "ci"} if body is None else body, content_type=JSON, headers=headers
    )


def client_of(key: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {key}"})


def test_a_new_key_is_shown_once_and_works(northwind: Tenant) -> None:
    answer = create(northwind.api(), {"name": "invoice-reader"})
    assert answer.status_code == 201
    made = answer.json()
    assert_schema(made, "Platform", "ApiKeyDetails")
    assert made["name"] == "invoice-reader"
    assert made["apiKey"].startswith(made["prefix"])
    assert (made["scopes"], made["expiresDate"], made["lastUsedDate"]) == (list(Scope.values), None, None)
    assert client_of(made["apiKey"]).get("/companies").status_code == 200
    listed = northwind.api().get("/apiKeys")
    assert made["apiKey"] not in listed.content.decode()
    body = listed.json()
    assert_schema(body, "Platform", "ApiKeys")
    assert body.keys() == {"results"}
    assert [key["name"] for key in body["results"]] == ["invoice-reader", "test"]
    assert body["results"][0]["lastUsedDate"]


def test_the_list_reads_one_table(northwind: Tenant) -> None:
    assert tables_read(northwind.api(), "/apiKeys") == 0  # beside companies_apikey, which it doesn't count


@pytest.mark.parametrize("body", [{}, {"name": None}, {"name": ""}])
def test_a_key_needs_no_name(northwind: Tenant, body: dict[str, Any]) -> None:
    answer = create(northwind.api(), body)
    if body.get("name") == "":
        assert answer.status_code == 400
    else:
        assert (answer.status_code, answer.json()["name"]) == (201, "Unnamed")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "x" * 51}, "name"),
        ({"name": []}, "name"),
        ({"name": "a", "scopes": []}, "scopes"),
        ({"name": "a", "scopes": ["everything"]}, "scopes.0"),
        ({"name": "a", "scopes": "read"}, "scopes"),
        ({"name": "a", "expiresDate": "2001-01-01T00:00:00Z"}, "expiresDate"),
        ({"name": "a", "expiresDate": "soon"}, "expiresDate"),
        ({"name": "a", "expiresDate": "0001-01-01T00:00:00+14:00"}, "expiresDate"),
        ([], None),
    ],
)
def test_odd_input_is_named(northwind: Tenant, body: Any, field: str | None) -> None:
    answer = create(northwind.api(), body)
    assert answer.status_code == 400
    assert [error["itemId"] for error in answer.json()["validation"]["errors"]] == [field]


def test_the_eleventh_is_a_conflict(northwind: Tenant) -> None:
    client = northwind.api()
    assert [create(client).status_code for _ in range(10)] == [201] * 9 + [409]
    assert_schema(create(client).json(), "Platform", "ErrorMessage")
    first = client.get("/apiKeys").json()["results"][0]["id"]
    assert client.delete(f"/apiKeys/{first}").status_code == 204
    assert create(client).status_code == 201


def test_a_key_expires(northwind: Tenant) -> None:
    moment = timezone.now() + timedelta(hours=1)
    made = create(northwind.api(), {"name": "a", "expiresDate": moment.isoformat()}).json()
    assert client_of(made["apiKey"]).get("/companies").status_code == 200
    with tenant_context(northwind.operator.id):
        ApiKey.objects.filter(pk=made["id"]).update(expires_at=timezone.now())
    assert client_of(made["apiKey"]).get("/companies").status_code == 401


def test_a_key_gives_no_scope_that_it_lacks(northwind: Tenant) -> None:
    with tenant_context(northwind.operator.id):
        _, key = api_key_create(name="some", actor="test", scopes=["admin", "read"])
    client = client_of(key)
    answer = create(client, {"name": "more", "scopes": ["read", "write", "proxy"]})
    assert answer.status_code == 403
    assert answer.json()["error"] == "This API key can't give a scope that it lacks: `write`, `proxy`."
    assert create(client, {"name": "less", "scopes": ["read"]}).json()["scopes"] == ["read"]
    assert create(client, {"name": "as much"}).json()["scopes"] == ["read", "admin"]


def test_delete(northwind: Tenant) -> None:
    made = create(northwind.api()).json()
    answer = northwind.api().delete(f"/apiKeys/{made['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert northwind.api().delete(f"/apiKeys/{made['id']}").status_code == 404
    assert client_of(made["apiKey"]).get("/companies").status_code == 401
    with tenant_context(northwind.operator.id):
        assert AuditEvent.objects.filter(action="api_key.revoked", actor="API key test").exists()


def test_a_key_deletes_itself(northwind: Tenant) -> None:
    client = northwind.api()
    (own,) = client.get("/apiKeys").json()["results"]
    assert client.delete(f"/apiKeys/{own['id']}").status_code == 204
    assert client.get("/apiKeys").status_code == 401


@pytest.mark.parametrize("asked", ["nonsense", "7f0c2a3e-7d41-4b86-9a4e-0c6f1d2b8e70"])
def test_an_unknown_key(northwind: Tenant, asked: str) -> None:
    answer = northwind.api().delete(f"/apiKeys/{asked}")
    assert answer.status_code == 404
    assert answer.json()["error"] == f"No API key was found with ID {asked}"


def test_another_tenants_keys(northwind: Tenant, southbank: Tenant) -> None:
    (own,) = northwind.api().get("/apiKeys").json()["results"]
    assert southbank.api().delete(f"/apiKeys/{own['id']}").status_code == 404
    assert own["id"] not in southbank.api().get("/apiKeys").content.decode()
    assert Client().get("/apiKeys").status_code == 401


def test_no_answer_with_a_key_is_kept(northwind: Tenant) -> None:
    first, second = (create(northwind.api(), **{"Idempotency-Key": "k"}) for _ in range(2))
    assert first.json()["apiKey"] != second.json()["apiKey"]
    with tenant_context(northwind.operator.id):
        assert not IdempotentAnswer.objects.exists()


def made_by_command(tenant: Tenant, *options: str) -> ApiKey:
    call_command(
        "api_key_create", "--operator", str(tenant.operator.id), "--name", "cli", *options, stdout=StringIO()
    )
    with tenant_context(tenant.operator.id):
        return ApiKey.objects.get(name="cli")


def test_the_command_takes_scopes_and_an_end(northwind: Tenant) -> None:
    key = made_by_command(northwind, "--scope", "read", "--scope", "proxy", "--expires", "2099-12-31")
    assert key.scopes == ["read", "proxy"]
    assert key.expires_at
    assert key.expires_at.isoformat() == "2099-12-31T00:00:00+00:00"


def test_the_command_gives_everything_by_itself(northwind: Tenant) -> None:
    key = made_by_command(northwind)
    assert (key.scopes, key.expires_at) == (list(Scope.values), None)


@pytest.mark.parametrize("options", [("--scope", "all"), ("--expires", "soon")])
def test_the_command_refuses_what_it_does_not_know(northwind: Tenant, options: tuple[str, str]) -> None:
    with pytest.raises(CommandError):
        made_by_command(northwind, *options)
