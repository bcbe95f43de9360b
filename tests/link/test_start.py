"""The first page, and the dead ends before it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from companies.models import Connection, LinkUrl
from companies.services.companies import company_delete, link_url_issue
from config.tenancy import tenant_context
from integrations.services.switches import integration_switch
from tests.conftest import Tenant
from tests.link.conftest import Customer, CustomerOf

Status = Connection.Status


def test_commerce_offers_what_is_switched_on(baker: Customer) -> None:
    page = baker.get().content.decode()
    assert "<h1>Commerce</h1>" in page
    assert "Northwind Lending" in page
    assert "Corner Bakery" in page
    assert page.count('type="radio"') == 1
    assert ">Chargify<" in page
    assert "<button>Next</button>" in page


def test_a_preview_is_called_one(baker: Customer) -> None:
    with tenant_context(baker.tenant.operator.id):
        integration_switch(platform_key="xwsy", enabled=True, actor="test")
    page = baker.get().content.decode()
    assert page.count("A preview: not everything is read yet.") == 1
    assert ">Chargebee<" in page


def test_next_leads_to_the_consent_page_of_a_new_connection(baker: Customer) -> None:
    response = baker.post(data={"choice": "rkgp"})
    (connection,) = baker.connections()
    assert connection.status == Status.PENDING
    assert response["Location"] == baker.url("consent", connection_id=connection.id)


def test_clicking_next_twice_makes_one_connection(baker: Customer) -> None:
    assert baker.begin() == baker.begin()
    assert len(baker.connections()) == 1


@pytest.mark.parametrize("choice", ["", "xwsy", "00000000-0000-0000-0000-000000000001"])
def test_a_choice_that_is_not_offered_is_asked_again(baker: Customer, choice: str) -> None:
    page = baker.post(data={"choice": choice}).content.decode()
    assert "Choose what you want to connect" in page
    assert 'role="alert"' in page
    assert not baker.connections()


@pytest.mark.parametrize("status", [Status.DEAUTHORIZED, Status.UNLINKED])
def test_a_lapsed_connection_is_connected_again_in_place(baker: Customer, status: Status) -> None:
    connection = baker.begin()
    baker.link(connection)
    baker.set_status(connection, status)
    page = baker.get().content.decode()
    assert "Chargify: Acme Projects" in page
    assert "Another Chargify site" in page
    response = baker.post(data={"choice": str(connection.id)})
    assert response["Location"] == baker.url("consent", connection_id=connection.id)
    assert len(baker.connections()) == 1


def test_a_linked_connection_is_said_and_left_alone(baker: Customer) -> None:
    linked = baker.begin()
    baker.link(linked)
    assert "Already connected to Acme Projects" in baker.get().content.decode()
    assert baker.begin() != linked
    assert [row.status for row in baker.connections()] == [Status.LINKED, Status.PENDING]


def test_a_linked_connection_cannot_be_chosen_by_its_id(baker: Customer) -> None:
    linked = baker.begin()
    baker.link(linked)
    assert baker.post(data={"choice": str(linked.id)}).status_code == 200


def test_nothing_switched_on_is_a_page_that_helps(baker: Customer) -> None:
    with tenant_context(baker.tenant.operator.id):
        integration_switch(platform_key="rkgp", enabled=False, actor="test")
    page = baker.get().content.decode()
    assert "There is nothing to connect yet" in page
    assert "Tell Northwind Lending" in page
    assert "<form" not in page
    baker.post(data={"choice": "rkgp"})
    assert not baker.connections()


@pytest.mark.parametrize("token", ["nonsense", "0" * 32 + ".forged", "a.b.c"])
def test_an_unknown_link_is_a_page_that_helps(db: None, token: str) -> None:
    response = Client().get(f"/link/{token}/")
    assert response.status_code == 404
    assert "This link doesn&#x27;t work" in response.content.decode()


def test_a_link_whose_row_is_gone_is_unknown(baker: Customer) -> None:
    with tenant_context(baker.tenant.operator.id):
        LinkUrl.objects.all().delete()
    assert baker.get().status_code == 404


def test_a_replaced_link_is_no_longer_in_use(baker: Customer) -> None:
    connection = baker.begin()
    with tenant_context(baker.tenant.operator.id):
        link_url_issue(company=baker.company, actor="test")
    response = baker.get()
    assert response.status_code == 410
    assert "ask them for a new link" in response.content.decode()
    assert baker.get("consent", connection_id=connection.id).status_code == 410


def test_the_link_of_a_deleted_company_is_no_longer_in_use(baker: Customer) -> None:
    with tenant_context(baker.tenant.operator.id):
        company_delete(company=baker.company, actor="test")
    assert baker.get().status_code == 410
    assert baker.post(data={"choice": "rkgp"}).status_code == 410


def test_a_member_of_another_operator_can_open_a_link(baker: Customer, southbank: Tenant) -> None:
    baker.client = southbank.portal()
    assert baker.get().status_code == 200
    assert baker.begin().company_id == baker.company.id


def test_the_link_of_one_operator_shows_nothing_of_another(
    baker: Customer, southbank: Tenant, customer_of: CustomerOf
) -> None:
    other = customer_of(southbank)
    baker.link(baker.begin())
    page = other.get().content.decode()
    assert "Southbank Capital" in page
    assert "Northwind" not in page
    assert "Already connected" not in page


def test_every_page_is_private(baker: Customer) -> None:
    for response in (baker.get(), Client().get("/link/nonsense/")):
        assert response["Cache-Control"] == "no-store"
        assert response["Referrer-Policy"] == "same-origin"
        assert response["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
        assert "'unsafe-" not in response["Content-Security-Policy"]
        assert response["X-Robots-Tag"] == "noindex"


def test_a_form_from_elsewhere_is_refused_with_help(baker: Customer) -> None:
    baker.client = Client(enforce_csrf_checks=True)
    response = baker.post(data={"choice": "rkgp"})
    assert response.status_code == 403
    assert "Please try again" in response.content.decode()


def test_the_first_page_asks_the_database_little(baker: Customer, django_assert_max_num_queries: Any) -> None:
    baker.link(baker.begin())
    with django_assert_max_num_queries(9):
        baker.get()
