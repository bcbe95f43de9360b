"""Webhooks out: their administration, their form, their signatures and how often they are tried (facts §6)."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Empty, Queue
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote

import pytest

from integrations.simulator.server import webhooks as sending
from integrations.simulator.server.form import encode, hmac_signature, legacy_signature
from integrations.simulator.server.webhooks import PAUSES

from .conftest import Vendor
from .small import small_site

RECORDED = Path(__file__).parents[2].parent / "shared/reference/chargify/recorded"
SUBSCRIPTION = {"id": 7, "state": "active", "customer": {"first_name": "Alice", "organization": None}}


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    yield from small_site()


class Delivered(NamedTuple):
    """What a receiver got."""

    path: str
    headers: dict[str, str]
    body: str

    @property
    def fields(self) -> dict[str, str]:
        return dict(parse_qsl(self.body, keep_blank_values=True))


class Receiver:
    """A merchant's endpoint, which answers the statuses it is told and then 200."""

    def __init__(self) -> None:
        self.got: Queue[Delivered] = Queue()
        self.statuses: list[int] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self.send_response(receiver.statuses.pop(0) if receiver.statuses else 200)
                self.end_headers()
                receiver.got.put(Delivered(self.path, {k.lower(): v for k, v in self.headers.items()}, body))

            def log_message(self, *_: object) -> None: ...

        return Handler

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/hooks"

    def next(self) -> Delivered:
        return self.got.get(timeout=5)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()


def call(vendor: Vendor, method: str, path: str, order: Any) -> Any:
    return vendor.session.request(method, vendor.url(path), json=order, timeout=5)


def register(vendor: Vendor, url: str, *events: str) -> Any:
    order = {"endpoint": {"url": url, "webhook_subscriptions": list(events)}}
    return call(vendor, "POST", "/endpoints.json", order)


@pytest.fixture
def hooked(vendor: Vendor, receiver: Receiver) -> Vendor:
    """The site with its webhooks on, for signups, and with a thousandth of the pauses."""
    call(vendor, "PUT", "/webhooks/settings.json", {"webhooks_enabled": True})
    assert register(vendor, receiver.url, "signup_success").status_code == 200
    vendor.site.webhooks.pace = 0.0005
    return vendor


def publish(vendor: Vendor, event: str = "signup_success", **payload: Any) -> None:
    vendor.site.webhooks.publish(event, payload or {"subscription": SUBSCRIPTION}, 99)


def listed(vendor: Vendor, **query: Any) -> list[Any]:
    return vendor.rows("/webhooks.json", **query)


def until(come: Callable[[], bool]) -> None:
    """Wait until something has come about."""
    for _ in range(500):
        if come():
            return
        threading.Event().wait(0.01)
    raise AssertionError("it has not come about in 5 s")


def settle(vendor: Vendor) -> None:
    """Wait until no webhook is pending."""
    until(lambda: all(webhook.status != "pending" for webhook in vendor.site.webhooks.kept()))


# The form of a body


def test_the_signature_is_that_of_the_vector() -> None:
    body = "payload[chargify]=testing&event=test"
    expected = "01c7133a72d186c7a561c87cb41d3e78f3acab73fd27ee73416d07210d5a130f"
    assert hmac_signature("shared-key", body) == expected


def test_the_legacy_signature_is_md5_of_key_and_body() -> None:
    assert legacy_signature("a", "bc") == "900150983cd24fb0d6963f7d28e17f72"  # RFC 1321: MD5 of "abc"


def test_records_stand_in_brackets_and_plain_values_are_strings() -> None:
    payload = {"a": {"b": 1, "c": None, "d": True, "e": [{"f": "x"}, {"f": "y"}], "g": [1, 2]}}
    assert encode(payload) == "a[b]=1&a[c]=&a[d]=true&a[e][0][f]=x&a[e][1][f]=y&a[g][]=1&a[g][]=2"


@pytest.mark.parametrize("text", ["&payload[site][id]=1", "a=b", "naïve ☃", "1+1", "nul\0", "<script>"])
def test_hostile_text_stays_one_value(text: str) -> None:
    assert parse_qsl(encode({"name": {text: text}})) == [(f"name[{text}]", text)]


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("2012-09-09T11:38:33-04:00", "2012-09-09 11:38:33 -0400"),
        ("2012-12-09T17:38:33+01:00", "2012-12-09 11:38:33 -0500"),
        ("2012-09-09", "2012-09-09"),
        ("soon", "soon"),
    ],
)
def test_times_are_us_eastern(sent: str, expected: str) -> None:
    """Facts §6: for every site."""
    assert unquote(encode({"created_at": sent})) == f"created_at={expected}"


