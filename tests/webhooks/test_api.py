"""The API of webhooks: consumers as the reference has them, and what is ours."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection as database
from django.test import Client
from standardwebhooks import Webhook

from companies.models import AuditEvent, WebhookConsumer, WebhookDelivery
from companies.webhooks.event_types import EventType
from config.tenancy import tenant_context
from tests.api.conftest import tables_read
from tests.api.reference import assert_schema
from tests.api.test_frame import assert_error
from tests.conftest import Tenant
from tests.webhooks.conftest import NOW, deliveries_of, later, make_consumer, reread
from tests.webhooks.receiver import Receiver, status

URL = "https://hooks.example.com/in"
GIVEN = {"url": URL, "eventTypes": ["read.completed"]}
Work = Callable[[], None]


def post(client: Client, path: str, body: Any = None, **extra: Any) -> Any:
    return client.post(path, body or {}, content_type="application/json", **extra)


def patch(client: Client, path: str, body: Any) -> Any:
    return client.patch(path, body, content_type="application/json")


@pytest.fixture
def api(northwind: Tenant) -> Client:
    return northwind.api()


class TestConsumers:
    def test_creating_shows_the_secret_once(self, api: Client) -> None:
        answer = post(
            api, "/webhooks", GIVEN | {"companyTags": ["region:uk"], "headers": {"X-Key": "needle"}}
        )
        assert answer.status_code == 201
        made = answer.json()
        assert_schema(made, "Platform", "WebhookConsumer")
        assert (made["url"], made["eventTypes"], made["disabled"]) == (URL, ["read.completed"], False)
        assert (made["companyTags"], made["headerNames"]) == (["region:uk"], ["X-Key"])
        assert made["secret"].startswith("whsec_")
        Webhook(made["secret"])
        listed = api.get("/webhooks").json()
        assert list(listed) == ["results"]
        (shown,) = listed["results"]
        assert_schema(shown, "Platform", "WebhookConsumer")
        assert shown["id"] == made["id"]
        assert "secret" not in shown
        assert "needle" not in str(listed)

    def test_nulls_and_disabled(self, api: Client) -> None:
        nulls = {"disabled": None, "companyTags": None, "description": None, "headers": None}
        assert post(api, "/webhooks", GIVEN | nulls).json()["disabled"] is False
        assert post(api, "/webhooks", GIVEN | {"disabled": True}).json()["disabled"] is True

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"url": None}, "url"),
            ({"url": "http://hooks.example.com"}, "url"),
            ({"url": "https://10.0.0.1/"}, "url"),
            ({"url": "https://hooks.example.com/" + "x" * 2000}, "url"),
            ({"url": ["x"]}, "url"),
            ({"url": "https://hooks.example.com/\0"}, "url"),
            ({"eventTypes": []}, "eventTypes"),
            ({"eventTypes": ["company.creatde"]}, "eventTypes"),
            ({"eventTypes": "company.created"}, "eventTypes"),
            ({"eventTypes": None}, "eventTypes"),
            ({"companyTags": ["region"]}, "companyTags"),
            ({"companyTags": [":uk"]}, "companyTags"),
            ({"companyTags": ["a:" + "b" * 127]}, "companyTags"),
            ({"companyTags": [f"a:{n}" for n in range(11)]}, "companyTags"),
            ({"description": "x" * 201}, "description"),
            ({"headers": {"Host": "x"}}, "headers"),
            ({"headers": {"webhook-id": "x"}}, "headers"),
            ({"headers": {"X y": "x"}}, "headers"),
            ({"headers": {"X": "a\r\nb"}}, "headers"),
            ({"headers": {"X": "é"}}, "headers"),
            ({"headers": {"X": "1", "x": "2"}}, "headers"),
            ({"headers": {f"X-{n}": "1" for n in range(11)}}, "headers"),
            ({"headers": ["x"]}, "headers"),
            ({"disabled": "maybe"}, "disabled"),
        ],
    )
    def test_odd_values_are_refused_by_name(self, api: Client, change: Any, field: str) -> None:
        answer = post(api, "/webhooks", GIVEN | change)
        assert_error(answer, 400)
        named = {error["itemId"].split(".")[0] for error in answer.json()["validation"]["errors"]}
        assert named == {field}
        assert api.get("/webhooks").json() == {"results": []}

    @pytest.mark.parametrize("body", [[], "x", 5, [[]]])
    def test_odd_bodies_are_refused(self, api: Client, body: Any) -> None:
        answer = api.post("/webhooks", json.dumps(body), content_type="application/json")
        assert_error(answer, 400)

    def test_fifty_at_most(self, northwind: Tenant, api: Client) -> None:
        for number in range(50):
            make_consumer(northwind, f"{URL}/{number}")
        answer = post(api, "/webhooks", GIVEN)
        assert_error(answer, 400)
        assert "50" in answer.json()["error"]

    def test_deleting(self, northwind: Tenant, api: Client) -> None:
        made = post(api, "/webhooks", GIVEN).json()
        answer = api.delete(f"/webhooks/{made['id']}")
        assert (answer.status_code, answer.content) == (204, b"")
        assert api.get("/webhooks").json() == {"results": []}
        with tenant_context(northwind.operator.id):
            assert AuditEvent.objects.filter(action="webhook.deleted", subject=made["id"]).exists()

    def test_changing(self, api: Client) -> None:
        path = f"/webhooks/{post(api, '/webhooks', GIVEN | {'headers': {'A': 'b'}}).json()['id']}"
        changed = patch(api, path, {"url": f"{URL}/2", "description": "Ours", "headers": None})
        assert changed.status_code == 200
        assert changed.json()["url"] == f"{URL}/2"
        assert changed.json()["eventTypes"] == ["read.completed"]
        assert changed.json()["headerNames"] == ["A"]
        assert "secret" not in changed.json()
        assert patch(api, path, {"headers": {}}).json()["headerNames"] == []
        disabled = patch(api, path, {"disabled": True}).json()
        assert (disabled["disabled"], disabled["disabledReason"]) == (True, "It was disabled by hand.")
        enabled = patch(api, path, {"disabled": False}).json()
        assert (enabled["disabled"], enabled["disabledReason"]) == (False, "")
        assert_error(patch(api, path, {"eventTypes": ["x"]}), 400)

    def test_the_list_costs_one_query(self, northwind: Tenant, api: Client) -> None:
        make_consumer(northwind, URL)
        before = tables_read(api, "/webhooks")
        for number in range(5):
            make_consumer(northwind, f"{URL}/{number}")
        assert tables_read(api, "/webhooks") == before == 1

    def test_the_audit_trail_holds_no_secret(self, northwind: Tenant, api: Client) -> None:
        made = post(api, "/webhooks", GIVEN | {"url": f"{URL}?key=needle", "headers": {"X": "needle"}}).json()
        post(api, f"/webhooks/{made['id']}/secret")
        with tenant_context(northwind.operator.id):
            noted = [str(vars(event)) for event in AuditEvent.objects.all()]
        assert not any("needle" in text or "whsec_" in text for text in noted)


OTHERS = [
    ("patch", ""),
    ("delete", ""),
    ("post", "/test"),
    ("post", "/secret"),
    ("get", "/deliveries"),
    ("post", "/recover"),
    ("post", "/replayMissing"),
    ("post", "/deliveries/{delivery}/replay"),
]


class TestAccess:
    @pytest.mark.parametrize(("method", "path"), OTHERS)
    def test_another_operators_are_not_found(
        self, northwind: Tenant, southbank: Tenant, method: str, path: str
    ) -> None:
        consumer = make_consumer(northwind, URL)
        northwind.company()
        (delivery,) = deliveries_of(northwind)
        url = f"/webhooks/{consumer.pk}{path.format(delivery=delivery.pk)}"
        assert_error(southbank.api().generic(method.upper(), url), 404)
        assert_error(Client().generic(method.upper(), url), 401)
        assert southbank.api().get("/webhooks").json() == {"results": []}
        assert reread(consumer).secret == consumer.secret

    @pytest.mark.parametrize("asked", ["nonsense", "00000000-0000-0000-0000-000000000000"])
    def test_unknown_ids(self, northwind: Tenant, api: Client, asked: str) -> None:
        consumer = make_consumer(northwind, URL)
        assert_error(api.delete(f"/webhooks/{asked}"), 404)
        assert_error(post(api, f"/webhooks/{consumer.pk}/deliveries/{asked}/replay"), 404)

    def test_no_key(self, northwind: Tenant) -> None:
        for method in ("get", "post"):
            assert_error(getattr(Client(), method)("/webhooks"), 401)


class TestSecret:
    def test_rotation_shows_the_new_one(self, api: Client) -> None:
        made = post(api, "/webhooks", GIVEN).json()
        answer = post(api, f"/webhooks/{made['id']}/secret")
        assert answer.status_code == 200
        assert answer.json()["secret"] != made["secret"]
        assert answer.json()["previousSecretUntil"]

    def test_an_answer_that_is_kept_to_be_sent_again_is_encrypted(
        self, northwind: Tenant, api: Client
    ) -> None:
        twice = [post(api, "/webhooks", GIVEN, headers={"Idempotency-Key": "k"}).json() for _ in range(2)]
        assert twice[0] == twice[1]
        with tenant_context(northwind.operator.id), database.cursor() as cursor:
            cursor.execute("SELECT body FROM config_idempotentanswer")
            (kept,) = cursor.fetchone()
        assert b"whsec_" not in bytes(kept)


class TestTestSending:
    @pytest.mark.parametrize("event_type", EventType.values)
    def test_an_example_of_every_event(
        self, northwind: Tenant, inbox: Receiver, work: Work, api: Client, event_type: str
    ) -> None:
        consumer = make_consumer(northwind, inbox.url, "company.created")
        answer = post(api, f"/webhooks/{consumer.pk}/test", {"eventType": event_type})
        assert answer.status_code == 202
        assert (answer.json()["state"], answer.json()["attempts"]) == ("waiting", [])
        work()
        ((_, headers, body),) = inbox.requests
        said = Webhook(consumer.secret).verify(body, headers)
        assert said["eventType"] == event_type
        (log,) = api.get(f"/webhooks/{consumer.pk}/deliveries").json()["results"]
        assert (log["id"], log["state"]) == (answer.json()["id"], "delivered")

    def test_odd_types_and_disabled_consumers(self, northwind: Tenant, api: Client) -> None:
        consumer = make_consumer(northwind, URL, disabled=True)
        path = f"/webhooks/{consumer.pk}/test"
        assert_error(post(api, path, {"eventType": "x"}), 400)
        assert_error(post(api, path), 400)
        assert_error(post(api, path, {"eventType": "company.created"}), 409)


class TestDeliveries:
    def test_the_log_shows_every_attempt(
        self, northwind: Tenant, consumer: WebhookConsumer, inbox: Receiver, work: Work, api: Client
    ) -> None:
        inbox.answers = [status(500)]
        with later():
            northwind.company()
            work()
            path = f"/webhooks/{consumer.pk}/deliveries"
            (waiting,) = api.get(path).json()["results"]
            assert waiting["state"] == "waiting"
            assert waiting["nextAttempt"].startswith("2026-03-01T12:00:0")
        with later(seconds=6):
            work()
        (log,) = api.get(path).json()["results"]
        assert log["eventId"] == inbox.requests[0][1]["webhook-id"]
        assert (log["eventType"], log["state"], log["nextAttempt"]) == ("company.created", "delivered", None)
        assert [attempt["status"] for attempt in log["attempts"]] == [200, 500]
        assert log["attempts"][1]["error"] == "The answer was 500."

    def test_pages_and_filters(self, northwind: Tenant, consumer: WebhookConsumer, api: Client) -> None:
        for number in range(3):
            northwind.company(f"Company {number}")
        path = f"/webhooks/{consumer.pk}/deliveries"
        assert api.get(f"{path}?page=2&pageSize=2").json()["totalResults"] == 3
        assert len(api.get(f"{path}?page=2&pageSize=2").json()["results"]) == 1
        assert api.get(f"{path}?query=state%3Dfailed").json()["results"] == []
        found = api.get(f"{path}?query=eventType%3Dcompany.created%26%26state%3Dwaiting&orderBy=-created")
        assert found.json()["totalResults"] == 3
        assert_error(api.get(f"{path}?query=nope%3D1"), 400)

    def test_cost_the_same_queries_however_many(
        self, northwind: Tenant, consumer: WebhookConsumer, work: Work, api: Client
    ) -> None:
        northwind.company()
        work()
        path = f"/webhooks/{consumer.pk}/deliveries"
        before = tables_read(api, path)
        for number in range(4):
            northwind.company(f"Company {number}")
        work()
        assert tables_read(api, path) == before == 4


class TestReplay:
    def test_one(
        self, northwind: Tenant, consumer: WebhookConsumer, inbox: Receiver, work: Work, api: Client
    ) -> None:
        northwind.company()
        work()
        (delivery,) = deliveries_of(northwind)
        answer = post(api, f"/webhooks/{consumer.pk}/deliveries/{delivery.pk}/replay")
        assert answer.status_code == 202
        assert answer.json()["state"] == "waiting"
        work()
        assert len(inbox.requests) == 2
        assert inbox.bodies[0] == inbox.bodies[1]
        assert inbox.requests[0][1]["webhook-id"] == inbox.requests[1][1]["webhook-id"]

    def test_all_that_failed_since_a_time(
        self, northwind: Tenant, consumer: WebhookConsumer, inbox: Receiver, work: Work, api: Client
    ) -> None:
        for day in range(3):
            with later(days=day):
                northwind.company(f"Company {day}")
        with tenant_context(northwind.operator.id):
            WebhookDelivery.objects.update(state="failed", failures=11)
        path = f"/webhooks/{consumer.pk}/recover"
        with later(days=3):
            answer = post(api, path, {"since": (NOW + timedelta(days=1)).isoformat()})
            assert (answer.status_code, answer.json()) == (202, {"queued": 2})
            work()
        assert len(inbox.requests) == 2
        assert_error(post(api, path), 400)
        assert_error(post(api, path, {"since": "soon"}), 400)

    def test_what_was_never_sent(
        self, northwind: Tenant, southbank: Tenant, inbox: Receiver, work: Work, api: Client
    ) -> None:
        with later(days=-1):
            northwind.company("Too old")
        with later(days=1):
            northwind.company("Before it was made")
            southbank.company("Another operator's")
            consumer = make_consumer(northwind, inbox.url, "company.created")
            other = make_consumer(northwind, inbox.url, "company.deleted")
            path = f"/webhooks/{consumer.pk}"
            patch(api, path, {"disabled": True})
            northwind.company("While it was disabled")
            assert_error(post(api, f"{path}/replayMissing"), 409)
            patch(api, path, {"disabled": False})
            northwind.company("Sent anyway")
            post(api, f"/webhooks/{other.pk}/test", {"eventType": "company.created"})
            work()
            inbox.requests.clear()
        with later(days=14):
            assert post(api, f"{path}/replayMissing").json() == {"queued": 2}
            work()
            assert post(api, f"{path}/replayMissing").json() == {"queued": 0}
        said = b" ".join(inbox.bodies)
        assert len(inbox.requests) == 2
        assert b"Before it was made" in said
        assert b"While it was disabled" in said

    def test_missing_goes_by_tags_too(self, northwind: Tenant, inbox: Receiver, api: Client) -> None:
        for region in ("uk", "us"):
            post(api, "/companies", {"name": region, "tags": {"region": region}})
        consumer = make_consumer(northwind, inbox.url, company_tags=["region:uk"])
        assert post(api, f"/webhooks/{consumer.pk}/replayMissing").json() == {"queued": 1}

    def test_a_disabled_consumer_replays_nothing(
        self, northwind: Tenant, consumer: WebhookConsumer, api: Client
    ) -> None:
        northwind.company()
        (delivery,) = deliveries_of(northwind)
        path = f"/webhooks/{consumer.pk}"
        patch(api, path, {"disabled": True})
        assert_error(post(api, f"{path}/deliveries/{delivery.pk}/replay"), 409)
        assert_error(post(api, f"{path}/recover", {"since": "2026-01-01T00:00:00Z"}), 409)
        assert deliveries_of(northwind)[0].state == "failed"


class TestRateLimit:
    def test_it_is_told_once_and_when_it_starts_anew(
        self, northwind: Tenant, inbox: Receiver, work: Work, api: Client
    ) -> None:
        make_consumer(northwind, inbox.url)
        make_consumer(northwind, inbox.url, company_tags=["region:uk"])
        with later():
            cache.set(f"api-requests:{northwind.operator.id}:2026-03-01", 999)
            assert api.get("/companies").status_code == 200
            for _ in range(3):
                assert api.get("/companies").status_code == 429
            work()
        (body,) = inbox.bodies
        assert b"client.rateLimit.reached" in body
        assert b'"dailyQuota":1000,"quotaRemaining":0,"expiryDate":"2026-03-02T00:00:00Z"' in body
        with later(hours=11, minutes=59):
            work()
        assert len(inbox.requests) == 1
        with later(hours=12):
            work()
        assert (
            b'"eventType":"client.rateLimit.reset","generatedDate":"2026-03-02T00:00:00Z"' in inbox.bodies[1]
        )
        assert b'"quotaRemaining":1000,"expiryDate":"2026-03-03T00:00:00Z"' in inbox.bodies[1]
