"""No page of the Portal shows or takes anything of another operator's."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from companies.admin.base import TenantModelAdmin
from companies.models import Company, Connection, LinkUrl
from config.tenancy import TenantModel, tenant_context
from integrations.models import Sync
from tests.conftest import Tenant
from tests.portal.conftest import World

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
SECRET = "Needle"


@pytest.fixture
def hidden(northwind: Tenant) -> World:
    """Northwind's world, of which Southbank must see nothing."""
    return World(northwind, f"{SECRET} Bakery")


@pytest.fixture
def stranger(southbank: Tenant) -> Client:
    """A browser of Southbank's administrator."""
    World(southbank, "Hay Farm")
    return southbank.portal()


def test_only_tables_of_tenants_are_registered() -> None:
    assert MODELS
    for model, model_admin in admin.site._registry.items():
        assert issubclass(model, TenantModel), model
        assert isinstance(model_admin, TenantModelAdmin), model


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)
def test_no_page_names_anything_of_another_operator(hidden: World, stranger: Client, model: Any) -> None:
    base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    with tenant_context(hidden.tenant.operator.id):
        foreign = model.objects.first()
    pages: list[tuple[str, list[Any]]] = [(f"{base}_changelist", []), (f"{base}_add", [])]
    pages += [(f"{base}_{page}", [foreign.pk]) for page in ("change", "delete", "history")]
    for page, arguments in pages:
        for method in (stranger.get, stranger.post):
            response = method(reverse(page, args=arguments), follow=True)
            assert SECRET not in response.content.decode(), (page, method)
            assert "Northwind" not in response.content.decode(), (page, method)
    with tenant_context(hidden.tenant.operator.id):
        assert model.objects.filter(pk=foreign.pk).exists()


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)
def test_autocompletion_and_lookups_stay_within_the_operator(
    hidden: World, stranger: Client, model: Any
) -> None:
    meta = model._meta
    for field in ("connection", "company", "user", "operator"):
        query = {"app_label": meta.app_label, "model_name": meta.model_name, "field_name": field, "term": "N"}
        assert SECRET.encode() not in stranger.get("/admin/autocomplete/", query).content
    listing = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
    lookups = {
        "connection__exact": str(hidden.connection.pk),
        "company": str(hidden.company.pk),
        "operator__exact": str(hidden.tenant.operator.id),
        "q": f"{SECRET} Bakery",
    }
    for name, value in lookups.items():
        content = stranger.get(listing, {name: value}, follow=True).content.decode()
        assert "Northwind" not in content
        assert f"{SECRET} " not in content.replace(f'value="{SECRET} Bakery"', ""), name


@pytest.mark.parametrize("action", ["sync", "unlink", "delete"])
def test_connections_of_another_operator_are_not_found(hidden: World, stranger: Client, action: str) -> None:
    path = f"/admin/companies/company/{hidden.company.pk}/connections/{hidden.connection.pk}/{action}/"
    assert stranger.post(path).status_code == 404
    with tenant_context(hidden.tenant.operator.id):
        assert Connection.objects.get().status == "Linked"
        assert Sync.objects.count() == 1


@pytest.mark.parametrize("action", ["link-url/issue", "link-url/revoke", "delete", "activity"])
def test_companies_of_another_operator_are_not_found(hidden: World, stranger: Client, action: str) -> None:
    path = f"/admin/companies/company/{hidden.company.pk}/{action}/"
    assert stranger.get(path).status_code == 404
    assert stranger.post(path).status_code == 404
    with tenant_context(hidden.tenant.operator.id):
        assert Company.objects.exists()
        assert LinkUrl.objects.filter(revoked_at=None).count() == 1


def test_a_connection_is_only_found_under_its_own_company(northwind: Tenant, portal: Client) -> None:
    one, other = World(northwind, "One"), World(northwind, "Other")
    path = f"/admin/companies/company/{one.company.pk}/connections/{other.connection.pk}/delete/"
    assert portal.post(path).status_code == 404


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)
def test_drop_downs_offer_only_rows_of_the_operator(
    hidden: World, stranger: Client, rf: Any, model: Any
) -> None:
    request = rf.get("/admin/")
    model_admin = admin.site._registry[model]
    for field in model._meta.get_fields():
        if not (field.many_to_one and field.concrete):
            continue
        with tenant_context(_southbank(stranger)):
            form_field = model_admin.formfield_for_foreignkey(field, request)
            assert not [
                row for row in form_field.queryset if SECRET in str(row) or "alice" in str(row).lower()
            ]


def _southbank(client: Client) -> Any:
    return client.get("/admin/").wsgi_request.operator_id


def test_a_row_of_another_operator_is_never_permitted(hidden: World, southbank: Tenant, rf: Any) -> None:
    request = rf.get("/admin/")
    request.member, request.operator_id = southbank.member, southbank.operator.id
    model_admin = admin.site._registry[Company]
    assert model_admin.has_change_permission(request)
    assert not model_admin.has_change_permission(request, hidden.company)
