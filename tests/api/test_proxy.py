"""The proxy: the vendor's own answer, of listed paths, switched on first, on record, while clients wait."""

from __future__ import annotations

import time
from typing import Any

import pytest

from companies.models import AuditEvent, Connection
from companies.roles import Role
from config.tenancy import tenant_context
from integrations.catalogue import catalogue
from integrations.connectors.chargify.looks import LOOKS
from integrations.connectors.chargify.streams import STREAMS
from integrations.models import VendorRequest
from integrations.services.proxy import EndpointNotListed, read_endpoint
from integrations.services.switches import integration_switch_proxy
from integrations.sync.budget import Budget
from tests.api.conftest import path_of, tables_read
from tests.conftest import Tenant
from tests.house.test_docs import blocks, section
from tests.portal.conftest import sign_in
from tests.sandbox import linked, pending, simulator

__all__ = ["linked", "simulator"]
SETTINGS = "/integrations/rkgp/settings"
PAGE = "/admin/integrations/commerce/proxy/rkgp/"


def look(tenant: Tenant, connection: Connection, endpoint: str | None) -> Any:
    query = {} if endpoint is None else {"endpoint": endpoint}
    return tenant.api().get(path_of(connection, "/data/proxy"), query)


@pytest.fixture
def on(linked: Connection) -> Connection:
    """A linked connection whose integration's proxy is on."""
    with tenant_context(linked.operator_id):
        integration_switch_proxy(platform_key="rkgp", enabled=True, actor="test")
    return linked


@pytest.fixture
def acme(simulator: Any) -> Any:
    return simulator.site("us", "acme")


class TestLook:
    def test_status_and_body_are_the_vendor_s(self, northwind: Tenant, on: Connection) -> None:
        first, second = (look(northwind, on, f"customers.json?page={page}&per_page=2") for page in (1, 2))
        assert (first.status_code, first["Content-Type"]) == (200, "application/json; charset=utf-8")
        ids = [entry["customer"]["id"] for answer in (first, second) for entry in answer.json()]
        assert len(set(ids)) == 4

    def test_a_single_one_too(self, northwind: Tenant, on: Connection) -> None:
        (entry,) = look(northwind, on, "/customers.json?per_page=1").json()
        found = look(northwind, on, f"customers/{entry['customer']['id']}.json").json()
        assert found["customer"]["id"] == entry["customer"]["id"]

    def test_so_is_what_the_vendor_refuses(self, northwind: Tenant, on: Connection) -> None:
        answer = look(northwind, on, "customers/999999999.json")
        assert answer.status_code == 404
        assert "statusCode" not in answer.content.decode()

    def test_tokens_are_taken_out(self, northwind: Tenant, on: Connection) -> None:
        entries = look(northwind, on, "payment_profiles.json").json()
        profiles = [entry["payment_profile"] for entry in entries]
        assert profiles
        assert {profile.get("vault_token") for profile in profiles} == {None}

    def test_it_is_on_record(self, northwind: Tenant, on: Connection) -> None:
        look(northwind, on, "customers.json?q=somebody%40example.org")
        with tenant_context(on.operator_id):
            event = AuditEvent.objects.get(action="proxy.looked")
            request = VendorRequest.objects.order_by("-at").first()
        assert (event.actor, event.subject) == ("API key test", str(on.pk))
        assert event.details == {"path": "/customers.json"}
        assert request is not None
        assert (request.path, request.status, request.sync) == ("/customers.json", 200, None)

    def test_it_costs_the_same_queries_whatever_comes(self, northwind: Tenant, on: Connection) -> None:
        path = path_of(on, "/data/proxy?endpoint=customers.json%3Fper_page%3D")
        few, many = (tables_read(northwind.api(), f"{path}{size}") for size in (1, 50))
        # Company with Link URLs, connections and errors, the connection with the same; settings, key, log.
        assert few == many <= 11


