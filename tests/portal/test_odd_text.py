"""PostgreSQL takes no NUL, so no page does."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from companies.services.operators import invitation_url
from tests.conftest import Tenant
from tests.portal.conftest import World

PAGES = [
    "/admin/companies/company/?q=%00",
    "/admin/integrations/sync/?status=%00",
    "/admin/integrations/sync/?status__exact=%00",
    "/admin/billing/customer/?source_id=%00",
    "/admin/billing/customer/?%00=x",
    "/admin/autocomplete/?term=%00&app_label=billing&model_name=invoice&field_name=connection",
    "/admin/login/?next=%00",
    "/link/x/?check=%00",
]


def assert_refused(answer: Any) -> None:
    assert answer.status_code == 400
    assert "<h1>This can't be read</h1>" in answer.content.decode()


@pytest.mark.parametrize("url", PAGES)
def test_in_an_address(world: World, url: str) -> None:
    assert_refused(world.tenant.portal().get(url))


def test_in_a_form(world: World) -> None:
    browser = world.tenant.portal()
    company = f"/admin/companies/company/{world.company.pk}/change/"
    assert_refused(browser.post(company, {"name": "Bakery", "description": "a\0b"}))
    assert_refused(browser.post("/admin/companies/apikey/add/", {"name": "a\0b"}))
    form = "name=a%00b"
    kind = "application/x-www-form-urlencoded"
    assert_refused(browser.post("/admin/companies/apikey/add/", form, content_type=kind))
    assert_refused(Client().post("/admin/login/", {"username": "a\0", "password": "b"}))


def test_in_the_form_of_an_invitation(db: None) -> None:
    assert_refused(Client().post(invitation_url(email="zoe@example.org"), {"user_name": "Z\0e"}))


def test_in_a_cookie(northwind: Tenant) -> None:
    cookie = {"HTTP_COOKIE": r'sessionid="abcdefgh\000"'}
    assert_refused(Client().get("/admin/", **cookie))  # type: ignore[arg-type]
    answer = Client().get("/companies", **cookie)  # type: ignore[arg-type]
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/json")


def test_in_a_path_there_is_just_nothing(world: World) -> None:
    browser = world.tenant.portal()
    for path in (
        "/admin/companies/company/%00/change/",
        "/admin/billing/customer/%00/change/",
        "/admin/commerce/%00/",
        "/link/%00/",
        "/sign-up/%00/",
    ):
        assert browser.get(path).status_code in {302, 404, 410}, path


@pytest.mark.parametrize("text", ["%ED%A0%80", "%FF", "\u202e"])
def test_other_odd_text_is_only_text(world: World, text: str) -> None:
    assert world.tenant.portal().get(f"/admin/companies/company/?q={text}").status_code == 200


def test_the_body_of_an_api_request_is_left_alone(northwind: Tenant) -> None:
    kind = "application/x-www-form-urlencoded"
    answer = northwind.api().post("/companies", '{"name": "A"}', content_type=kind)
    assert answer.status_code == 200