def test_a_name_that_looks_like_a_time_is_left_alone() -> None:
    assert unquote(encode({"first_name": "2012-09-09T11:38:33-04:00"})).endswith("T11:38:33-04:00")


@pytest.mark.skipif(not RECORDED.is_dir(), reason=f"the recorded bodies are not here: {RECORDED}")
@pytest.mark.parametrize("name", ["customer_update", "expiring_card", "sub_state_change"])
def test_a_recorded_body_is_encoded_to_the_same_bytes(name: str) -> None:
    recorded = (RECORDED / "webhook_form" / f"{name}.txt").read_text().strip()
    assert encode(nested(recorded)) == recorded


def nested(body: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in parse_qsl(body, keep_blank_values=True):
        *outer, last = name.replace("]", "").split("[")
        place = found
        for key in outer:
            place = place.setdefault(key, {})
        place[last] = value
    return found


# Delivery


def test_an_event_reaches_the_endpoint_that_wants_it(hooked: Vendor, receiver: Receiver) -> None:
    publish(hooked)
    fields = receiver.next().fields
    assert fields["event"] == "signup_success"
    assert fields["payload[subscription][customer][first_name]"] == "Alice"
    assert fields["payload[subscription][customer][organization]"] == ""
    assert fields["payload[site][subdomain]"] == "acme"
    assert fields["payload[site][id]"] == str(hooked.get("/site.json").json()["site"]["id"])
    assert fields["payload[event_id]"] == "99"


def test_it_is_a_form_with_its_id_and_both_signatures(hooked: Vendor, receiver: Receiver) -> None:
    publish(hooked)
    got, key = receiver.next(), hooked.spec.shared_key
    assert got.headers["content-type"] == "application/x-www-form-urlencoded"
    assert got.headers["x-chargify-webhook-id"] == got.fields["id"]
    assert got.headers["x-chargify-webhook-signature-hmac-sha-256"] == hmac_signature(key, got.body)
    assert got.headers["x-chargify-webhook-signature"] == legacy_signature(key, got.body)


def test_the_shared_key_is_not_the_api_key(vendor: Vendor) -> None:
    assert vendor.spec.shared_key not in ("", vendor.spec.api_key)


def test_the_signature_can_stand_in_the_url(hooked: Vendor, receiver: Receiver) -> None:
    register(hooked, receiver.url + "?sign={signature_hmac_sha_256}", "payment_success")
    publish(hooked, "payment_success")
    got = receiver.next()
    assert got.path == f"/hooks?sign={hmac_signature(hooked.spec.shared_key, got.body)}"


def test_other_events_are_not_sent(hooked: Vendor, receiver: Receiver) -> None:
    publish(hooked, "payment_failure")
    publish(hooked)
    assert receiver.next().fields["event"] == "signup_success"


def test_nothing_is_sent_while_webhooks_are_off(hooked: Vendor, receiver: Receiver) -> None:
    call(hooked, "PUT", "/webhooks/settings.json", {"webhooks_enabled": False})
    publish(hooked)
    assert listed(hooked) == []


def test_an_accepted_webhook_is_listed_as_that(hooked: Vendor, receiver: Receiver) -> None:
    publish(hooked)
    got = receiver.next()
    settle(hooked)
    [row] = listed(hooked)
    assert (row["successful"], row["last_error"], row["id"]) == (True, None, int(got.fields["id"]))
    assert row["body"] == got.body
    assert row["signature_hmac_sha_256"] == hmac_signature(hooked.spec.shared_key, got.body)
    assert row["created_at"] == row["accepted_at"] == "2026-11-20T10:30:00-05:00"


def test_pauses_are_those_of_the_vendor() -> None:
    assert PAUSES == (0, 10, 15, 90, 180)


def test_what_is_not_accepted_is_tried_five_times_under_one_id(hooked: Vendor, receiver: Receiver) -> None:
    receiver.statuses = [404, 500, 301, 202, 410]
    publish(hooked)
    settle(hooked)
    tries = [receiver.next() for _ in range(5)]
    assert receiver.got.empty()
    assert len({(got.headers["x-chargify-webhook-id"], got.body) for got in tries}) == 1
    [row] = listed(hooked, status="failed")
    assert row["last_error"] == "410 Gone (retry 5 of 5)"
    assert (row["successful"], row["accepted_at"]) == (False, None)


def test_a_later_attempt_may_be_accepted(hooked: Vendor, receiver: Receiver) -> None:
    receiver.statuses = [503]
    publish(hooked)
    settle(hooked)
    [row] = listed(hooked, status="successful")
    assert (row["successful"], row["last_error"], row["last_error_at"]) == (True, None, None)


def test_it_waits_ten_seconds_before_it_tries_again(hooked: Vendor, receiver: Receiver) -> None:
    hooked.site.webhooks.pace = 1
    receiver.statuses = [503]
    publish(hooked)
    [webhook] = hooked.site.webhooks.kept()
    until(lambda: webhook.attempts == 1)
    assert 9 < (webhook.due or 0) - time.monotonic() <= 10
    assert [row["successful"] for row in listed(hooked, status="pending")] == [False]


def test_a_receiver_has_15_seconds() -> None:
    assert sending.PATIENCE == 15.0


def test_a_receiver_that_is_too_slow_has_not_accepted(hooked: Vendor) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as deaf:
        number = register(hooked, f"http://127.0.0.1:{deaf.server_address[1]}", "refund_success")
        assert number.status_code == 200
        hooked.site.webhooks.patience = 0.02
        publish(hooked, "refund_success")
        settle(hooked)
    [row] = listed(hooked)
    assert row["last_error"] == "Timeout (retry 5 of 5)"


def test_a_receiver_that_is_not_there_has_not_accepted(hooked: Vendor, receiver: Receiver) -> None:
    receiver.server.server_close()
    publish(hooked)
    settle(hooked)
    [row] = listed(hooked)
    assert row["last_error"].startswith("ConnectionRefusedError")


def test_replay_sends_the_same_id_again(hooked: Vendor, receiver: Receiver) -> None:
    publish(hooked)
    first = receiver.next()
    settle(hooked)
    answer = call(hooked, "POST", "/webhooks/replay.json", {"ids": [int(first.fields["id"]), 1]})
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert receiver.next().body == first.body


def test_replay_takes_a_thousand_ids(hooked: Vendor) -> None:
    answers = [call(hooked, "POST", "/webhooks/replay.json", {"ids": [5] * count}) for count in (1000, 1001)]
    assert [answer.status_code for answer in answers] == [200, 422]


def test_only_the_newest_are_kept(hooked: Vendor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "KEPT", 3)
    for number in range(5):
        publish(hooked, subscription={"id": number})
    settle(hooked)
    assert [webhook.subscription for webhook in hooked.site.webhooks.kept()] == [2, 3, 4]


def test_the_business_sends_what_happens_as_time_goes_on(hooked: Vendor, receiver: Receiver) -> None:
    register(hooked, receiver.url, "renewal_success")
    hooked.site.advance(45 * 86_400)
    fields = receiver.next().fields
    number = fields["payload[subscription][id]"]
    found = hooked.get(f"/subscriptions/{number}/events.json", filter="renewal_success", per_page=200).json()
    assert int(fields["payload[event_id]"]) in [row["event"]["id"] for row in found]
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d -0[45]00", fields["payload[subscription][created_at]"]
    )


