"""How many requests an account gets at once is the operator's to set, from 1 to 4 (design: Sync 6)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from companies.models import AuditEvent, Connection
from companies.roles import Role
from config.tenancy import tenant_context
from integrations.services.settings import in_flight_of
from integrations.services.switches import integration_set_in_flight, integration_switch
from integrations.sync import engine
from integrations.sync.budget import Budget
from integrations.sync.pull import StreamPull
from tests.conftest import Tenant
from tests.integrations.sync.test_engine import run
from tests.portal.conftest import sign_in

PAGE = "/admin/integrations/commerce/in-flight/rkgp/"
API = "/integrations/rkgp/settings"


def setting(tenant: Tenant, platform_key: str = "rkgp") -> int:
    with tenant_context(tenant.operator.id):
        return in_flight_of(platform_key)


def put(tenant: Tenant, body: Any, path: str = API) -> Any:
    return tenant.api().put(path, body, content_type="application/json")


class TestSync:
    @pytest.mark.parametrize("number", [None, 1, 4])
    def test_asks_for_as_many_as_the_operator_says(
        self, linked: Connection, monkeypatch: pytest.MonkeyPatch, number: int | None
    ) -> None:
        seen: list[int] = []

        def budget(host: str, *, in_flight: int) -> Budget:
            seen.append(in_flight)
            return Budget(host, in_flight=in_flight)

        def pull(*, in_flight: int, **options: Any) -> StreamPull:
            seen.append(in_flight)
            return StreamPull(in_flight=in_flight, **options)

        monkeypatch.setattr(engine, "Budget", budget)
        monkeypatch.setattr(engine, "StreamPull", pull)
        if number:
            with tenant_context(linked.operator_id):
                integration_set_in_flight(platform_key="rkgp", in_flight=number, actor="test")
        run(linked, streams=["customers"])
        assert seen == [number or 2] * 2


class TestService:
    def test_the_switch_and_the_number_leave_each_other_alone(self, northwind: Tenant) -> None:
        with tenant_context(northwind.operator.id):
            integration_set_in_flight(platform_key="rkgp", in_flight=3, actor="test")
            assert integration_switch(platform_key="xwsy", enabled=True, actor="test").in_flight == 2
            assert integration_switch(platform_key="rkgp", enabled=True, actor="test").in_flight == 3
            assert integration_set_in_flight(platform_key="rkgp", in_flight=4, actor="test").enabled

    @pytest.mark.parametrize("number", [0, 5, -1])
    def test_no_other_number_is_taken(self, northwind: Tenant, number: int) -> None:
        with tenant_context(northwind.operator.id), pytest.raises(ValueError, match="Between 1 and 4"):
            integration_set_in_flight(platform_key="rkgp", in_flight=number, actor="test")


class TestPortal:
    def test_an_administrator_sets_it_on_the_manage_page(self, northwind: Tenant) -> None:
        client = northwind.portal()
        shown = client.post(PAGE, {"in_flight": "4"}, follow=True).content.decode()
        assert '<option value="4" selected>' in shown
        assert "Each Chargify account gets 4 at once at most." in shown
        assert setting(northwind) == 4
        assert setting(northwind, "xwsy") == 2
        with tenant_context(northwind.operator.id):
            event = AuditEvent.objects.get(action="integration.requests_at_once")
        assert (event.actor, event.details) == ("alice@example.org", {"requests_at_once": 4})

    @pytest.mark.parametrize("sent", ["0", "5", "", "many"])
    def test_what_is_not_offered_changes_nothing(self, northwind: Tenant, sent: str) -> None:
        shown = northwind.portal().post(PAGE, {"in_flight": sent}, follow=True).content.decode()
        assert "Nothing was changed." in shown
        assert setting(northwind) == 2

    @pytest.mark.parametrize("role", [Role.ANALYST, Role.ADVISOR, Role.ONBOARDING])
    def test_others_see_it_and_can_not_set_it(self, northwind: Tenant, role: Role) -> None:
        client = sign_in(northwind, role)
        assert client.post(PAGE, {"in_flight": "4"}).status_code == 403
        assert setting(northwind) == 2
        shown = client.get("/admin/integrations/commerce/manage/rkgp/").content.decode()
        assert re.search(r'<select name="in_flight"[^>]* disabled', shown)

    def test_it_can_only_be_posted_and_for_an_integration_that_there_is(self, northwind: Tenant) -> None:
        client = northwind.portal()
        assert client.get(PAGE).status_code == 405
        assert client.post(PAGE.replace("rkgp", "nope"), {"in_flight": "4"}).status_code == 404


class TestApi:
    def test_it_is_read_and_set(self, northwind: Tenant, southbank: Tenant) -> None:
        assert northwind.api().get(API).json() == {"requestsAtOnce": 2, "proxyEnabled": False}
        answer = put(northwind, {"requestsAtOnce": 4})
        assert (answer.status_code, answer.json()) == (200, {"requestsAtOnce": 4, "proxyEnabled": False})
        assert northwind.api().get(API).json() == {"requestsAtOnce": 4, "proxyEnabled": False}
        assert southbank.api().get(API).json() == {"requestsAtOnce": 2, "proxyEnabled": False}

    @pytest.mark.parametrize(
        "sent", [{"requestsAtOnce": 5}, {"requestsAtOnce": 0}, {"requestsAtOnce": None}, {}]
    )
    def test_what_is_wrong_is_refused_in_words(self, northwind: Tenant, sent: Any) -> None:
        answer = put(northwind, sent)
        assert answer.status_code == 400
        assert answer.json()["validation"]["errors"][0]["itemId"] == "requestsAtOnce"
        assert setting(northwind) == 2

    def test_an_integration_that_there_is_not(self, northwind: Tenant) -> None:
        assert northwind.api().get(API.replace("rkgp", "nope")).status_code == 404
        assert put(northwind, {"requestsAtOnce": 4}, API.replace("rkgp", "nope")).status_code == 404
