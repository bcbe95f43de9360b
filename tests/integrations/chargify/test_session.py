"""Finding a site in two regions, and checking a key against it."""

from __future__ import annotations

from typing import Any

import pytest
import requests
import responses

from integrations.connectors.base import ConnectorError, Problem
from integrations.connectors.chargify import ChargifyConnector
from integrations.connectors.chargify.session import ChargifySession
from integrations.connectors.chargify.streams import STREAMS

from .support import KEY, SITE

US, EU = "https://acme.chargify.com", "https://acme.ebilling.maxio.com"
CANCELED = (422, {"errors": ["Your Chargify account has been canceled. Please contact support."]})
OK = (200, {"site": SITE})
WRONG = (401, "HTTP Basic: Access denied.\n")
NOWHERE = (404, "<html>No such site</html>")
DOWN = (503, "<html>down</html>")
Answer = tuple[int, Any]
SUBSCRIPTIONS = next(stream for stream in STREAMS if stream.name == "subscriptions")


def serve(vendor: responses.RequestsMock, url: str, answer: Answer) -> None:
    """Let a URL give an answer; text as it is, the rest as JSON."""
    status, body = answer
    vendor.get(url, status=status, **{"body" if isinstance(body, str) else "json": body})


def open_site(region: str | None = None, site: str = "acme") -> ChargifySession:
    session = ChargifyConnector().open({"site": site, "region": region}, KEY)
    assert isinstance(session, ChargifySession)
    return session


def problem_of(session: ChargifySession) -> Problem:
    with pytest.raises(ConnectorError) as caught:
        list(session.check())
    assert KEY not in f"{caught.value!r} {caught.value.detail} {session!r}"
    return caught.value.problem


def test_nothing_is_sent_before_it_is_needed(vendor: responses.RequestsMock) -> None:
    open_site().close()
    assert len(vendor.calls) == 0


@pytest.mark.parametrize(
    ("us", "eu", "expected", "asked"),
    [
        (OK, NOWHERE, "us", 1),
        (WRONG, OK, "eu", 2),
        (NOWHERE, OK, "eu", 2),
        (DOWN, OK, "eu", 2),
        ((200, "<html>Welcome</html>"), OK, "eu", 2),
        (WRONG, WRONG, Problem.WRONG_KEY, 2),
        (NOWHERE, WRONG, Problem.WRONG_KEY, 2),
        (WRONG, NOWHERE, Problem.WRONG_KEY, 2),
        (NOWHERE, NOWHERE, Problem.UNKNOWN_SITE, 2),
        (CANCELED, OK, Problem.ACCOUNT_CANCELED, 1),
        (WRONG, CANCELED, Problem.ACCOUNT_CANCELED, 2),
        (DOWN, NOWHERE, Problem.VENDOR_DOWN, 2),
        (NOWHERE, DOWN, Problem.VENDOR_DOWN, 2),
        (WRONG, DOWN, Problem.VENDOR_DOWN, 2),
        ((429, "usage violation"), NOWHERE, Problem.RATE_LIMITED, 2),
        ((200, {"site": {}}), NOWHERE, Problem.INTERNAL, 2),
    ],
)
def test_a_bare_name_is_looked_for_in_both_regions(
    vendor: responses.RequestsMock, us: Answer, eu: Answer, expected: str | Problem, asked: int
) -> None:
    serve(vendor, f"{US}/site.json", us)
    serve(vendor, f"{EU}/site.json", eu)
    session = open_site()
    if isinstance(expected, Problem):
        assert problem_of(session) is expected
    else:
        assert session.resolved_account == {"site": "acme", "region": expected}
    assert len(vendor.calls) == session.requests_made == asked


def test_a_known_region_is_the_only_one_asked(vendor: responses.RequestsMock) -> None:
    serve(vendor, f"{EU}/site.json", WRONG)
    assert problem_of(open_site("eu")) is Problem.WRONG_KEY
    assert [call.request.url for call in vendor.calls] == [f"{EU}/site.json"]