def test_the_test_event_says_testing(hooked: Vendor, receiver: Receiver) -> None:
    hooked.site.webhooks.test()
    got = receiver.next()
    assert got.body == f"id={got.headers['x-chargify-webhook-id']}&event=test&payload[chargify]=testing"


def test_a_renamed_site_says_its_new_name(hooked: Vendor, receiver: Receiver) -> None:
    hooked.site.rename("renamed")
    hooked.simulator.site("us", "renamed").webhooks.publish("signup_success", {}, 1)
    assert receiver.next().fields["payload[site][subdomain]"] == "renamed"


def test_nothing_is_sent_after_the_stop(hooked: Vendor, receiver: Receiver) -> None:
    webhooks = hooked.site.webhooks
    webhooks.test()
    receiver.next()
    hooked.simulator.stop()
    webhooks.publish("signup_success", {}, 1)
    with pytest.raises(Empty):
        receiver.got.get(timeout=0.1)


# The vendor's calls


def test_endpoints_are_a_bare_array(hooked: Vendor, receiver: Receiver) -> None:
    """Facts §3, others."""
    number = hooked.get("/site.json").json()["site"]["id"]
    assert hooked.get("/endpoints.json").json() == [
        {
            "id": 1,
            "url": receiver.url,
            "site_id": number,
            "status": "enabled",
            "webhook_subscriptions": ["signup_success"],
        }
    ]


def test_an_endpoint_is_changed_as_a_whole(hooked: Vendor, receiver: Receiver) -> None:
    """openapi.yaml: always send a complete list."""
    order = {"endpoint": {"url": receiver.url + "/2", "webhook_subscriptions": ["refund_success"]}}
    answer = call(hooked, "PUT", "/endpoints/1.json", order)
    assert answer.json()["endpoint"]["webhook_subscriptions"] == ["refund_success"]
    publish(hooked)
    publish(hooked, "refund_success")
    got = receiver.next()
    assert (got.path, got.fields["event"]) == ("/hooks/2", "refund_success")


