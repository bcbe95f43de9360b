"""Webhooks in the Portal: made, changed, disabled, tried out, sent again; by whom, and of which operator."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from standardwebhooks import Webhook

from companies.models import WebhookConsumer, WebhookDelivery
from companies.roles import Role
from config.tenancy import tenant_context
from tests.conftest import Tenant
from tests.portal.conftest import sign_in
from tests.webhooks.conftest import deliveries_of, make_consumer, reread
from tests.webhooks.receiver import Receiver

URL = "https://hooks.example.com/in"
LIST = "/admin/companies/webhookconsumer/"
GIVEN = {"url": URL, "event_types": ["company.created"]}


@pytest.fixture
def portal(northwind: Tenant) -> Client:
    return northwind.portal()


def page(consumer: WebhookConsumer, action: str = "change") -> str:
    return f"{LIST}{consumer.pk}/{action}/"


def secret_in(answer: Any) -> str:
    (found,) = re.findall(r'value="(whsec_[^"]+)"', answer.content.decode())
    return str(found)


def stored(tenant: Tenant) -> list[WebhookConsumer]:
    with tenant_context(tenant.operator.id):
        return list(WebhookConsumer.objects.order_by("created_at"))


class TestMaking:
    def test_shows_the_secret_once(self, northwind: Tenant, portal: Client) -> None:
        form = GIVEN | {"company_tags": "region:uk\r\n\r\nregion:us", "headers": "X-Key: needle:1\r\nY: 2"}
        answer = portal.post(f"{LIST}add/", form)
        (consumer,) = stored(northwind)
        assert secret_in(answer) == consumer.secret
        assert consumer.company_tags == ["region:uk", "region:us"]
        assert consumer.custom_headers == {"X-Key": "needle:1", "Y": "2"}
        for path in (LIST, page(consumer)):
            shown = portal.get(path).content.decode()
            assert URL in shown
            assert "whsec_" not in shown
            assert "needle" not in shown

    @pytest.mark.parametrize(
        "change",
        [
            {"url": "http://x.example.com"},
            {"url": ""},
            {"event_types": []},
            {"event_types": ["x"]},
            {"company_tags": "x"},
            {"headers": "Host: x"},
            {"headers": "nonsense"},
            {"headers": "A: 1\nA: 2"},
        ],
    )
    def test_odd_values_are_explained(self, northwind: Tenant, portal: Client, change: Any) -> None:
        answer = portal.post(f"{LIST}add/", GIVEN | change)
        assert 'class="tb-error"' in answer.content.decode()
        assert stored(northwind) == []

    def test_fifty_at_most(self, northwind: Tenant, portal: Client) -> None:
        for number in range(50):
            make_consumer(northwind, f"{URL}/{number}")
        assert b"There are 50 webhook consumers" in portal.post(f"{LIST}add/", GIVEN).content


class TestChanging:
    def test_keeps_headers_that_are_not_entered_anew(self, northwind: Tenant, portal: Client) -> None:
        consumer = make_consumer(northwind, URL, headers={"A": "b"})
        portal.post(page(consumer), GIVEN | {"description": "Ours"})
        changed = reread(consumer)
        assert (changed.description, changed.custom_headers) == ("Ours", {"A": "b"})
        assert changed.event_types == ["company.created"]
        portal.post(page(consumer), GIVEN | {"headers": "C: d"})
        assert reread(consumer).custom_headers == {"C": "d"}
        portal.post(page(consumer), GIVEN | {"clear_headers": "on"})
        assert reread(consumer).custom_headers == {}

    def test_disabling_and_enabling(self, northwind: Tenant, portal: Client) -> None:
        consumer = make_consumer(northwind, URL)
        portal.post(page(consumer, "switch"))
        assert reread(consumer).disabled
        assert b"It was disabled by hand." in portal.get(page(consumer)).content
        portal.post(page(consumer, "switch"))
        assert not reread(consumer).disabled

    def test_a_new_secret(self, northwind: Tenant, portal: Client) -> None:
        consumer = make_consumer(northwind, URL)
        assert b"24 hours" in portal.get(page(consumer, "secret")).content
        assert reread(consumer).secret == consumer.secret
        assert secret_in(portal.post(page(consumer, "secret"))) == reread(consumer).secret != consumer.secret

    def test_deleting(self, northwind: Tenant, portal: Client) -> None:
        consumer = make_consumer(northwind, URL)
        assert portal.get(page(consumer, "delete")).status_code == 200
        assert len(stored(northwind)) == 1
        portal.post(page(consumer, "delete"))
        assert stored(northwind) == []


class TestSending:
    def test_an_example(
        self, northwind: Tenant, portal: Client, inbox: Receiver, work: Callable[[], None]
    ) -> None:
        consumer = make_consumer(northwind, inbox.url)
        portal.post(page(consumer, "example"), {"event_type": "read.completed"})
        work()
        ((_, headers, body),) = inbox.requests
        assert Webhook(consumer.secret).verify(body, headers)["eventType"] == "read.completed"
        (delivery,) = deliveries_of(northwind)
        log = portal.get("/admin/companies/webhookdelivery/", {"consumer__id__exact": str(consumer.pk)})
        assert f"/admin/companies/webhookdelivery/{delivery.pk}/change/" in log.content.decode()
        assert portal.post(page(consumer, "example"), {"event_type": "x"}).status_code == 404

    def test_again(
        self, northwind: Tenant, portal: Client, inbox: Receiver, work: Callable[[], None]
    ) -> None:
        northwind.company()
        consumer = make_consumer(northwind, inbox.url)
        assert b"1 delivery is on the way" in portal.post(page(consumer, "missing"), follow=True).content
        work()
        (delivery,) = deliveries_of(northwind)
        shown = portal.get(reverse("admin:companies_webhookdelivery_change", args=[delivery.pk]))
        assert "Corner Bakery" in shown.content.decode()
        assert "<td>200</td>" in shown.content.decode()
        portal.post(reverse("admin:webhook-replay", args=[delivery.pk]))
        work()
        with tenant_context(northwind.operator.id):
            WebhookDelivery.objects.update(state="failed")
        assert b"1 delivery is on the way" in portal.post(page(consumer, "recover"), follow=True).content
        work()
        assert len(inbox.requests) == 3

    def test_a_disabled_one_gets_nothing(self, northwind: Tenant, portal: Client) -> None:
        consumer = make_consumer(northwind, URL)
        northwind.company()
        (delivery,) = deliveries_of(northwind)
        portal.post(page(consumer, "switch"))
        posts = [
            (page(consumer, "example"), {"event_type": "read.completed"}),
            (page(consumer, "recover"), {}),
            (page(consumer, "missing"), {}),
            (reverse("admin:webhook-replay", args=[delivery.pk]), {}),
        ]
        for path, form in posts:
            assert b"Enable it first" in portal.post(path, form, follow=True).content, path


class TestAccess:
    ACTIONS = ["change", "delete", "example", "switch", "secret", "recover", "missing"]

    @pytest.mark.parametrize("action", ACTIONS)
    def test_of_another_operator(self, northwind: Tenant, southbank: Tenant, action: str) -> None:
        consumer = make_consumer(northwind, URL)
        for method in ("get", "post"):
            answer = getattr(southbank.portal(), method)(page(consumer, action))
            assert answer.status_code == 404
        after = reread(consumer)
        assert (after.secret, after.disabled) == (consumer.secret, False)

    @pytest.mark.parametrize("action", ["example", "switch", "recover", "missing"])
    def test_buttons_do_nothing_when_they_are_only_looked_at(
        self, northwind: Tenant, portal: Client, action: str
    ) -> None:
        consumer = make_consumer(northwind, URL)
        assert portal.get(page(consumer, action)).status_code == 404
        assert not reread(consumer).disabled

    def test_a_delivery_of_another_operator(self, northwind: Tenant, southbank: Tenant) -> None:
        make_consumer(northwind, URL)
        northwind.company()
        (delivery,) = deliveries_of(northwind)
        for name in ("admin:webhook-replay", "admin:companies_webhookdelivery_change"):
            assert southbank.portal().post(reverse(name, args=[delivery.pk])).status_code == 404

    @pytest.mark.parametrize("action", ACTIONS)
    def test_needs_the_right_to_change_settings(self, northwind: Tenant, action: str) -> None:
        consumer = make_consumer(northwind, URL)
        client = sign_in(northwind, Role.ANALYST)
        assert client.post(page(consumer, action)).status_code == 403
        assert client.get(LIST).status_code == 403
        assert client.get("/admin/companies/webhookdelivery/").status_code == 403
        assert client.get(f"{LIST}add/").status_code == 403
        assert b"webhook" not in client.get("/admin/").content
