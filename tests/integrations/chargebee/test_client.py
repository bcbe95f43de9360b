"""The one place that sends: only GET, only listed paths, only the site's host, and never the key in a message."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime

import pytest
import requests
import responses

from integrations.connectors import client as module
from integrations.connectors.base import ConnectorError, Exchange, Problem
from integrations.connectors.chargebee.client import client_of
from integrations.connectors.client import Client

from .support import KEY

URL = "https://acme.chargebee.com/api/v2"


@pytest.fixture
def client() -> Iterator[Client]:
    client = client_of("acme", KEY, exchange=lambda path: nullcontext(Exchange(path)))
    yield client
    client.close()


def trouble(client: Client, path: str = "/customers") -> ConnectorError:
    """Return the error of a GET, after looking for the key in it."""
    with pytest.raises(ConnectorError) as caught:
        client.get(path, {})
    error = caught.value
    assert KEY not in f"{error!r} {error} {error.detail} {error.__cause__!r} {client!r}"
    return error


def test_a_request_carries_the_key_and_no_password(vendor: responses.RequestsMock, client: Client) -> None:
    vendor.get(f"{URL}/customers", b"{}", headers={"Date": "Tue, 24 Mar 2020 18:24:55 GMT"})
    answer = client.get("/customers", {"updated_at[after]": "1585074295"})
    assert (answer.body, answer.server_time) == (b"{}", datetime(2020, 3, 24, 18, 24, 55, tzinfo=UTC))
    request = vendor.calls[0].request
    assert request.method == "GET"
    assert request.headers["Authorization"] == "Basic " + base64.b64encode(f"{KEY}:".encode()).decode()
    assert request.url == f"{URL}/customers?updated_at%5Bafter%5D=1585074295"


@pytest.mark.parametrize(
    "path", ["/invoices", "/customers/x", "/../customers", "customers", "//evil.example"]
)
def test_an_unlisted_path_is_not_asked_for(vendor: responses.RequestsMock, client: Client, path: str) -> None:
    assert trouble(client, path).problem is Problem.INTERNAL
    assert len(vendor.calls) == 0


def test_it_can_only_get() -> None:
    assert {name for name in vars(Client) if not name.startswith("_")} == {"get", "look", "close"}


@pytest.mark.parametrize("url", ["https://evil.example/", "http://acme.chargebee.com/api/v2/customers"])
def test_its_session_reaches_no_other_host(client: Client, url: str) -> None:
    with pytest.raises(requests.exceptions.InvalidSchema):
        client._http.get(url)


@pytest.mark.parametrize("target", ["https://evil.example/", f"{URL}/subscriptions"])
def test_no_redirect_is_followed(vendor: responses.RequestsMock, client: Client, target: str) -> None:
    vendor.get(f"{URL}/customers", status=302, headers={"Location": target})
    vendor.get(target, b"{}")
    assert trouble(client).problem is Problem.UNKNOWN_SITE
    assert len(vendor.calls) == 1


def said(code: str) -> bytes:
    return b'{"message":"Sorry","type":"invalid_request","api_error_code":"%s"}' % code.encode()


@pytest.mark.parametrize(
    ("status", "body", "problem"),
    [
        (401, said("api_authentication_failed"), Problem.WRONG_KEY),
        (401, b"", Problem.WRONG_KEY),
        (403, said("api_authorization_failed"), Problem.FORBIDDEN),
        (403, said("request_blocked"), Problem.ACCOUNT_CANCELED),
        (403, b"<html>", Problem.FORBIDDEN),
        (404, said("site_not_found"), Problem.UNKNOWN_SITE),
        (404, b" <!DOCTYPE html>", Problem.UNKNOWN_SITE),
        (404, said("resource_not_found"), Problem.INTERNAL),
        (400, said("param_wrong_value"), Problem.INTERNAL),
        (400, b'{"api_error_code": 3}', Problem.INTERNAL),
        (409, said("lock_timeout"), Problem.VENDOR_DOWN),
        (429, said("api_request_limit_exceeded"), Problem.RATE_LIMITED),
        (429, b"", Problem.RATE_LIMITED),
        (500, said("internal_error"), Problem.VENDOR_DOWN),
        (503, b"<html>down</html>", Problem.VENDOR_DOWN),
        (204, b"", Problem.INTERNAL),
    ],
)
def test_an_answer_means(
    vendor: responses.RequestsMock, client: Client, status: int, body: bytes, problem: Problem
) -> None:
    vendor.get(f"{URL}/customers", body, status=status)
    error = trouble(client)
    assert (error.problem, error.status) == (problem, status)
    assert len(vendor.calls) == 1


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (requests.ReadTimeout(), Problem.UNREACHABLE),
        (requests.ConnectionError("refused"), Problem.UNREACHABLE),
        (requests.exceptions.ChunkedEncodingError("half"), Problem.NOT_JSON),
    ],
)
def test_no_answer_means(
    vendor: responses.RequestsMock, client: Client, error: Exception, problem: Problem
) -> None:
    vendor.get(f"{URL}/customers", body=error)
    assert trouble(client).problem is problem


def test_a_body_is_capped_after_decompression(
    vendor: responses.RequestsMock, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LARGEST_BODY", 100_000)
    bomb = gzip.compress(b" " * 1_000_000)
    vendor.get(f"{URL}/customers", bomb, headers={"Content-Encoding": "gzip"})
    assert trouble(client).problem is Problem.INTERNAL


def test_an_answer_that_trickles_is_given_up(
    vendor: responses.RequestsMock, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LONGEST_ANSWER", -1.0)
    vendor.get(f"{URL}/customers", b"{}")
    assert trouble(client).problem is Problem.UNREACHABLE