def test_an_unknown_endpoint_is_404(hooked: Vendor) -> None:
    assert call(hooked, "PUT", "/endpoints/9.json", {}).status_code == 404


def test_an_unknown_event_is_422_in_the_vendors_words(vendor: Vendor, receiver: Receiver) -> None:
    answer = register(vendor, receiver.url, "foobar")
    assert (answer.status_code, answer.json()) == (422, {"errors": ["Event key is not valid - foobar"]})


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/hooks",
        "http://192.0.2.1/hooks",
        "http://127.0.0.1.example.com/",
        "http://127.0.0.1@192.0.2.1/",
        "https://127.0.0.1/",
        "file:///etc/passwd",
        "http://[::ffff:192.0.2.1]/",
        "http://[bad/",
        "http://127.0.0.1:99999/",
        "",
    ],
)
def test_only_loopback_addresses_are_sent_to(vendor: Vendor, url: str) -> None:
    """Ours, not the vendor's: a sandbox sends nothing off the machine."""
    answer = register(vendor, url, "signup_success")
    assert answer.status_code == 422
    assert answer.json()["errors"][0].startswith("URL: invalid, ")
    assert vendor.get("/endpoints.json").json() == []


@pytest.mark.parametrize("url", ["http://localhost:8000/", "http://[::1]:8000/", "http://127.9.9.9/x"])
def test_every_loopback_address_will_do(vendor: Vendor, url: str) -> None:
    assert register(vendor, url, "signup_success").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/endpoints.json", "{", 400),
        ("POST", "/endpoints.json", "{}", 422),
        ("PUT", "/webhooks/settings.json", '{"webhooks_enabled":"maybe"}', 422),
        ("POST", "/webhooks/replay.json", '{"ids":"all"}', 422),
    ],
)
def test_malformed_orders_are_refused(vendor: Vendor, method: str, path: str, body: str, status: int) -> None:
    answer = vendor.session.request(method, vendor.url(path), data=body, timeout=5)
    assert answer.status_code == status
    assert answer.json()["errors"]


@pytest.mark.parametrize(("method", "path"), [("GET", "/endpoints.json"), ("POST", "/endpoints.json")])
def test_the_key_is_wanted_here_too(vendor: Vendor, method: str, path: str) -> None:
    """Facts §1."""
    vendor.session.auth = ("wrong", "x")
    assert call(vendor, method, path, {}).status_code == 401


def test_webhooks_come_newest_first_in_pages_of_20(hooked: Vendor) -> None:
    for number in range(25):
        publish(hooked, subscription={"id": number})
    ids = [webhook.id for webhook in hooked.site.webhooks.kept()]
    assert [row["id"] for row in listed(hooked)] == ids[:4:-1]
    assert [row["id"] for row in listed(hooked, page=2, order="oldest_first")] == ids[20:]
    assert len(listed(hooked, per_page=500)) == 25


def test_webhooks_are_filtered(hooked: Vendor) -> None:
    publish(hooked, subscription={"id": 1})
    hooked.site.advance(int(timedelta(days=1).total_seconds()))
    publish(hooked, subscription={"id": 2})
    settle(hooked)
    first, second = (webhook.id for webhook in hooked.site.webhooks.kept())
    queries: dict[str, dict[str, Any]] = {
        "since": {"since_date": "2026-11-21"},
        "until": {"until_date": "2026-11-20"},
        "subscription": {"subscription": 2},
        "status": {"status": "failed"},
    }
    found = {name: [row["id"] for row in listed(hooked, **query)] for name, query in queries.items()}
    assert found == {"since": [second], "until": [first], "subscription": [second], "status": []}


@pytest.mark.skipif(not RECORDED.is_dir(), reason=f"the recorded bodies are not here: {RECORDED}")
def test_bodies_have_the_recorded_keys(hooked: Vendor) -> None:
    publish(hooked)
    for path, name in (("/endpoints.json", "endpoints/1.json"), ("/webhooks.json", "webhooks/1.json")):
        assert shape(hooked.get(path).json()[0]) == shape(first_of(RECORDED / name))


def first_of(path: Path) -> Any:
    return json.loads(path.read_text())[0]


def shape(row: dict[str, Any]) -> dict[str, Any]:
    return {key: sorted(value) if isinstance(value, dict) else None for key, value in row.items()}
