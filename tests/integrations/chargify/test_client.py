"""The one place that sends: only GET, only listed paths, only the site's host, and never the key in a message."""

from __future__ import annotations

import base64
import gzip
import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta

import pytest
import requests
import responses
from urllib3.connection import HTTPSConnection
from urllib3.exceptions import MaxRetryError, NameResolutionError

from integrations.connectors import client as module
from integrations.connectors.base import ConnectorError, Exchange, Kind, Problem
from integrations.connectors.chargify.client import client_of
from integrations.connectors.client import Client

from .support import KEY

URL = "https://acme.chargify.com"


@pytest.fixture
def sent() -> list[Exchange]:
    return []


@pytest.fixture
def client(sent: list[Exchange]) -> Iterator[Client]:
    @contextmanager
    def note(path: str) -> Iterator[Exchange]:
        sent.append(Exchange(path))
        yield sent[-1]

    client = client_of("us", "acme", KEY, exchange=note)
    yield client
    client.close()


def trouble(client: Client, path: str = "/customers.json") -> ConnectorError:
    """Return the error of a GET, after looking for the key in it."""
    with pytest.raises(ConnectorError) as caught:
        client.get(path)
    error = caught.value
    assert KEY not in f"{error!r} {error} {error.detail} {error.__cause__!r} {client!r}"
    return error


def test_a_request_carries_the_key_and_asks_for_json(vendor: responses.RequestsMock, client: Client) -> None:
    vendor.get(f"{URL}/customers.json", b"[]", headers={"Date": "Tue, 24 Mar 2020 18:24:55 GMT"})
    answer = client.get("/customers.json", {"page": "1", "start_datetime": "2020-01-01T00:00:00+00:00"})
    assert (answer.body, answer.server_time) == (b"[]", datetime(2020, 3, 24, 18, 24, 55, tzinfo=UTC))
    request = vendor.calls[0].request
    assert request.method == "GET"
    assert request.headers["Authorization"] == "Basic " + base64.b64encode(f"{KEY}:x".encode()).decode()
    assert request.headers["Accept"] == "application/json"
    assert "Tributary" in request.headers["User-Agent"]
    assert request.url == f"{URL}/customers.json?page=1&start_datetime=2020-01-01T00%3A00%3A00%2B00%3A00"


@pytest.mark.parametrize("status", [200, 503])
def test_what_came_of_a_request_goes_on_record(
    vendor: responses.RequestsMock, client: Client, sent: list[Exchange], status: int
) -> None:
    vendor.get(f"{URL}/customers.json", b"[]", status=status, headers={"X-Request-Id": "8f1c"})
    with suppress(ConnectorError):
        client.get("/customers.json", {"page": "1"})
    assert [(one.path, one.status, one.request_id) for one in sent] == [("/customers.json", status, "8f1c")]


