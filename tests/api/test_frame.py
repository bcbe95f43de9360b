"""What every operation has: keys, errors, pages, quota, documents."""

from __future__ import annotations

import base64
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client

from billing.api.data_types import DATA_TYPES
from companies.models import ApiKey
from companies.services.api_keys import api_key_revoke
from config.tenancy import tenant_context
from tests.api.reference import assert_schema
from tests.conftest import Tenant


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


ODD = [basic("tr_\0abc:"), basic("tr_äöü"), "Bearer tr_ä", "Bearer tr_\x7f"]


@pytest.mark.parametrize("form", ["Basic {key}", "Basic {key}:", "Bearer {key}", "bearer {key}"])
def test_forms_of_the_key(northwind: Tenant, form: str) -> None:
    scheme, _, value = form.format(key=northwind.api_key).partition(" ")
    header = basic(value) if scheme == "Basic" else f"{scheme} {value}"
    assert Client(headers={"Authorization": header}).get("/companies").status_code == 200


@pytest.mark.parametrize("header", [None, "Bearer nonsense", "Basic %%%", basic("x:y"), "Token x", "", *ODD])
def test_no_key(northwind: Tenant, header: str | None) -> None:
    client = Client(headers={"Authorization": header} if header is not None else {})
    answer = client.get("/companies")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert_error(answer, 401)


@pytest.mark.parametrize("path", ["/admin/", "/healthz", "/link/x/"])
def test_a_key_that_is_no_text_breaks_no_page(db: None, path: str) -> None:
    answer = Client(headers={"Authorization": basic("tr_\0abc:")}).get(path)
    assert answer.status_code in {200, 302, 404}


def test_a_revoked_key_and_one_character_more(northwind: Tenant) -> None:
    assert (
        Client(headers={"Authorization": f"Bearer {northwind.api_key}x"}).get("/companies").status_code == 401
    )
    with tenant_context(northwind.operator.id):
        api_key_revoke(api_key=ApiKey.objects.get(), actor="test")
    assert northwind.api().get("/companies").status_code == 401


def test_a_session_is_no_key(northwind: Tenant) -> None:
    assert northwind.portal().get("/companies").status_code == 401


def assert_error(answer: Any, status: int) -> None:
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/json"
    body = answer.json()
    assert_schema(body, "Platform", "ErrorMessage")
    assert body.keys() == {
        "statusCode",
        "service",
        "error",
        "correlationId",
        "validation",
        "canBeRetried",
        "detailedErrorCode",
    }
    assert (body["statusCode"], body["service"], body["detailedErrorCode"]) == (status, "PublicApi", 0)
    assert body["correlationId"] == answer.headers["X-Request-Id"]
    assert len(body["correlationId"]) == 32
    assert body["canBeRetried"] in {"True", "False", "Unknown"}
    assert body["error"]


def test_unknown_urls(northwind: Tenant) -> None:
    for path in ("/nonsense", "/companies/", "/companies/x/y/z"):
        assert_error(northwind.api().get(path), 404)
    page = Client().get("/docs/nonsense")
    assert page.headers["Content-Type"].startswith("text/html")


def test_wrong_method(northwind: Tenant) -> None:
    answer = northwind.api().delete("/companies")
    assert_error(answer, 405)
    assert "GET" in answer.headers["Allow"]


def test_a_defect_of_ours(northwind: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("secret details")

    monkeypatch.setattr("companies.api.views.companies", broken)
    answer = northwind.api().get("/companies")
    assert_error(answer, 500)
    assert answer.json()["canBeRetried"] == "Unknown"
    assert "secret" not in answer.content.decode()


def test_too_large_a_body(northwind: Tenant) -> None:
    body = b'{"name": "' + b"x" * 3_000_000 + b'"}'
    client = northwind.api()
    assert_error(client.post("/companies", body, content_type="application/json"), 400)
    with_key = client.post(
        "/companies", body, content_type="application/json", headers={"Idempotency-Key": "k"}
    )
    assert_error(with_key, 400)


@pytest.mark.parametrize(
    "content_type", ["application/octet-stream", "text/plain", "", "nonsense", "a/b/c;d"]
)
def test_any_content_type(northwind: Tenant, content_type: str) -> None:
    client = northwind.api()
    answer = client.generic("POST", "/companies", b'{"name": "A"}', content_type=content_type)
    assert answer.status_code == 200
    assert client.generic("GET", "/companies", b"", content_type=content_type).status_code == 200
    form = client.generic("POST", "/companies", b'{"name": "A"}', content_type="multipart/form-data")
    assert form.status_code == 200
    assert client.get("/companies?format=xml", headers={"Accept": "text/html"}).json()["totalResults"] == 2


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ("page=0", "page"),
        ("page=-1", "page"),
        ("page=x", "page"),
        ("page=", "page"),
        ("page=%D9%A1", "page"),
        ("page=" + "9" * 5000, "page"),
        ("pageSize=0", "pageSize"),
        ("pageSize=5001", "pageSize"),
        ("pageSize=1.5", "pageSize"),
    ],
)
def test_odd_pages(northwind: Tenant, parameters: str, field: str) -> None:
    answer = northwind.api().get(f"/companies?{parameters}")
    assert_error(answer, 400)
    assert [error["itemId"] for error in answer.json()["validation"]["errors"]] == [field]


