"""The Redirects page: where Finish leads."""

from __future__ import annotations

import pytest
from django.test import Client

from companies.models import AuditEvent, Operator
from config.tenancy import tenant_context
from link.redirects import PARAMETERS, parameters_of
from tests.conftest import Tenant
from tests.sandbox import pending

URL = "/admin/settings/redirects/"


def saved(tenant: Tenant) -> tuple[str, list[str]]:
    with tenant_context(tenant.operator.id):
        operator = Operator.objects.get()
    return operator.redirect_url, operator.allowed_redirect_hosts


def test_is_saved_and_audited(northwind: Tenant) -> None:
    url = "https://app.example.com/done?company={companyId}"
    answer = northwind.portal().post(URL, {"redirect_url": url, "hosts": "App.example.com\n"})
    assert answer.status_code == 302
    assert saved(northwind) == (url, ["app.example.com"])
    with tenant_context(northwind.operator.id):
        assert AuditEvent.objects.filter(action="redirects.changed").exists()


@pytest.mark.parametrize(
    "url",
    [
        "http://app.example.com/",
        "https://elsewhere.example/",
        "https://{companyId}.example.com/",
        "javascript:alert(1)",
    ],
)
def test_what_finish_would_not_follow_is_refused_and_kept_in_the_form(northwind: Tenant, url: str) -> None:
    answer = northwind.portal().post(URL, {"redirect_url": url, "hosts": "app.example.com"})
    assert "Link will not go there" in answer.content.decode()
    assert saved(northwind) == ("", [])


def test_hosts_are_hosts_alone(northwind: Tenant) -> None:
    answer = northwind.portal().post(URL, {"redirect_url": "", "hosts": "https://app.example.com/"})
    assert "Write hosts alone" in answer.content.decode()


def test_can_be_emptied(northwind: Tenant) -> None:
    portal = northwind.portal()
    portal.post(URL, {"redirect_url": "https://a.example/", "hosts": "a.example"})
    portal.post(URL, {"redirect_url": "", "hosts": ""})
    assert saved(northwind) == ("", [])


def test_an_analyst_may_not(bob: Client) -> None:
    assert bob.get(URL).status_code == 403


def test_another_operators_are_left_alone(northwind: Tenant, southbank: Tenant) -> None:
    southbank.portal().post(URL, {"redirect_url": "https://s.example/", "hosts": "s.example"})
    assert saved(northwind) == ("", [])


def test_every_parameter_that_is_named_is_filled_in(northwind: Tenant) -> None:
    connection = pending(northwind)
    assert set(parameters_of(operator=northwind.operator, connection=connection)) == set(PARAMETERS)
