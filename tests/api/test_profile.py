"""The operator itself by the API: profile, redirects, CORS origins."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from companies.models import AuditEvent, Operator
from config.tenancy import tenant_context
from link.redirects import finish_url
from tests.api.conftest import linked, tables_read
from tests.api.reference import assert_schema
from tests.conftest import Tenant

JSON = "application/json"
URL = "https://app.example.com/done?company={companyId}"
CORS = ["/corsSettings", "/connectionManagement/corsSettings"]


def put(tenant: Tenant, **changes: Any) -> Any:
    body = {"name": "Northwind", "redirectUrl": URL, "whiteListUrls": ["https://app.example.com"]} | changes
    given = {name: value for name, value in body.items() if value is not ...}
    return tenant.api().put("/profile", given, content_type=JSON)


def test_of_a_new_operator(northwind: Tenant) -> None:
    body = northwind.api().get("/profile").json()
    assert_schema(body, "Platform", "Profile")
    assert body == {
        "clientId": str(northwind.operator.id),
        "name": "Northwind Lending",
        "redirectUrl": "",
        "whiteListUrls": [],
    }
    assert tables_read(northwind.api(), "/profile") == 1


def test_what_is_put_can_be_put_again(northwind: Tenant) -> None:
    client = northwind.api()
    shown = client.get("/profile").json()
    answer = client.put("/profile", shown, content_type=JSON)
    assert (answer.status_code, answer.json()) == (200, shown)


def test_it_is_what_link_goes_by_and_the_portal_shows(northwind: Tenant) -> None:
    answer = put(
        northwind,
        logoUrl="https://cdn.example.com/logo.png",
        whiteListUrls=["https://App.Example.com/x", "b.example.org:8443"],
    )
    assert answer.status_code == 200
    assert_schema(answer.json(), "Platform", "Profile")
    assert answer.json()["whiteListUrls"] == ["https://app.example.com", "https://b.example.org:8443"]
    connection = linked(northwind)
    with tenant_context(northwind.operator.id):
        operator = Operator.objects.get()
        assert operator.name == "Northwind"
        assert finish_url(operator=operator, connection=connection) == URL.format(
            companyId=connection.company_id
        )
        assert AuditEvent.objects.filter(action="operator.renamed").exists()
    assert b"b.example.org:8443" in northwind.portal().get("/admin/settings/redirects/").content


def test_hosts_that_are_left_out_stay(northwind: Tenant) -> None:
    assert put(northwind).status_code == 200
    assert put(northwind, whiteListUrls=...).json()["whiteListUrls"] == ["https://app.example.com"]
    assert put(northwind, redirectUrl="", whiteListUrls=[]).json()["whiteListUrls"] == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ...}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"redirectUrl": ...}, "redirectUrl"),
        ({"redirectUrl": "https://elsewhere.example.org/"}, "redirectUrl"),
        ({"redirectUrl": "javascript:alert(1)"}, "redirectUrl"),
        ({"whiteListUrls": []}, "redirectUrl"),
        ({"whiteListUrls": ["https://"]}, "whiteListUrls.0"),
        ({"whiteListUrls": ["https://[x"]}, "whiteListUrls.0"),
        ({"whiteListUrls": ["https://a.example.com:x"]}, "whiteListUrls.0"),
        ({"whiteListUrls": ["https://{site}.example.com"]}, "whiteListUrls.0"),
        ({"whiteListUrls": ["https://u@a.example.com"]}, "whiteListUrls.0"),
        ({"whiteListUrls": ["https://" + "a" * 254]}, "whiteListUrls.0"),
        ({"whiteListUrls": "https://a.example.com"}, "whiteListUrls"),
        ({"whiteListUrls": ["a.example.com"] * 51}, "whiteListUrls"),
    ],
)
def test_odd_profiles(northwind: Tenant, changes: dict[str, Any], field: str) -> None:
    answer = put(northwind, **changes)
    assert answer.status_code == 400
    assert [error["itemId"] for error in answer.json()["validation"]["errors"]] == [field]
    assert northwind.api().get("/profile").json()["name"] == "Northwind Lending"


@pytest.mark.parametrize("path", CORS)
def test_cors_origins(northwind: Tenant, southbank: Tenant, path: str) -> None:
    client = northwind.api()
    assert client.get(path).json() == {"allowedOrigins": []}
    given = ["https://App.example.com/", "http://localhost:3000", "https://app.example.com"]
    answer = client.post(path, {"allowedOrigins": given}, content_type=JSON)
    assert answer.status_code == 200
    assert answer.json() == {"allowedOrigins": ["https://app.example.com", "http://localhost:3000"]}
    assert [client.get(one).json() for one in CORS] == [answer.json()] * 2
    assert_schema(answer.json(), "Platform", "ConnectionManagementAllowedOrigins")
    assert southbank.api().get(path).json() == {"allowedOrigins": []}
    assert tables_read(client, path) == 1


@pytest.mark.parametrize(
    ("origins", "field"),
    [
        (None, "allowedOrigins"),
        ("https://a.example.com", "allowedOrigins"),
        (["*"], "allowedOrigins.0"),
        (["https://*.example.com"], "allowedOrigins.0"),
        (["a.example.com"], "allowedOrigins.0"),
        (["http://a.example.com"], "allowedOrigins.0"),
        (["https://a.example.com/page"], "allowedOrigins.0"),
        (["https://a.example.com?x=1"], "allowedOrigins.0"),
        (["https://u:p@a.example.com"], "allowedOrigins.0"),
        (["https://a.example.com:99999"], "allowedOrigins.0"),
        (["https://ä.example.com"], "allowedOrigins.0"),
        (["null"], "allowedOrigins.0"),
        ([""], "allowedOrigins.0"),
        ([1], "allowedOrigins.0"),
        ([{}], "allowedOrigins.0"),
    ],
)
def test_odd_origins(northwind: Tenant, origins: Any, field: str) -> None:
    answer = northwind.api().post("/corsSettings", {"allowedOrigins": origins}, content_type=JSON)
    assert answer.status_code == 400
    assert [error["itemId"] for error in answer.json()["validation"]["errors"]] == [field]


@pytest.mark.parametrize("path", ["/profile", *CORS])
def test_not_without_a_key(db: None, path: str) -> None:
    assert Client().get(path).status_code == 401
