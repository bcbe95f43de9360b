"""What an API key may do: for every view of the API, asked for in one place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from companies.api.scopes import HasScope, scope_needed
from companies.models import ApiKey, Scope
from companies.services.api_keys import api_key_create
from config.api.views import ApiView
from config.tenancy import tenant_context
from tests.conftest import Tenant

JSON = "application/json"
UNKNOWN = "7f0c2a3e-7d41-4b86-9a4e-0c6f1d2b8e70"

# What every method of a URL that begins so needs, where that isn't `read` for reading and `write` for the rest.
OTHERWISE = {
    "apiKeys": Scope.ADMIN,
    "audit": Scope.ADMIN,
    "connectionManagement": Scope.ADMIN,
    "corsSettings": Scope.ADMIN,
    "integrations/<str:platformKey>/dataTypes": Scope.ADMIN,
    "integrations/<str:platformKey>/settings": Scope.ADMIN,
    "profile": Scope.ADMIN,
    "webhooks": Scope.ADMIN,
    "companies/<str:companyId>/accessToken": Scope.WRITE,
    "companies/<str:companyId>/connectionManagement": Scope.WRITE,
    "companies/<str:companyId>/connections/<str:connectionId>/data/proxy": Scope.PROXY,
}
METHODS = ("get", "post", "put", "patch", "delete")


def routes(patterns: list[Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Return every route of the program with its view."""
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route, pattern.callback


def api_routes() -> dict[str, type[ApiView]]:
    """Return the routes of the API: all whose view belongs to REST framework, save those that serve documents."""
    found = {route: getattr(view, "cls", None) for route, view in routes(get_resolver().url_patterns)}
    return {route: cls for route, cls in found.items() if cls and not route.startswith("docs/")}


def expected(route: str, method: str) -> str:
    for prefix, scope in OTHERWISE.items():
        if route == prefix or route.startswith(f"{prefix}/"):
            return scope
    return Scope.READ if method == "get" else Scope.WRITE


OPERATIONS = [
    (route, method)
    for route, view in sorted(api_routes().items())
    for method in METHODS
    if hasattr(view, method)
]


def test_the_walk_finds_the_api() -> None:
    assert len(OPERATIONS) > 100
    assert ("companies/<str:companyId>", "patch") in OPERATIONS


@pytest.mark.parametrize("route", sorted(api_routes()))
def test_every_view_declares_its_scope_and_asks_for_it(route: str) -> None:
    view = api_routes()[route]
    assert issubclass(view, ApiView)
    assert hasattr(view, "scope"), f"{view.__name__} declares no scope"
    assert HasScope in view.permission_classes


@pytest.mark.parametrize(("route", "method"), OPERATIONS)
def test_the_scope_is_the_one_that_is_meant(route: str, method: str) -> None:
    assert scope_needed(api_routes()[route], method.upper()) == expected(route, method)


def client_with(tenant: Tenant, *scopes: str) -> Client:
    """Return a client whose key has some scopes."""
    with tenant_context(tenant.operator.id):
        _, key = api_key_create(name="some", actor="test", scopes=scopes)
    return Client(headers={"Authorization": f"Bearer {key}"})


def path_of(route: str) -> str:
    """Return a URL of a route, of things that don't exist."""
    parts = [UNKNOWN if part.startswith("<") else part for part in route.split("/")]
    return "/" + "/".join(parts)


def test_a_key_without_the_scope_is_told_which_one_it_lacks(northwind: Tenant) -> None:
    without = {
        scope: client_with(northwind, *[other for other in Scope.values if other != scope])
        for scope in Scope.values
    }
    for route, method in OPERATIONS:
        scope = expected(route, method)
        answer = getattr(without[scope], method)(path_of(route), content_type=JSON)
        assert answer.status_code == 403, (route, method)
        assert answer.json()["error"] == f"This API key lacks the scope `{scope}`."
        assert answer.json()["canBeRetried"] == "False"


def test_a_key_with_the_scope_alone_gets_further(northwind: Tenant) -> None:
    having = {scope: client_with(northwind, scope) for scope in Scope.values}
    for route, method in OPERATIONS:
        answer = getattr(having[expected(route, method)], method)(path_of(route), content_type=JSON)
        refused = answer.status_code == 403 and "lacks the scope" in answer.json()["error"]
        assert not refused, (route, method)


def test_keys_from_before_there_were_scopes_do_everything(northwind: Tenant) -> None:
    with tenant_context(northwind.operator.id):
        assert ApiKey.objects.get().scopes == ["read", "write", "admin", "proxy"]
