"""Every page opens, says what it is for, and costs a fixed number of queries."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from companies.models import Connection
from companies.roles import Role
from companies.services.companies import company_create
from config.tenancy import tenant_context
from tests.conftest import Tenant
from tests.portal.conftest import World, make_connection, make_records, make_sync, make_webhook, sign_in

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
RECORDS = [model for model in MODELS if model._meta.app_label == "billing"]


def url(model: Any, page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def name(model: Any) -> str:
    return model._meta.model_name


@pytest.mark.parametrize("model", MODELS, ids=name)
def test_every_list_opens_and_says_what_it_is_for(world: World, portal: Client, model: Any) -> None:
    response = portal.get(url(model, "changelist"))
    assert response.status_code == 200
    assert admin.site._registry[model].purpose
    assert admin.site._registry[model].purpose in response.content.decode().replace("&#x27;", "'")


@pytest.mark.parametrize("model", MODELS, ids=name)
def test_every_list_says_what_to_do_while_it_is_empty(southbank: Tenant, model: Any) -> None:
    if model._meta.model_name in {"member", "apikey", "auditevent"}:
        pytest.skip("never empty: whoever looks is a member")
    content = southbank.portal().get(url(model, "changelist")).content.decode()
    assert admin.site._registry[model].empty_title in content


@pytest.mark.parametrize("model", MODELS, ids=name)
def test_a_search_that_finds_nothing_says_so(world: World, portal: Client, model: Any) -> None:
    if not admin.site._registry[model].search_fields:
        pytest.skip("nothing to search by")
    assert b"Nothing matches" in portal.get(url(model, "changelist"), {"q": "no such thing"}).content


def grow(world: World) -> None:
    """Add five more of everything."""
    with tenant_context(world.tenant.operator.id):
        for number in range(5):
            other = company_create(name=f"Company {number}", actor="test")
            for company in (world.company, other):
                extra = make_connection(company, is_test=True)
                make_sync(extra)
                make_records(extra)
            make_webhook(other)


def queries_of(client: Client, path: str) -> int:
    client.get(path)  # warms caches that live longer than a request
    with CaptureQueriesContext(database) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


@pytest.mark.parametrize("model", MODELS, ids=name)
def test_lists_cost_the_same_queries_however_long(world: World, portal: Client, model: Any) -> None:
    before = queries_of(portal, url(model, "changelist"))
    grow(world)
    assert queries_of(portal, url(model, "changelist")) == before
    assert before <= 18


def test_the_company_page_costs_the_same_queries_however_many_connections(
    world: World, portal: Client
) -> None:
    path = url(type(world.company), "change", world.company.pk)
    before = queries_of(portal, path)
    grow(world)
    assert queries_of(portal, path) == before
    assert before <= 23


def test_the_dashboard_costs_the_same_queries_however_much_there_is(world: World, portal: Client) -> None:
    before = queries_of(portal, "/admin/")
    grow(world)
    assert queries_of(portal, "/admin/") == before
    assert before <= 22


@pytest.mark.parametrize("model", RECORDS, ids=name)
def test_every_record_has_a_page_with_its_raw_body(world: World, portal: Client, model: Any) -> None:
    record = world.records[model._meta.model_name]
    response = portal.get(url(model, "change", record.pk))
    content = response.content.decode()
    assert response.status_code == 200
    assert f"&quot;id&quot;: &quot;{record.source_id}&quot;" in content
    assert "Corner Bakery" in content


@pytest.mark.parametrize("model", RECORDS, ids=name)
def test_records_of_a_test_site_are_marked_in_list_and_page(world: World, portal: Client, model: Any) -> None:
    with tenant_context(world.tenant.operator.id):
        Connection.objects.filter(pk=world.connection.pk).update(is_test=True)
    record = world.records[model._meta.model_name]
    assert (
        '<span class="tb-pill is-test">Test site</span>'
        in portal.get(url(model, "changelist")).content.decode()
    )
    assert "from a test site" in portal.get(url(model, "change", record.pk)).content.decode()


def test_an_invoice_shows_money_links_and_what_stands_on_it(world: World, portal: Client) -> None:
    invoice = world.records["invoice"]
    content = portal.get(url(type(invoice), "change", invoice.pk)).content.decode()
    assert "12.50 USD" in content
    for kind in ("customer", "subscription", "invoiceline", "discount", "tax", "payment", "refund"):
        record = world.records[kind]
        assert url(type(record), "change", record.pk) in content, kind


def test_a_subscription_links_to_customer_product_and_invoices(world: World, portal: Client) -> None:
    subscription = world.records["subscription"]
    content = portal.get(url(type(subscription), "change", subscription.pk)).content.decode()
    for kind in ("customer", "product", "invoice"):
        record = world.records[kind]
        assert url(type(record), "change", record.pk) in content, kind


def test_a_price_point_shows_its_tiers_exactly(world: World, portal: Client) -> None:
    point = world.records["componentpricepoint"]
    content = portal.get(url(type(point), "change", point.pk)).content.decode()
    assert "unit price 0.00000001 · starting quantity 1" in content
    component = world.records["component"]
    assert url(type(component), "change", component.pk) in content


def test_a_credit_note_shows_its_lines(world: World, portal: Client) -> None:
    note, line = world.records["creditnote"], world.records["creditnoteline"]
    content = portal.get(url(type(note), "change", note.pk)).content.decode()
    assert url(type(line), "change", line.pk) in content
    with tenant_context(world.tenant.operator.id):
        line.body_chunk = None
        line.save()
    content = portal.get(url(type(line), "change", line.pk)).content.decode()
    assert f"&quot;id&quot;: &quot;{note.source_id}&quot;" in content


def test_deleted_records_are_marked_and_filtered(world: World, portal: Client) -> None:
    customer = world.records["customer"]
    with tenant_context(world.tenant.operator.id):
        type(customer).objects.filter(pk=customer.pk).update(deleted_at=customer.changed_at)
    listing = url(type(customer), "changelist")
    assert "is-gone" in portal.get(listing).content.decode()
    assert b"Nothing matches" in portal.get(listing, {"deleted": "no"}).content
    assert "deleted this record" in portal.get(url(type(customer), "change", customer.pk)).content.decode()


@pytest.mark.parametrize("term", ["corner bak", "CORNER", "{id}"])
def test_companies_are_found_by_id_and_first_letters(world: World, portal: Client, term: str) -> None:
    found = portal.get("/admin/companies/company/", {"q": term.format(id=world.company.id)}).content
    assert str(world.company.id).encode() in found


def test_records_are_filtered_by_company_state_and_test_site(world: World, portal: Client) -> None:
    listing = "/admin/billing/subscription/"
    for query in ({"company": str(world.company.id)}, {"state": "active"}, {"test": "no"}):
        assert b"Corner Bakery plan" in portal.get(listing, query).content, query
    for query in ({"company": "nonsense"}, {"state": "canceled"}, {"test": "yes"}):
        assert b"Nothing matches" in portal.get(listing, query).content, query


@pytest.mark.parametrize("model", RECORDS, ids=name)
def test_records_need_the_right_to_view_data(northwind: Tenant, world: World, model: Any) -> None:
    client = sign_in(northwind, Role.ONBOARDING)
    record = world.records[model._meta.model_name]
    for path in (url(model, "changelist"), url(model, "change", record.pk)):
        response = client.get(path)
        assert response.status_code == 403
        assert b"Your role" in response.content
    assert b"/admin/billing/" not in client.get("/admin/").content


@pytest.mark.parametrize("model", RECORDS, ids=name)
def test_records_are_never_changed_here(world: World, portal: Client, model: Any) -> None:
    record = world.records[model._meta.model_name]
    assert portal.get(url(model, "add")).status_code == 403
    assert portal.get(url(model, "delete", record.pk)).status_code == 403
    portal.post(url(model, "change", record.pk), {"source_id": "tampered"})
    with tenant_context(world.tenant.operator.id):
        assert type(record).objects.get(pk=record.pk).source_id == record.source_id


HOSTILE = (
    "<script>alert(1)</script>\"'><img src=x onerror=alert(1)> {{7*7}} =HYPERLINK(1) \u202egnp.exe "
    + "x" * 100
)


def test_hostile_names_are_only_text(northwind: Tenant) -> None:
    world = World(northwind)
    with tenant_context(northwind.operator.id):
        records = make_records(world.connection, HOSTILE)
        Connection.objects.filter(pk=world.connection.pk).update(account_name=HOSTILE[:200])
    client = northwind.portal()
    pages = [
        url(type(record), page, *args)
        for record in records.values()
        for page, args in (("changelist", ()), ("change", (record.pk,)))
    ]
    for path in [*pages, "/admin/", url(type(world.company), "change", world.company.pk)]:
        content = client.get(path).content.decode()
        assert "<script>alert" not in content, path
        assert "<img src=x" not in content, path


def test_no_attribute_that_the_theme_evaluates_holds_data(northwind: Tenant) -> None:
    world = World(northwind, "Needle Bakery")
    client = northwind.portal()
    paths = [url(model, "changelist") for model in MODELS]
    paths += [url(type(record), "change", record.pk) for record in world.records.values()]
    paths += ["/admin/", url(type(world.company), "change", world.company.pk)]
    for path in paths:
        content = client.get(path).content.decode()
        for attribute in re.findall(r'\s(?:x-|@|:)[\w:.-]+="[^"]*"', content):
            assert "Needle" not in attribute, (path, attribute)
        assert not re.search(r"<script(?![^>]*(?:src=|application/json))", content), path


def test_the_sync_page_shows_progress_by_stream(world: World, portal: Client) -> None:
    content = portal.get(url(type(world.sync), "change", world.sync.pk)).content.decode()
    assert "3 of 12" in content
    assert "2 (1 page)" in content


def test_the_sync_page_says_what_the_account_does_not_have(world: World, portal: Client) -> None:
    with tenant_context(world.tenant.operator.id):
        world.sync.operations.filter(stream="invoices").update(status="Complete", is_offered=False)
    content = portal.get(url(type(world.sync), "change", world.sync.pk)).content.decode()
    assert '<span class="tb-pill">Not offered</span>' in content
    assert "There was nothing to read." in content


def test_a_statement_shows_its_transactions(world: World, portal: Client) -> None:
    statement = world.records["statement"]
    content = portal.get(url(type(statement), "change", statement.pk)).content.decode()
    assert "Corner Bakery plan" in content
    assert url(type(world.records["transaction"]), "change", world.records["transaction"].pk) in content


def test_wrong_addresses_lead_somewhere(world: World, portal: Client) -> None:
    assert portal.get("/admin/companies/company/nonsense/change/").status_code == 302
    assert portal.get("/admin/billing/customer/999999/change/").status_code == 302
    assert portal.get("/admin/billing/").headers["Location"] == "/admin/"
    assert portal.get("/admin/integrations/commerce/manage/nope/").status_code == 404
