"""Keys, refusals and bad weather (facts §1, §4, §5)."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from .conftest import Vendor
from .small import small_site

DENIED = b"HTTP Basic: Access denied.\n"
CANCELED = "Your Chargify account has been canceled. Please contact support@chargify.com to reactivate."
PATHS = (
    "/site.json",
    "/stats.json",
    "/customers.json",
    "/product_families.json",
    "/products.json",
    "/subscriptions.json",
    "/invoices.json",
)


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    yield from small_site()


@pytest.mark.parametrize("key", [None, "", "wrong", "key of the other site"])
def test_wrong_key_is_401_with_27_bytes_of_plain_text_called_json(vendor: Vendor, key: str | None) -> None:
    """Facts §1."""
    if key == "key of the other site":
        key = vendor.simulator.site("eu", "other").spec.api_key
    auth = None if key is None else (key, "x")
    answer = requests.get(vendor.url("/site.json"), auth=auth, timeout=5)
    assert (answer.status_code, answer.content, len(answer.content)) == (401, DENIED, 27)
    assert answer.headers["content-type"].startswith("application/json")


@pytest.mark.parametrize("password", ["x", "X", ""])
def test_any_password_does(vendor: Vendor, password: str) -> None:
    """Facts §1: docs say x, recorded clients X."""
    answer = requests.get(vendor.url("/site.json"), auth=(vendor.spec.api_key, password), timeout=5)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("mode", "text"),
    [
        ("account_canceled", CANCELED),
        ("trial_ended", "Your trial has ended, please contact sales."),
        ("clearing_data", "Site data clearing is in progress. Please try later."),
        ("site_deleted", "This site has been deleted."),
    ],
)
@pytest.mark.parametrize("path", PATHS)
def test_blocked_account_is_422_on_any_endpoint(vendor: Vendor, mode: str, text: str, path: str) -> None:
    """Facts §1."""
    vendor.site.set_weather(mode)
    answer = vendor.get(path)
    assert (answer.status_code, answer.json()) == (422, {"errors": [text]})


def test_blocked_account_still_wants_the_key(vendor: Vendor) -> None:
    """Facts §1: 422 answers a valid key."""
    vendor.site.set_weather("account_canceled")
    assert requests.get(vendor.url("/site.json"), auth=("wrong", "x"), timeout=5).status_code == 401


@pytest.mark.parametrize(
    ("mode", "status", "kind"),
    [
        ("rate_limited", 429, "text/plain"),
        ("down", 503, "text/html"),
        ("html", 200, "text/html"),
        ("unauthorized", 401, "application/json"),
    ],
)
def test_weather_lasts_for_the_ordered_number_of_requests(
    vendor: Vendor, mode: str, status: int, kind: str
) -> None:
    vendor.site.set_weather(mode, requests=2)
    answers = [vendor.get("/site.json") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [status, status, 200]
    assert answers[0].headers["content-type"].startswith(kind)
    assert answers[2].json()["site"]["subdomain"] == "acme"


def test_429_is_text_without_retry_after(vendor: Vendor) -> None:
    """Facts §4."""
    vendor.site.set_weather("rate_limited")
    answer = vendor.get("/customers.json")
    assert answer.text.startswith(
        "Your request was denied due to a usage violation. You can track this request"
    )
    assert "retry-after" not in answer.headers


def test_truncated_body_agrees_with_its_length_but_is_no_json(vendor: Vendor) -> None:
    whole = vendor.get("/customers.json").content
    vendor.site.set_weather("truncated", requests=1)
    answer = vendor.get("/customers.json")
    assert answer.content == whole[: len(whole) // 2]
    assert int(answer.headers["content-length"]) == len(answer.content)
    with pytest.raises(requests.JSONDecodeError):
        answer.json()


def test_latency_is_slept_and_then_answered(vendor: Vendor) -> None:
    vendor.site.set_weather("latency", latency_ms=60)
    answer = vendor.get("/site.json")
    assert answer.status_code == 200
    assert float(answer.headers["x-runtime"]) >= 0.06


def test_fifth_request_at_once_is_refused(vendor: Vendor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Facts §4: four workers per subdomain; one more waits a moment and then gets 429."""
    monkeypatch.setattr("integrations.simulator.server.frontdoor.PATIENCE", 0.1)
    four_inside, release = threading.Barrier(5), threading.Event()

    def hold(method: str, path: str, query: dict[str, str]) -> None:
        four_inside.wait(5)
        release.wait(5)

    vendor.simulator.before_request = hold
    with ThreadPoolExecutor(4) as pool:
        held = [pool.submit(vendor.get, "/site.json") for _ in range(4)]
        four_inside.wait(5)
        fifth = vendor.get("/site.json")
        release.set()
    assert fifth.status_code == 429
    assert [answer.result().status_code for answer in held] == [200] * 4


def test_fifth_request_is_served_when_a_worker_is_free_in_time(vendor: Vendor) -> None:
    """Facts §4: extra requests are queued first."""
    vendor.site.set_weather("latency", latency_ms=50)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: vendor.get("/site.json").status_code, range(8)))
    assert answers == [200] * 8