@pytest.mark.parametrize("date", [None, "", "yesterday"])
def test_our_clock_stands_in_for_a_missing_one(
    vendor: responses.RequestsMock, client: Client, date: str | None
) -> None:
    vendor.get(f"{URL}/site.json", b"{}", headers={"Date": date} if date is not None else {})
    assert abs(client.get("/site.json").server_time - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.parametrize(
    "path",
    [
        "/transactions/1/refunds.json",
        "/customers.json?x=1",
        "/../customers.json",
        "customers.json",
        "//evil.example",
    ],
)
def test_an_unlisted_path_is_not_asked_for(
    vendor: responses.RequestsMock, client: Client, sent: list[Exchange], path: str
) -> None:
    assert trouble(client, path).problem is Problem.INTERNAL
    assert (len(vendor.calls), sent) == (0, [])


def test_it_can_only_get() -> None:
    assert {name for name in vars(Client) if not name.startswith("_")} == {"get", "look", "close"}


def test_its_session_reaches_no_other_host(client: Client) -> None:
    for url in (
        "https://evil.example/",
        "http://acme.chargify.com/",
        "https://acme.chargify.com.evil.example/",
    ):
        with pytest.raises(requests.exceptions.InvalidSchema):
            client._http.get(url)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("target", ["https://evil.example/", f"{URL}/site.json"])
def test_no_redirect_is_followed(
    vendor: responses.RequestsMock, client: Client, status: int, target: str
) -> None:
    vendor.get(f"{URL}/customers.json", status=status, headers={"Location": target})
    vendor.get(target, b"[]")
    assert trouble(client).problem is Problem.UNKNOWN_SITE
    assert len(vendor.calls) == 1


ANSWERS: list[tuple[int, bytes, Problem, Kind]] = [
    (401, b"HTTP Basic: Access denied.\n", Problem.WRONG_KEY, Kind.PERMANENT),
    (403, b"", Problem.FORBIDDEN, Kind.PERMANENT),
    (
        422,
        b'{"errors":["Your Chargify account has been canceled. Please contact support@chargify.com to reactivate."]}',
        Problem.ACCOUNT_CANCELED,
        Kind.PERMANENT,
    ),
    (422, b'{"errors":["Your trial has ended, please contact sales."]}', Problem.TRIAL_ENDED, Kind.PERMANENT),
    (
        422,
        b'{"errors":["Site data clearing is in progress. Please try later."]}',
        Problem.SITE_CLEARING,
        Kind.TRANSIENT,
    ),
    (422, b'{"errors":["This site has been deleted."]}', Problem.SITE_DELETED, Kind.PERMANENT),
    (422, b'{"errors":["invalid page: 0"]}', Problem.INTERNAL, Kind.BUG),
    (400, b'{"errors":{"attribute":["supplied value is invalid"]}}', Problem.INTERNAL, Kind.BUG),
    (404, b"", Problem.INTERNAL, Kind.BUG),
    (404, b" <!DOCTYPE html><h1>No such site</h1>", Problem.UNKNOWN_SITE, Kind.PERMANENT),
    (429, b"Your request was denied due to a usage violation.", Problem.RATE_LIMITED, Kind.RATE_LIMITED),
    (500, b"", Problem.VENDOR_DOWN, Kind.TRANSIENT),
    (503, b"<html>down</html>", Problem.VENDOR_DOWN, Kind.TRANSIENT),
    *((status, b"", Problem.VENDOR_DOWN, Kind.TRANSIENT) for status in (408, 413, 502, 504, 521, 522, 524)),
    (409, b'{"errors":["An export is running."]}', Problem.INTERNAL, Kind.BUG),
    (204, b"", Problem.INTERNAL, Kind.BUG),
]


@pytest.mark.parametrize(("status", "body", "problem", "kind"), ANSWERS)
def test_an_answer_means(
    vendor: responses.RequestsMock,
    client: Client,
    sent: list[None],
    status: int,
    body: bytes,
    problem: Problem,
    kind: Kind,
) -> None:
    vendor.get(f"{URL}/customers.json", body, status=status)
    error = trouble(client)
    assert (error.problem, error.kind, error.status) == (problem, kind, status)
    assert (len(vendor.calls), len(sent)) == (1, 1)


@pytest.mark.parametrize("path", ["/site.json", "/stats.json"])
def test_a_422_where_nothing_can_be_invalid_is_a_state_of_the_account(
    vendor: responses.RequestsMock, client: Client, path: str
) -> None:
    vendor.get(f"{URL}{path}", b'{"errors":["Your account is under review."]}', status=422)
    assert trouble(client, path).problem is Problem.ACCOUNT_BLOCKED


def test_a_missing_site_json_is_an_unknown_site(vendor: responses.RequestsMock, client: Client) -> None:
    vendor.get(f"{URL}/site.json", b"", status=404)
    assert trouble(client, "/site.json").problem is Problem.UNKNOWN_SITE


def unresolved(code: int) -> requests.ConnectionError:
    """Return what requests raises when a name server says no or nothing."""
    try:
        try:
            raise socket.gaierror(code, "name")
        except socket.gaierror as cause:
            raise NameResolutionError(
                "acme.chargify.com", HTTPSConnection("acme.chargify.com"), cause
            ) from cause
    except NameResolutionError as reason:
        pool = requests.Session().get_adapter(URL).poolmanager.connection_from_url(URL)
        return requests.ConnectionError(MaxRetryError(pool, "/", reason))


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (requests.ConnectTimeout(), Problem.UNREACHABLE),
        (requests.ReadTimeout(), Problem.UNREACHABLE),
        (requests.ConnectionError("refused"), Problem.UNREACHABLE),
        (requests.exceptions.SSLError("certificate"), Problem.UNREACHABLE),
        (requests.exceptions.ChunkedEncodingError("half"), Problem.NOT_JSON),
        (requests.exceptions.ContentDecodingError("gzip"), Problem.NOT_JSON),
        (unresolved(socket.EAI_NONAME), Problem.UNKNOWN_SITE),
        (unresolved(socket.EAI_AGAIN), Problem.UNREACHABLE),
    ],
)
def test_no_answer_means(
    vendor: responses.RequestsMock, client: Client, error: Exception, problem: Problem
) -> None:
    vendor.get(f"{URL}/customers.json", body=error)
    assert trouble(client).problem is problem


def test_the_key_is_in_no_log(
    vendor: responses.RequestsMock, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    vendor.get(f"{URL}/customers.json", b"HTTP Basic: Access denied.\n", status=401)
    trouble(client)
    assert KEY not in caplog.text


def test_a_body_is_capped_after_decompression(
    vendor: responses.RequestsMock, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LARGEST_BODY", 100_000)
    bomb = gzip.compress(b" " * 1_000_000)
    vendor.get(f"{URL}/customers.json", bomb, headers={"Content-Encoding": "gzip"})
    assert len(bomb) < 10_000
    assert trouble(client).problem is Problem.INTERNAL


def test_an_answer_that_trickles_is_given_up(
    vendor: responses.RequestsMock, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LONGEST_ANSWER", -1.0)
    vendor.get(f"{URL}/customers.json", b"[]")
    assert trouble(client).problem is Problem.UNREACHABLE


def test_cookies_are_not_kept(vendor: responses.RequestsMock, client: Client) -> None:
    vendor.get(f"{URL}/site.json", b"{}", headers={"Set-Cookie": "tracker=1; Path=/"})
    client.get("/site.json")
    client.get("/site.json")
    assert "Cookie" not in vendor.calls[1].request.headers