def test_a_redirect_is_no_site(vendor: responses.RequestsMock) -> None:
    for url in (US, EU):
        vendor.get(f"{url}/site.json", status=302, headers={"Location": "https://evil.example/site.json"})
    assert problem_of(open_site()) is Problem.UNKNOWN_SITE
    assert len(vendor.calls) == 2


def test_a_check_names_every_step_before_it(vendor: responses.RequestsMock) -> None:
    serve(vendor, f"{US}/site.json", OK)
    serve(vendor, f"{US}/customers.json", (200, []))
    serve(vendor, f"{US}/subscriptions.json", (200, []))
    serve(vendor, f"{US}/invoices.json", (200, {"invoices": []}))
    session = open_site()
    assert tuple(session.check()) == tuple(ChargifyConnector.check_steps)
    assert session.resolved_account == {"site": "acme", "region": "us"}
    account = session.account
    assert (account.id, account.name, account.host) == ("87359", "Acme Projects", "acme.chargify.com")
    assert (account.is_test, account.currency) == (True, "USD")
    assert session.requests_made == len(vendor.calls) == 4


@pytest.mark.parametrize("path", ["customers", "subscriptions", "invoices"])
@pytest.mark.parametrize(
    ("answer", "problem"),
    [((403, ""), Problem.FORBIDDEN), ((200, "<html>"), Problem.NOT_JSON), (CANCELED, None)],
)
def test_a_check_stops_where_it_fails(
    vendor: responses.RequestsMock, path: str, answer: Answer, problem: Problem | None
) -> None:
    serve(vendor, f"{US}/site.json", OK)
    for each in ("customers", "subscriptions", "invoices"):
        serve(vendor, f"{US}/{each}.json", answer if each == path else (200, []))
    steps = []
    with pytest.raises(ConnectorError) as caught:  # noqa: PT012 (the steps before the failure count)
        for step in open_site("us").check():
            steps.append(step)
    assert caught.value.problem is (problem or Problem.ACCOUNT_CANCELED)
    assert steps[-1] == f"Read {path}"


def test_a_site_of_another_name_is_refused(vendor: responses.RequestsMock) -> None:
    serve(vendor, f"{US}/site.json", (200, {"site": SITE | {"subdomain": "other"}}))
    session = open_site("us")
    with pytest.raises(ConnectorError, match=r"acme.*other") as caught:
        list(session.check())
    assert caught.value.problem is Problem.OTHER_SITE


@pytest.mark.parametrize("subdomain", ["Acme", None])
def test_case_and_absence_of_the_name_say_nothing(
    vendor: responses.RequestsMock, subdomain: str | None
) -> None:
    serve(vendor, f"{US}/site.json", (200, {"site": SITE | {"subdomain": subdomain}}))
    assert open_site("us").account.id == "87359"


def test_a_timeout_is_transient(vendor: responses.RequestsMock) -> None:
    vendor.get(f"{US}/site.json", body=requests.ReadTimeout())
    serve(vendor, f"{EU}/site.json", NOWHERE)
    assert problem_of(open_site()) is Problem.UNREACHABLE


@pytest.mark.parametrize(
    ("answer", "total"),
    [
        ((200, {"stats": {"total_subscriptions": 120}}), 120),
        ((200, {"stats": {"total_subscriptions": "many"}}), None),
        ((200, {"stats": {}}), None),
        ((200, {}), None),
        ((403, ""), None),
        ((404, ""), None),
    ],
)
def test_total(vendor: responses.RequestsMock, answer: Answer, total: int | None) -> None:
    serve(vendor, f"{US}/stats.json", answer)
    assert open_site("us").total(SUBSCRIPTIONS) == total


def test_what_the_vendor_does_not_count_is_not_asked_for(vendor: responses.RequestsMock) -> None:
    customers = next(stream for stream in STREAMS if stream.name == "customers")
    assert open_site("us").total(customers) is None


@pytest.mark.parametrize("answer", [WRONG, DOWN, (429, "")])
def test_a_total_hides_no_other_trouble(vendor: responses.RequestsMock, answer: Answer) -> None:
    serve(vendor, f"{US}/stats.json", answer)
    with pytest.raises(ConnectorError):
        open_site("us").total(SUBSCRIPTIONS)