class TestRefusals:
    def test_it_is_off_until_it_is_switched_on(self, northwind: Tenant, linked: Connection) -> None:
        answer = look(northwind, linked, "customers.json")
        assert answer.status_code == 403
        assert "switched off for Chargify" in answer.json()["error"]

    @pytest.mark.parametrize(
        "endpoint",
        [
            None,
            "",
            "webhooks.json",
            "portal/customers/1/management_link.json",
            "one_time_tokens/abc.json",
            "customers.json/../webhooks.json",
            "customers/../webhooks.json",
            "customers/%2e%2e/webhooks.json",
            "https://evil.example/customers.json",
            "//evil.example/customers.json",
            "/@evil.example/customers.json",
            "customers.json#x",
            "customers.json\0",
            "customers.json\r\nHost: evil.example",
            "customers.json?q=" + "x" * 2048,
        ],
    )
    def test_of_listed_paths_alone(self, northwind: Tenant, on: Connection, endpoint: str | None) -> None:
        answer = look(northwind, on, endpoint)
        assert answer.status_code == 400
        assert answer.json()["validation"]["errors"][0]["itemId"] == "endpoint"
        with tenant_context(on.operator_id):
            assert not AuditEvent.objects.filter(action="proxy.looked").exists()

    def test_of_a_connection_that_is_not_linked(self, northwind: Tenant, on: Connection) -> None:
        other = pending(northwind, name="Harbour Cafe")
        answer = look(northwind, other, "customers.json")
        assert (answer.status_code, "PendingAuth" in answer.json()["error"]) == (409, True)

    def test_of_another_operator_s(self, southbank: Tenant, on: Connection) -> None:
        assert look(southbank, on, "customers.json").status_code == 404

    @pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
    def test_of_anything_but_a_get(self, northwind: Tenant, on: Connection, method: str) -> None:
        path = path_of(on, "/data/proxy?endpoint=customers.json")
        assert getattr(northwind.api(), method)(path).status_code == 405

    def test_of_a_site_that_wants_a_rest(self, northwind: Tenant, on: Connection, acme: Any) -> None:
        acme.set_weather("rate_limited", requests=1)
        first, second = (look(northwind, on, "customers.json") for _ in range(2))
        assert [first.status_code, second.status_code] == [429, 429]
        assert int(first["Retry-After"]) > 0
        with tenant_context(on.operator_id):
            answered = VendorRequest.objects.filter(path="/customers.json", status=429)
            assert answered.count() == 1, "a paused site is left alone"

    def test_of_a_site_whose_places_are_taken(self, northwind: Tenant, on: Connection) -> None:
        with Budget(on.account_host, in_flight=2).place(), Budget(on.account_host, in_flight=2).place():
            answer = look(northwind, on, "customers.json")
        assert answer.status_code == 429

    def test_a_site_that_does_not_answer(self, northwind: Tenant, on: Connection, acme: Any) -> None:
        acme.spec.latency_ms = 10_000
        started = time.monotonic()
        answer = look(northwind, on, "customers.json")
        assert answer.status_code == 503
        assert time.monotonic() - started < 4.5


class TestListedPaths:
    @pytest.mark.parametrize("key", sorted(catalogue()))
    def test_every_one_is_read_as_it_is_written(self, key: str) -> None:
        listed = catalogue()[key].looks
        for path in listed:
            asked = path.replace("{id}", "abc-1_2")
            assert read_endpoint(f"{asked[1:]}?a=1&a=", listed) == (asked, [("a", "1"), ("a", "")])

    def test_what_opens_or_changes_something_is_not_among_them(self) -> None:
        forbidden = (
            "management_link",
            "token",
            "webhook",
            "endpoint",
            "seller",
            "js_key",
            "api_export",
            "notes",
        )
        found = [path for path in LOOKS for word in forbidden if word in path]
        assert found == ["/credit_notes.json", "/credit_notes/{id}.json"]

    def test_the_documentation_names_them(self) -> None:
        (named,) = blocks(section("docs/api.md", "The proxy"), "text")
        read = {stream.path for stream in STREAMS} | {stream.total.path for stream in STREAMS if stream.total}
        assert {f"/{line}" for line in named.splitlines()} == set(LOOKS) - read

    def test_an_id_is_one_segment(self) -> None:
        with pytest.raises(EndpointNotListed):
            read_endpoint("customers/1/subscriptions/2.json", LOOKS)


class TestSwitch:
    def test_by_api(self, northwind: Tenant) -> None:
        client = northwind.api()
        assert client.get(SETTINGS).json() == {"requestsAtOnce": 2, "proxyEnabled": False}
        body = {"requestsAtOnce": 3, "proxyEnabled": True}
        assert client.put(SETTINGS, body, content_type="application/json").json() == body
        kept = client.put(SETTINGS, {"requestsAtOnce": 4}, content_type="application/json").json()
        assert kept == {"requestsAtOnce": 4, "proxyEnabled": True}
        with tenant_context(northwind.operator.id):
            assert AuditEvent.objects.filter(action="integration.proxy_enabled").count() == 1

    def test_in_the_portal(self, northwind: Tenant) -> None:
        client = northwind.portal()
        shown = client.post(PAGE, {"enabled": "true"}, follow=True).content.decode()
        assert "The proxy to Chargify is on." in shown
        assert northwind.api().get(SETTINGS).json()["proxyEnabled"]
        client.post(PAGE, {"enabled": "false"})
        assert not northwind.api().get(SETTINGS).json()["proxyEnabled"]

    @pytest.mark.parametrize("role", [Role.ONBOARDING, Role.ADVISOR, Role.ANALYST])
    def test_others_can_not(self, northwind: Tenant, role: Role) -> None:
        assert sign_in(northwind, role).post(PAGE, {"enabled": "true"}).status_code == 403
        assert not northwind.api().get(SETTINGS).json()["proxyEnabled"]

    def test_of_an_integration_that_there_is_not(self, northwind: Tenant) -> None:
        assert northwind.portal().post(PAGE.replace("rkgp", "none")).status_code == 404
        assert northwind.portal().get(PAGE).status_code == 405