def test_pages(northwind: Tenant) -> None:
    for number in range(5):
        northwind.company(f"Company {number}")
    client = northwind.api()
    middle = client.get("/companies?page=2&pageSize=2&orderBy=name&query=name~company").json()
    assert [company["name"] for company in middle["results"]] == ["Company 2", "Company 3"]
    assert (middle["pageNumber"], middle["pageSize"], middle["totalResults"]) == (2, 2, 5)
    links = {name: link["href"] for name, link in middle["_links"].items()}
    assert links["self"] == "/companies"
    assert links["current"] == "/companies?page=2&pageSize=2&orderBy=name&query=name~company"
    following = client.get(links["next"]).json()
    assert [company["name"] for company in following["results"]] == ["Company 4"]
    assert "next" not in following["_links"]
    assert client.get(links["previous"]).json()["results"][0]["name"] == "Company 0"
    beyond = client.get("/companies?page=999999999&pageSize=5000").json()
    assert (beyond["results"], beyond["totalResults"]) == ([], 5)
    assert client.get("/companies").json()["pageSize"] == 100


@time_machine.travel("2026-03-01T22:00:00Z", tick=False)
def test_quota(northwind: Tenant) -> None:
    client = northwind.api()
    answer = client.get("/companies")
    assert answer.headers["X-Rate-Limit-Limit"] == "1000"
    assert answer.headers["X-Rate-Limit-Remaining"] == "999"
    assert answer.headers["X-Rate-Limit-Reset"] == "2026-03-02T00:00:00Z"
    assert client.get("/companies/x").headers["X-Rate-Limit-Remaining"] == "998"
    cache.set(f"api-requests:{northwind.operator.id}:2026-03-01", 1000)
    answer = client.post("/companies", {"name": "A"}, content_type="application/json")
    assert_error(answer, 429)
    assert answer.headers["Retry-After"] == "7200"
    assert answer.headers["X-Rate-Limit-Remaining"] == "0"
    assert answer.json()["canBeRetried"] == "True"


def test_quota_grows_with_linked_companies(northwind: Tenant, connection: Any) -> None:
    assert northwind.api().get("/companies").headers["X-Rate-Limit-Limit"] == "2000"


def test_each_day_and_operator_has_its_own_quota(northwind: Tenant, southbank: Tenant) -> None:
    with time_machine.travel("2026-03-01T23:59:00Z", tick=False):
        northwind.api().get("/companies")
        assert southbank.api().get("/companies").headers["X-Rate-Limit-Remaining"] == "999"
    with time_machine.travel("2026-03-02T00:01:00Z", tick=False):
        assert northwind.api().get("/companies").headers["X-Rate-Limit-Remaining"] == "999"


def test_the_openapi_document(db: None, tmp_path: Any) -> None:
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "openapi.yaml"))
    document = Client().get("/docs/openapi.json", headers={"Accept": "application/json"}).json()
    operations = [op for path in document["paths"].values() for op in path.values()]
    names = [op["operationId"] for op in operations]
    assert len(names) == len(set(names)) == 94 + 3 * len(DATA_TYPES)
    for op in operations:
        assert op["summary"]
        assert {"401", "429", "500"} <= op["responses"].keys()
        assert op["security"] == [{"bearer": []}, {"basic": []}]
    for path in ("/docs/", "/docs/redoc/"):
        page = Client().get(path)
        assert page.status_code == 200
        assert "https://" not in page.content.decode()


def test_api_key_create(northwind: Tenant, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("api_key_create", operator=northwind.operator.id, name="ci")
    key = capsys.readouterr().out.strip()
    assert Client(headers={"Authorization": f"Bearer {key}"}).get("/companies").status_code == 200
