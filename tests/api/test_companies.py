from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from companies.models import AuditEvent, Company
from companies.services.companies import link_url_revoke
from config.tenancy import tenant_context
from tests.api.conftest import linked, tables_read
from tests.api.reference import assert_schema
from tests.conftest import Tenant

JSON = "application/json"


def create(client: Client, **body: Any) -> Any:
    return client.post("/companies", {"name": "Corner Bakery", **body}, content_type=JSON)


def test_create(northwind: Tenant) -> None:
    answer = create(northwind.api(), description="A shop", tags={"region": "uk"})
    assert answer.status_code == 200
    body = answer.json()
    assert_schema(body, "Platform", "Company")
    assert body["name"] == "Corner Bakery"
    assert body["createdByUserName"] == "API key test"
    assert body["tags"] == {"region": "uk"}
    assert body["products"] == body["dataConnections"] == []
    assert body["lastSync"] is None
    assert "/link/" in body["redirect"]
    with tenant_context(northwind.operator.id):
        assert Company.objects.get(pk=body["id"]).description == "A shop"
        assert AuditEvent.objects.filter(action="company.created", actor="API key test").exists()


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        ({"name": "Caf\u00e9 [1]"}, "name", "\u00e9 [ ]"),
        ({"name": " "}, "name", "blank"),
        ({"name": "x" * 201}, "name", "200"),
        ({"name": None}, "name", "null"),
        ({"name": "A", "description": "x" * 501}, "description", "500"),
        ({"name": "A", "description": "a\0b"}, "description", "Null"),
        ({"name": "A", "tags": {"a": "x" * 101}}, "tags.a", "100"),
        ({"name": "A", "tags": {"a": {}}}, "tags.a", "string"),
        ({"name": "A", "tags": {str(n): "1" for n in range(11)}}, "tags", "10"),
        ({"name": "A", "tags": {"a\0": "1"}}, "tags", "Null"),
        ({"name": "A", "tags": []}, "tags", "dictionary"),
        ({}, "name", "required"),
    ],
)
def test_refused_fields_are_named(northwind: Tenant, body: Any, field: str, words: str) -> None:
    answer = northwind.api().post("/companies", body, content_type=JSON)
    assert answer.status_code == 400
    errors = answer.json()["validation"]["errors"]
    assert [error["itemId"] for error in errors] == [field]
    assert words in errors[0]["message"]
    assert words in answer.json()["error"]
    with tenant_context(northwind.operator.id):
        assert not Company.objects.exists()


@pytest.mark.parametrize(
    "body", ["[]", "1", '"x"', "null", "{", "\xff", "[" * 100_000, "NaN", '{"name": "\\ud800"}']
)
def test_odd_bodies_are_refused(northwind: Tenant, body: str) -> None:
    answer = northwind.api().post("/companies", body.encode("latin-1"), content_type=JSON)
    assert answer.status_code == 400
    assert answer.json()["statusCode"] == 400


def test_get_and_delete(northwind: Tenant) -> None:
    client, company = northwind.api(), northwind.company()
    path = f"/companies/{company.id}"
    assert client.get(path).json()["id"] == str(company.id)
    answer = client.delete(path)
    assert (answer.status_code, answer.content) == (204, b"")
    gone = client.get(path)
    assert gone.status_code == 404
    assert gone.json()["error"] == f"No company was found with ID {company.id}"
    assert client.get("/companies").json()["totalResults"] == 0


@pytest.mark.parametrize("company_id", ["nonsense", "%00", "7f0c2a3e-7d41-4b86-9a4e-0c6f1d2b8e70"])
@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_unknown_company(northwind: Tenant, company_id: str, method: str) -> None:
    answer = getattr(northwind.api(), method)(f"/companies/{company_id}", {"name": "A"}, content_type=JSON)
    assert answer.status_code == 404


def test_put_replaces_and_patch_changes(northwind: Tenant) -> None:
    client = northwind.api()
    path = f"/companies/{create(client, description='x', tags={'a': '1'}).json()['id']}"
    patched = client.patch(path, {"name": None, "tags": {"b": "2"}}, content_type=JSON)
    assert patched.status_code == 200
    assert patched.json()["tags"] == {"b": "2"}
    assert (patched.json()["name"], patched.json()["description"]) == ("Corner Bakery", "x")
    assert client.patch(path, {}, content_type=JSON).json()["tags"] == {"b": "2"}
    put = client.put(path, {"name": "New Name"}, content_type=JSON)
    assert put.status_code == 200
    assert (put.json()["name"], put.json()["description"], put.json()["tags"]) == ("New Name", None, {})
    assert client.get(path).json() == put.json()
    assert client.put(path, {}, content_type=JSON).status_code == 400


def test_a_refused_change_leaves_nothing_behind(northwind: Tenant) -> None:
    client, company = northwind.api(), northwind.company()
    answer = client.patch(f"/companies/{company.id}", {"name": "B\u00e4r"}, content_type=JSON)
    assert answer.status_code == 400
    assert client.get(f"/companies/{company.id}").json()["name"] == "Corner Bakery"


def test_list_with_connections_in_few_queries(northwind: Tenant) -> None:
    linked(northwind, "Company 0")
    client = northwind.api()
    for number in range(1, 4):
        linked(northwind, f"Company {number}")
    # Count, companies, Link URLs, connections, their errors.
    assert tables_read(client, "/companies") == 5
    body = client.get("/companies").json()
    assert_schema(body, "Platform", "Companies")
    first = body["results"][0]
    assert first["name"] == "Company 3"
    assert first["dataConnections"][0]["status"] == "Linked"
    assert first["lastSync"] == "2026-03-01T12:00:00Z"


@pytest.mark.parametrize(
    ("parameter", "names"),
    [
        ("query=name=Blue Shop", ["Blue Shop"]),
        ("query=name~SHOP", ["Red Shop", "Blue Shop"]),
        ("query=dataConnections.status=Linked", ["Linked Ltd"]),
        ("query=created>2000-01-01 && {name~blue || name~linked}", ["Linked Ltd", "Blue Shop"]),
        ("query=created<2000-01-01", []),
        ("tags=region=uk", ["Blue Shop"]),
        ("tags=region!=uk", ["Linked Ltd", "Red Shop"]),
        ("tags=region~U", ["Red Shop", "Blue Shop"]),
        ("tags=region=uk || team=a b", ["Red Shop", "Blue Shop"]),
        ("tags=region=uk && team=a b", []),
        ("orderBy=name", ["Blue Shop", "Linked Ltd", "Red Shop"]),
        ("orderBy=-name&pageSize=1", ["Red Shop"]),
    ],
)
def test_query_tags_and_order(northwind: Tenant, parameter: str, names: list[str]) -> None:
    client = northwind.api()
    create(client, name="Blue Shop", tags={"region": "uk"})
    create(client, name="Red Shop", tags={"region": "us", "team": "a b"})
    linked(northwind, "Linked Ltd")
    parameter = parameter.replace("&&", "%26%26").replace(" ", "%20")
    answer = client.get(f"/companies?{parameter}")
    assert answer.status_code == 200
    assert [company["name"] for company in answer.json()["results"]] == names


def test_a_company_without_link_url(northwind: Tenant) -> None:
    connection = linked(northwind)
    with tenant_context(northwind.operator.id):
        link_url_revoke(company=connection.company, actor="test")
    body = northwind.api().get(f"/companies/{connection.company_id}").json()
    assert body["redirect"] == body["dataConnections"][0]["linkUrl"] == ""