@pytest.mark.parametrize("path", ["/nope.json", "/customers/1.json", "/subscriptions/1.json", "/customers"])
def test_unknown_path_or_id_is_an_empty_404_called_json(vendor: Vendor, path: str) -> None:
    """Facts §5."""
    answer = vendor.get(path)
    assert (answer.status_code, answer.content) == (404, b"")
    assert answer.headers["content-length"] == "0"
    assert answer.headers["content-type"].startswith("application/json")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_can_be_written(vendor: Vendor, method: str) -> None:
    answer = vendor.session.request(method, vendor.url("/customers.json"), json={"customer": {}}, timeout=5)
    assert (answer.status_code, answer.content) == (404, b"")


def test_unknown_site_is_an_html_404(vendor: Vendor) -> None:
    answer = vendor.session.get(f"{vendor.simulator.root}/us/nobody/site.json", timeout=5)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")


def test_a_revoked_key_is_refused_until_a_new_one_is_set(vendor: Vendor) -> None:
    """Facts §1: deleted keys answer 401; the secret of another one is another."""
    old = vendor.session.auth
    vendor.site.revoke_key()
    assert vendor.get("/site.json").content == DENIED
    vendor.site.restore_key("new-key")
    assert vendor.get("/site.json").status_code == 401
    vendor.session.auth = ("new-key", "x")
    assert vendor.get("/site.json").status_code == 200
    vendor.session.auth = old
    vendor.site.restore_key()
    assert vendor.get("/site.json").status_code == 200


def test_a_renamed_site_is_found_under_its_new_name_only(vendor: Vendor) -> None:
    """Facts §2: a merchant may rename the subdomain; the id stays."""
    before = vendor.get("/site.json").json()["site"]
    vendor.site.rename("renamed")
    old = vendor.session.get(f"{vendor.simulator.root}/us/acme/site.json", timeout=5)
    new = vendor.session.get(f"{vendor.simulator.root}/us/renamed/site.json", timeout=5)
    assert old.status_code == 404
    assert new.json()["site"] == {**before, "subdomain": "renamed"}


def test_head_is_answered_like_get_without_a_body(vendor: Vendor) -> None:
    """Rails' way [I]."""
    get = vendor.get("/customers.json")
    head = vendor.session.head(vendor.url("/customers.json"), timeout=5)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == get.headers["etag"]
    assert vendor.get("/site.json").status_code == 200  # the connection is still in step


def test_an_unchanged_answer_is_304_to_who_names_its_etag(vendor: Vendor) -> None:
    """Rails' way [I]; the ETag itself is recorded (facts §4)."""
    tag = vendor.get("/customers.json").headers["etag"]
    again = vendor.session.get(vendor.url("/customers.json"), headers={"If-None-Match": tag}, timeout=5)
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert again.headers["status"] == "304 Not Modified"
    assert "content-type" not in again.headers


def test_a_changed_answer_has_another_etag(vendor: Vendor) -> None:
    tag = vendor.get("/customers.json").headers["etag"]
    vendor.site.update("customers")
    again = vendor.session.get(vendor.url("/customers.json"), headers={"If-None-Match": tag}, timeout=5)
    assert again.status_code == 200
    assert again.headers["etag"] != tag


@pytest.mark.parametrize("length", ["-1", "many", "1000001"])
def test_a_length_that_can_not_be_right_is_400(vendor: Vendor, length: str) -> None:
    with socket.create_connection(("127.0.0.1", vendor.simulator.port), timeout=5) as line:
        line.sendall(f"POST /us/acme/endpoints.json HTTP/1.1\r\nContent-Length: {length}\r\n\r\n".encode())
        assert line.recv(1000).startswith(b"HTTP/1.1 400 ")


def test_headers_are_those_recorded_in_2024(vendor: Vendor) -> None:
    """Facts §4."""
    found, missing = vendor.get("/site.json").headers, vendor.get("/nope.json").headers
    assert found["cache-control"] == "private, no-store"
    assert found["content-type"] == "application/json; charset=utf-8"
    assert found["transfer-encoding"] == "chunked"
    assert found["status"] == "200 OK"
    assert found["etag"].startswith('W/"')
    assert {"date", "x-request-id", "x-runtime", "strict-transport-security"} <= {
        key.lower() for key in found
    }
    assert "strict-transport-security" not in missing
    assert not [key for key in found if key.lower().startswith("x-ratelimit")]


def test_requests_are_remembered_and_the_hook_sees_them_first(vendor: Vendor) -> None:
    seen: list[tuple[str, str, dict[str, str]]] = []
    vendor.simulator.before_request = lambda *call: seen.append(call)
    vendor.get("/invoices.json", page=2)
    assert seen == [("GET", "/us/acme/invoices.json", {"page": "2"})]
    assert vendor.simulator.requests[-1] == ("GET", "/us/acme/invoices.json?page=2", 200)


def test_stop_hangs_up_on_connections_kept_alive(vendor: Vendor) -> None:
    vendor.get("/site.json")
    vendor.simulator.stop()
    with pytest.raises(requests.ConnectionError):
        vendor.get("/site.json")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", vendor.simulator.port), timeout=1)
