"""Deliveries to a real receiver: signed, tried again, given up, never lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from standardwebhooks import Webhook, WebhookVerificationError

from companies import tasks
from companies.models import AuditEvent, WebhookAttempt, WebhookConsumer, WebhookDelivery
from companies.services import webhook_deliveries
from companies.services.webhook_consumers import consumer_rotate_secret, consumer_update
from companies.tasks import send_emails
from companies.webhooks import retries, sender
from companies.webhooks.retries import PAUSES
from companies.webhooks.signatures import signed_headers
from config.tenancy import NoTenant, current_operator_id, tenant_context
from tests.conftest import Tenant
from tests.webhooks.conftest import NOW, deliveries_of, later, make_consumer, reread
from tests.webhooks.receiver import Receiver, status

Work = Callable[[], None]
State = WebhookDelivery.State


def attempts_of(tenant: Tenant) -> list[WebhookAttempt]:
    with tenant_context(tenant.operator.id):
        return list(WebhookAttempt.objects.order_by("at"))


class TestSending:
    def test_a_webhook_arrives_signed(
        self, northwind: Tenant, consumer: WebhookConsumer, inbox: Receiver, work: Work
    ) -> None:
        company = northwind.company()
        work()
        ((line, headers, body),) = inbox.requests
        assert line == "POST /hooks?for=us HTTP/1.1"
        assert headers["content-type"] == "application/json"
        assert headers["host"] == f"127.0.0.1:{inbox.port}"
        said = Webhook(consumer.secret).verify(body, headers)
        assert headers["webhook-id"] == said["id"]
        assert (said["eventType"], said["payload"]["id"]) == ("company.created", str(company.pk))
        (delivery,) = deliveries_of(northwind)
        assert (delivery.state, delivery.attempts, delivery.last_status) == (State.DELIVERED, 1, 200)
        assert [attempt.status for attempt in attempts_of(northwind)] == [200]
        work()
        assert len(inbox.requests) == 1

    def test_another_secret_does_not_verify_it(
        self, northwind: Tenant, consumer: WebhookConsumer, inbox: Receiver, work: Work
    ) -> None:
        other = make_consumer(northwind, inbox.url, "read.completed")
        northwind.company()
        work()
        ((_, headers, body),) = inbox.requests
        with pytest.raises(WebhookVerificationError):
            Webhook(other.secret).verify(body, headers)

    def test_custom_headers_are_sent_and_kept_encrypted(
        self, northwind: Tenant, inbox: Receiver, work: Work
    ) -> None:
        made = make_consumer(northwind, inbox.url, "company.created", headers={"X-Api-Key": "needle"})
        northwind.company()
        work()
        assert inbox.requests[0][1]["x-api-key"] == "needle"
        with tenant_context(northwind.operator.id), database.cursor() as cursor:
            cursor.execute("SELECT headers, secret FROM companies_webhookconsumer")
            stored = [bytes(value) for value in cursor.fetchone()]
        assert not any(b"needle" in value or made.secret.encode() in value for value in stored)

    def test_nothing_is_held_open_meanwhile(
        self, northwind: Tenant, consumer: WebhookConsumer, inbox: Receiver, monkeypatch: Any
    ) -> None:
        northwind.company()
        seen: list[Any] = []

        def look(**request: Any) -> sender.Outcome:
            try:
                seen.append(current_operator_id())
            except NoTenant:
                seen.append("no tenant")
            with database.cursor() as cursor:
                cursor.execute("SELECT current_setting('app.operator_id', true)")
                seen.append(cursor.fetchone()[0] or "")
            # The test's own transaction is one; the tenant's would be a second one within it.
            seen.append(len(database.savepoint_ids))
            return sender.Outcome(200, 1)

        before = len(database.savepoint_ids)
        monkeypatch.setattr(webhook_deliveries, "send", look)
        (delivery,) = deliveries_of(northwind)
        webhook_deliveries.delivery_send(
            operator_id=northwind.operator.id, delivery_id=delivery.pk, attempt=0
        )
        assert seen == ["no tenant", "", before]
        assert deliveries_of(northwind)[0].state == State.DELIVERED

    def test_a_delivery_costs_a_fixed_number_of_queries(
        self, northwind: Tenant, consumer: WebhookConsumer, inbox: Receiver, work: Work
    ) -> None:
        def queries() -> int:
            northwind.company()
            with CaptureQueriesContext(database) as captured:
                work()
            return len([query for query in captured if "SAVEPOINT" not in query["sql"]])

        before = queries()
        assert queries() == before <= 25


class TestRetries:
    def test_every_attempt_sends_the_same_until_three_days_are_over(
        self, northwind: Tenant, consumer: WebhookConsumer, inbox: Receiver, work: Work, monkeypatch: Any
    ) -> None:
        monkeypatch.setattr(retries.random, "uniform", lambda low, high: 1)
        with later():
            northwind.company("Corner Bakery")
            inbox.answers = [status(500)] * 20
            work()
        moment = NOW
        for pause in PAUSES:
            with later(moment, seconds=pause.total_seconds() - 1):
                work()
            moment += pause
            with later(moment):
                work()
        with later(moment, days=4):
            work()
        assert len(inbox.requests) == len(PAUSES) + 1 == 11
        assert len(set(inbox.bodies)) == 1
        assert len({headers["webhook-id"] for _, headers, _ in inbox.requests}) == 1
        assert len({headers["webhook-timestamp"] for _, headers, _ in inbox.requests}) == 11
        assert timedelta(days=2.8) < moment - NOW < timedelta(days=3.2)
        (delivery,) = deliveries_of(northwind)
        assert (delivery.state, delivery.last_error) == (State.FAILED, "The answer was 500.")

    def test_a_later_attempt_verifies_as_well(
        self, northwind: Tenant, consumer: WebhookConsumer, inbox: Receiver, work: Work
    ) -> None:
        inbox.answers = [status(500)]
        with later():
            northwind.company()
            work()
        with later(seconds=6):
            work()
            _, headers, body = inbox.requests[1]
            Webhook(consumer.secret).verify(body, headers)
        assert deliveries_of(northwind)[0].state == State.DELIVERED
        assert [attempt.status for attempt in attempts_of(northwind)] == [500, 200]

    def test_pauses_vary(self) -> None:
        moments = {retries.retry_at(failures=3, now=NOW, retry_after=None) for _ in range(20)}
        waits = [moment - NOW for moment in moments if moment]
        assert len(waits) > 10
        assert all(timedelta(minutes=27) <= wait <= timedelta(minutes=33) for wait in waits)

    @pytest.mark.parametrize("code", [429, 503])
    @pytest.mark.parametrize("wish", ["7200", "Sun, 01 Mar 2026 14:00:00 GMT"])
    def test_the_receiver_may_ask_to_wait(
        self, northwind: Tenant, consumer: WebhookConsumer, inbox: Receiver, work: Work, code: int, wish: str
    ) -> None:
        inbox.answers = [status(code, f"Retry-After: {wish}")]
        with later():
            northwind.company()
            work()
        with later(minutes=119):
            work()
        assert len(inbox.requests) == 1
        with later(minutes=120):
            work()
        assert len(inbox.requests) == 2

    @pytest.mark.parametrize("wish", ["", "soon", "-5", "9" * 400, "Sun, 99 Mar 2026 14:00:00 GMT", "²"])
    def test_odd_wishes_are_none(
        self, northwind: Tenant, consumer: WebhookConsumer, inbox: Receiver, work: Work, wish: str
    ) -> None:
        inbox.answers = [status(503, f"Retry-After: {wish}")]
        with later():
            northwind.company()
            work()
        with later(seconds=6):
            work()
        assert len(inbox.requests) == 2

    def test_a_wish_counts_for_a_day_at_most(
        self, northwind: Tenant, consumer: WebhookConsumer, inbox: Receiver, work: Work
    ) -> None:
        inbox.answers = [status(503, "Retry-After: 99999999")]
        with later():
            northwind.company()
            work()
        with later(hours=24):
            work()
        assert len(inbox.requests) == 2

    def test_a_redirect_is_a_failure_and_not_followed(
        self, northwind: Tenant, consumer: WebhookConsumer, inbox: Receiver, work: Work
    ) -> None:
        inbox.answers = [status(302, f"Location: {inbox.url}")]
        northwind.company()
        work()
        assert len(inbox.requests) == 1
        (delivery,) = deliveries_of(northwind)
        assert delivery.state == State.WAITING
        assert "redirect (302)" in delivery.last_error

    @pytest.mark.parametrize("drip", [0.02, 0])
    def test_a_slow_answer_is_a_failure(
        self,
        northwind: Tenant,
        consumer: WebhookConsumer,
        inbox: Receiver,
        work: Work,
        monkeypatch: Any,
        drip: float,
    ) -> None:
        monkeypatch.setattr(sender, "SECONDS", 0.3)
        inbox.drip = drip
        stop = threading.Event()
        if not drip:
            inbox.meanwhile = lambda: stop.wait(2)
        northwind.company()
        work()
        stop.set()
        (delivery,) = deliveries_of(northwind)
        assert delivery.state == State.WAITING
        assert delivery.last_error == "There was no answer within 0.3 seconds."

    @pytest.mark.parametrize("answer", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n"])
    def test_what_is_no_answer_is_a_failure(
        self, northwind: Tenant, consumer: WebhookConsumer, inbox: Receiver, work: Work, answer: bytes
    ) -> None:
        inbox.answers = [answer]
        northwind.company()
        work()
        (delivery,) = deliveries_of(northwind)
        assert (delivery.state, delivery.last_status) == (State.WAITING, None)
        assert delivery.last_error

    def test_a_defect_of_ours_is_tried_again_too(
        self, northwind: Tenant, consumer: WebhookConsumer, inbox: Receiver, work: Work, monkeypatch: Any
    ) -> None:
        def broken(**request: Any) -> sender.Outcome:
            raise RuntimeError("needle")

        with later(), monkeypatch.context() as patch:
            patch.setattr(webhook_deliveries, "send", broken)
            northwind.company()
            work()
        (delivery,) = deliveries_of(northwind)
        assert delivery.last_error == "Something went wrong on our side."
        with later(seconds=6):
            work()
        assert deliveries_of(northwind)[0].state == State.DELIVERED


class TestDisabling:
    def test_gone_disables_the_consumer_at_once(
        self, northwind: Tenant, consumer: WebhookConsumer, inbox: Receiver, work: Work
    ) -> None:
        inbox.answers = [status(410)]
        northwind.company()
        work()
        after = reread(consumer)
        assert after.disabled
        assert "410" in after.disabled_reason
        assert deliveries_of(northwind)[0].state == State.FAILED
        northwind.company("Another")
        assert len(deliveries_of(northwind)) == 1

    def test_five_days_of_failures_disable_it_and_tell(
        self, northwind: Tenant, consumer: WebhookConsumer, inbox: Receiver, work: Work
    ) -> None:
        inbox.answers = [status(500)] * 50
        for day in range(5):
            with later(days=day):
                northwind.company(f"Company {day}")
                work()
                assert not reread(consumer).disabled
        with later(days=5):
            northwind.company("Company 5")
            northwind.company("Company 6")
            work()
            work()
            send_emails()
        assert reread(consumer).disabled
        assert {one.state for one in deliveries_of(northwind)} == {State.FAILED}
        (message,) = mail.outbox
        assert message.to == ["alice@example.org"]
        assert message.subject == "Webhooks to 127.0.0.1 were disabled"
        assert "Every attempt of the last 5 days has failed." in message.body
        assert f"/admin/companies/webhookconsumer/{consumer.pk}/change/" in message.body
        with tenant_context(northwind.operator.id):
            noted = AuditEvent.objects.get(action="webhook.disabled")
        assert (noted.actor, noted.subject) == ("system", str(consumer.pk))

    def test_one_success_begins_the_five_days_anew(
        self, northwind: Tenant, consumer: WebhookConsumer, inbox: Receiver, work: Work
    ) -> None:
        with later():
            inbox.answers = [status(500)]
            northwind.company("One")
            work()
        assert reread(consumer).failing_since == NOW
        with later(days=4):
            work()
        assert reread(consumer).failing_since is None
        with later(days=6):
            inbox.answers = [status(500)]
            northwind.company("Two")
            work()
        assert not reread(consumer).disabled

    def test_by_hand_gives_up_what_waits(
        self, northwind: Tenant, consumer: WebhookConsumer, inbox: Receiver, work: Work
    ) -> None:
        northwind.company()
        with tenant_context(northwind.operator.id):
            consumer_update(consumer=consumer, actor="alice", disabled=True)
        work()
        assert inbox.requests == []
        assert deliveries_of(northwind)[0].state == State.FAILED
        assert mail.outbox == []

    def test_what_was_written_meanwhile_is_given_up_too(
        self, northwind: Tenant, consumer: WebhookConsumer, inbox: Receiver, work: Work
    ) -> None:
        northwind.company()
        with tenant_context(northwind.operator.id):
            WebhookConsumer.objects.update(disabled=True)
        work()
        assert inbox.requests == []
        assert deliveries_of(northwind)[0].state == State.FAILED


class TestRotation:
    def test_both_secrets_sign_for_a_day(
        self, northwind: Tenant, consumer: WebhookConsumer, inbox: Receiver, work: Work
    ) -> None:
        old = consumer.secret
        with later():
            with tenant_context(northwind.operator.id):
                new = consumer_rotate_secret(consumer=consumer, actor="alice")
            northwind.company("One")
            work()
            _, headers, body = inbox.requests[0]
            assert old != new
            Webhook(old).verify(body, headers)
            Webhook(new).verify(body, headers)
        with later(hours=24):
            northwind.company("Two")
            work()
            _, headers, body = inbox.requests[1]
            Webhook(new).verify(body, headers)
            with pytest.raises(WebhookVerificationError):
                Webhook(old).verify(body, headers)


class TestNothingIsLost:
    def test_a_worker_that_dies_between_claim_and_sending(
        self, northwind: Tenant, consumer: WebhookConsumer, inbox: Receiver, work: Work, monkeypatch: Any
    ) -> None:
        class Killed(BaseException):
            pass

        def die(delivery: Any) -> None:
            raise Killed

        with later(), monkeypatch.context() as patch:
            northwind.company()
            patch.setattr(webhook_deliveries, "_sent", die)
            with pytest.raises(Killed):
                work()
        assert deliveries_of(northwind)[0].state == State.SENDING
        with later(seconds=119):
            work()
        assert inbox.requests == []
        with later(seconds=120):
            work()
        assert len(inbox.requests) == 1
        assert deliveries_of(northwind)[0].state == State.DELIVERED

    def test_valkey_forgets_the_message(
        self, northwind: Tenant, consumer: WebhookConsumer, inbox: Receiver, work: Work, monkeypatch: Any
    ) -> None:
        with later(), monkeypatch.context() as patch:
            northwind.company()
            patch.setattr(tasks.send_webhook, "delay", lambda **message: None)
            tasks.dispatch_due_webhooks()
        with later(seconds=59):
            work()
        assert inbox.requests == []
        with later(seconds=60):
            work()
        assert deliveries_of(northwind)[0].state == State.DELIVERED

    def test_a_message_that_comes_twice_sends_once(
        self, northwind: Tenant, consumer: WebhookConsumer, inbox: Receiver
    ) -> None:
        northwind.company()
        (delivery,) = deliveries_of(northwind)
        tenant = str(northwind.operator.id)
        message: dict[str, Any] = {"operator_id": tenant, "delivery_id": str(delivery.pk), "attempt": 0}
        tasks.send_webhook(**message)
        tasks.send_webhook(**message)
        assert len(inbox.requests) == 1

    def test_a_worker_that_was_given_up_writes_nothing_more(
        self, northwind: Tenant, consumer: WebhookConsumer, inbox: Receiver, work: Work, monkeypatch: Any
    ) -> None:
        real = webhook_deliveries._sent

        def slow(delivery: WebhookDelivery) -> sender.Outcome:
            with later(minutes=3), monkeypatch.context() as patch:
                patch.setattr(webhook_deliveries, "_sent", real)
                work()
            return sender.Outcome(500, 1, "too late")

        with later(), monkeypatch.context() as patch:
            northwind.company()
            patch.setattr(webhook_deliveries, "_sent", slow)
            work()
        (delivery,) = deliveries_of(northwind)
        assert (delivery.state, delivery.last_error, delivery.attempts) == (State.DELIVERED, "", 2)

    def test_a_consumer_gets_a_few_at_once(
        self, northwind: Tenant, consumer: WebhookConsumer, inbox: Receiver, work: Work
    ) -> None:
        with later():
            for number in range(6):
                northwind.company(f"Company {number}")
            with tenant_context(northwind.operator.id):
                held = WebhookDelivery.objects.order_by("created_at", "pk")[:4]
                WebhookDelivery.objects.filter(pk__in=[one.pk for one in held]).update(
                    state=State.SENDING, not_before=NOW + timedelta(minutes=2)
                )
            work()
        assert inbox.requests == []
        with later(minutes=3):
            work()
        assert len(inbox.requests) == 6


@pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_the_reference_vector(missing: str) -> None:
    secret, at = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", datetime.fromtimestamp(1614265330, UTC)
    body = b'{"test": 2432232314}'
    headers = signed_headers(message_id="msg_p5jXN8AQM9LWM0D4loKWxJek", at=at, body=body, keys=[secret])
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    with time_machine.travel(at, tick=False):
        Webhook(secret).verify(body, headers)
        del headers[missing]
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(body, headers)
