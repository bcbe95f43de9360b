"""Consent, credentials, check and the end, in their order and out of it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from unittest.mock import Mock
from uuid import uuid4

import pytest
from django.utils import timezone
from django.utils.html import escape
from redis.exceptions import ConnectionError as ValkeyDown

from companies.models import Connection, ConnectionEvent, Operator
from companies.services.connections import connection_delete
from config.tenancy import tenant_context
from integrations.connectors.base import Account, Problem
from integrations.models import Credential, CredentialCheck
from integrations.services.switches import integration_switch
from integrations.texts import text_for
from link.limits import TRIES
from tests.conftest import Tenant
from tests.link.conftest import ACCOUNT, KEY, Customer, CustomerOf

Outcome = CredentialCheck.Outcome


# ---------------------------------------------------------------- consent
def test_consent_says_who_what_never_and_how_to_stop(baker: Customer) -> None:
    page = baker.get("consent", connection_id=baker.begin().id).content.decode()
    assert "<h1>Connect to Chargify</h1>" in page
    assert "Northwind Lending asks to read the Chargify billing data of Corner Bakery." in page
    for part in ("Subscriptions", "Nothing in your Chargify account is changed", "You can stop this"):
        assert part in page


def test_next_puts_the_consent_on_record(baker: Customer) -> None:
    connection = baker.begin()
    baker.client.defaults |= {"HTTP_USER_AGENT": "Firefox " * 100, "REMOTE_ADDR": "203.0.113.9"}
    response = baker.post("consent", connection_id=connection.id)
    (consent,) = baker.consents()
    assert response["Location"] == baker.url("credentials", connection_id=connection.id)
    assert consent.ip_address == "203.0.113.9"
    assert consent.user_agent.startswith("Firefox")
    assert "Subscriptions" in consent.text


def test_looking_at_the_consent_page_agrees_to_nothing(baker: Customer) -> None:
    baker.get("consent", connection_id=baker.begin().id)
    assert not baker.consents()


# ---------------------------------------------------------------- credentials
def test_credentials_need_consent(baker: Customer) -> None:
    connection = baker.begin()
    consent = baker.url("consent", connection_id=connection.id)
    assert baker.get("credentials", connection_id=connection.id)["Location"] == consent
    assert baker.submit(connection)["Location"] == consent
    with tenant_context(baker.tenant.operator.id):
        assert not Credential.objects.exists()


def test_the_credentials_page_helps_to_find_the_key(baker: Customer) -> None:
    page = baker.get("credentials", connection_id=baker.agree().id).content.decode()
    assert "<h1>Your Chargify credentials</h1>" in page
    assert 'for="id_site">Chargify site</label>' in page
    assert 'for="id_secret">API key</label>' in page
    assert "<button>Continue</button>" in page
    assert "<li>Choose Config, then Integrations.</li>" in page
    assert 'href="https://app.chargify.com" target="_blank" rel="noopener noreferrer"' in page


def test_continue_hands_the_key_to_the_check(baker: Customer) -> None:
    connection = baker.agree()
    response = baker.submit(connection, site=" acme ", secret=f" {KEY}\n")
    with tenant_context(baker.tenant.operator.id):
        check = CredentialCheck.objects.select_related("credential").get()
        assert check.credential is not None
        assert check.credential.secret == KEY
        assert check.site_entered == "acme"
    assert response["Location"] == baker.url("check", connection_id=connection.id, check_id=check.id)


def test_the_check_is_queued_when_the_key_is_safely_stored(
    baker: Customer, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = baker.agree()
    delay = Mock()
    monkeypatch.setattr("integrations.tasks.check_credential.delay", delay)
    with django_capture_on_commit_callbacks(execute=True):
        baker.submit(connection)
    with tenant_context(baker.tenant.operator.id):
        check = CredentialCheck.objects.get()
    delay.assert_called_once_with(operator_id=str(baker.tenant.operator.id), check_id=str(check.id))


@pytest.mark.parametrize(
    ("site", "secret", "field", "message"),
    [
        ("ac me", KEY, "id_site", "A site has no spaces."),
        ("", KEY, "id_site", "Enter your Chargify site."),
        ("acme", "id:77", "id_secret", "This is the key's ID, not the key."),
        ("acme", " ", "id_secret", "Enter your API key."),
    ],
)
def test_what_cannot_be_right_is_said_at_the_field(
    baker: Customer, site: str, secret: str, field: str, message: str
) -> None:
    page = baker.submit(baker.agree(), site=site, secret=secret).content.decode()
    assert f'<a href="#{field}">{escape(message)}</a>' in page
    assert f'<p class="error" id="{field}_error">{escape(message)}</p>' in page
    (wrong_input,) = [tag for tag in re.findall(r"<input[^>]*>", page) if "aria-invalid" in tag]
    assert f'id="{field}"' in wrong_input
    assert re.search(rf'aria-describedby="[^"]*\b{field}_error"', wrong_input)
    assert "<title>Error: Your Chargify credentials" in page
    with tenant_context(baker.tenant.operator.id):
        assert not CredentialCheck.objects.exists()


def test_an_error_keeps_the_site_but_not_the_key(baker: Customer) -> None:
    page = baker.submit(baker.agree(), site="ac me").content.decode()
    assert 'value="ac me"' in page
    assert KEY not in page


def test_many_tries_are_stopped_for_a_while(baker: Customer) -> None:
    connection = baker.agree()
    assert {baker.submit(connection).status_code for _ in range(TRIES)} == {302}
    response = baker.submit(connection)
    assert response.status_code == 429
    assert "Wait ten minutes" in response.content.decode()
    assert KEY not in response.content.decode()
    with tenant_context(baker.tenant.operator.id):
        assert CredentialCheck.objects.count() == TRIES


def test_tries_are_not_counted_while_valkey_is_down(
    baker: Customer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise ValkeyDown("nobody there")

    connection = baker.agree()
    monkeypatch.setattr("link.limits.cache.add", refuse)
    assert baker.submit(connection).status_code == 302
    assert "link_tries_not_counted" in caplog.text


def test_one_company_does_not_use_up_the_tries_of_another(baker: Customer, customer_of: CustomerOf) -> None:
    connection = baker.agree()
    for _ in range(TRIES + 1):
        baker.submit(connection)
    other = customer_of(baker.tenant)
    assert other.submit(other.agree()).status_code == 302


def test_an_integration_that_was_switched_off_meanwhile_is_said(baker: Customer) -> None:
    connection = baker.agree()
    with tenant_context(baker.tenant.operator.id):
        integration_switch(platform_key="rkgp", enabled=False, actor="test")
    for name in ("consent", "credentials"):
        response = baker.get(name, connection_id=connection.id)
        assert response.status_code == 410
        assert "Northwind Lending has switched it off" in response.content.decode()
    assert baker.submit(connection).status_code == 410


# ---------------------------------------------------------------- the check
def test_the_check_page_shows_how_far_it_is(baker: Customer) -> None:
    connection = baker.agree()
    check = baker.check(connection, steps_done=1)
    page = baker.get("check", connection_id=connection.id, check_id=check.id).content.decode()
    states = [part.split('"')[0] for part in page.split('data-state="')[1:]]
    assert states == ["done", "current", "waiting"]
    assert 'role="status" aria-live="polite"' in page
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in page.split("</head>")[0]


def test_the_script_learns_how_far_it_is(baker: Customer) -> None:
    connection = baker.agree()
    check = baker.check(connection, steps_done=2)
    response = baker.get("check-status", connection_id=connection.id, check_id=check.id)
    assert response.json() == {"stepsDone": 2, "message": "This takes a few seconds.", "next": None}
    assert response["Cache-Control"] == "no-store"


def test_after_fifteen_seconds_nobody_needs_to_wait(baker: Customer) -> None:
    connection = baker.agree()
    check = baker.check(connection, started_at=timezone.now() - timedelta(seconds=16))
    page = baker.get("check", connection_id=connection.id, check_id=check.id).content.decode()
    assert "We keep checking, and you can close this page." in page


@pytest.mark.parametrize("problem", list(Problem))
def test_every_problem_has_its_words_and_keeps_the_site(baker: Customer, problem: Problem) -> None:
    connection = baker.agree()
    check = baker.check(connection, outcome=Outcome.FAILED, problem=problem)
    arguments: dict[str, Any] = {"connection_id": connection.id, "check_id": check.id}
    after = f"{baker.url('credentials', connection_id=connection.id)}?check={check.id}"
    assert baker.get("check", **arguments)["Location"] == after
    assert baker.get("check-status", **arguments).json()["next"] == after
    page = baker.client.get(after).content.decode()
    assert escape(text_for(problem).title) in page
    assert escape(text_for(problem).customer) in page
    assert 'value="acme"' in page
    assert 'role="alert"' in page


def test_who_comes_back_later_sees_how_the_last_check_went(baker: Customer) -> None:
    connection = baker.agree()
    baker.check(connection, outcome=Outcome.FAILED, problem=Problem.WRONG_KEY)
    assert "The API key was refused" in baker.get("credentials", connection_id=connection.id).content.decode()
    baker.check(connection)
    page = baker.get("credentials", "?check=nonsense", connection_id=connection.id).content.decode()
    assert "The API key was refused" not in page


def test_a_check_that_passed_leads_to_the_end(baker: Customer) -> None:
    connection = baker.agree()
    check = baker.check(connection, outcome=Outcome.PASSED)
    baker.link(connection)
    arguments: dict[str, Any] = {"connection_id": connection.id, "check_id": check.id}
    done = baker.url("done", connection_id=connection.id)
    assert baker.get("check", **arguments)["Location"] == done
    assert baker.get("check-status", **arguments).json()["next"] == done


def test_polling_asks_the_database_little(baker: Customer, django_assert_max_num_queries: Any) -> None:
    connection = baker.agree()
    check = baker.check(connection)
    with django_assert_max_num_queries(9):
        baker.get("check-status", connection_id=connection.id, check_id=check.id)


# ---------------------------------------------------------------- the end
def test_connected_names_the_site_and_what_happens_now(baker: Customer) -> None:
    connection = baker.agree()
    baker.link(connection)
    page = baker.get("done", connection_id=connection.id).content.decode()
    assert "<h1>Connected</h1>" in page
    assert "Acme Projects" in page
    assert "acme.chargify.com" in page
    assert "We are reading your billing data now. You can close this page." in page
    assert "Test site" not in page
    assert "also connected" not in page
    assert f'role="button" href="{baker.url("finish", connection_id=connection.id)}">Finish</a>' in page


def test_a_test_site_is_marked(baker: Customer) -> None:
    connection = baker.agree()
    account = {name: getattr(ACCOUNT, name) for name in ("id", "name", "host", "currency")}
    baker.link(connection, Account(**account, is_test=True))
    assert "Test site" in baker.get("done", connection_id=connection.id).content.decode()


def test_a_site_under_two_companies_is_said_without_naming_the_other(baker: Customer) -> None:
    connection = baker.agree()
    baker.check(connection, outcome=Outcome.PASSED, notice="This site is also connected under: Rival Ltd.")
    baker.link(connection)
    page = baker.get("done", connection_id=connection.id).content.decode()
    assert "This site is also connected to Northwind Lending a second time." in page
    assert "Rival" not in page


def test_finish_without_a_redirect_url_says_that_the_window_can_be_closed(baker: Customer) -> None:
    connection = baker.agree()
    baker.link(connection)
    response = baker.get("finish", connection_id=connection.id)
    assert response.status_code == 200
    assert "You can close this window" in response.content.decode()


def test_finish_goes_to_the_operators_redirect_url(baker: Customer) -> None:
    connection = baker.agree()
    baker.link(connection)
    with tenant_context(baker.tenant.operator.id):
        Operator.objects.update(
            redirect_url="https://app.northwind.example/back?c={companyId}&s={statusCode}",
            allowed_redirect_hosts=["app.northwind.example"],
        )
    response = baker.get("finish", connection_id=connection.id)
    assert response["Location"] == f"https://app.northwind.example/back?c={baker.company.id}&s=200"


@pytest.mark.parametrize("name", ["done", "finish"])
def test_the_end_is_reached_only_when_linked(baker: Customer, name: str) -> None:
    connection = baker.agree()
    baker.check(connection, outcome=Outcome.PASSED)
    consent = baker.url("consent", connection_id=connection.id)
    assert baker.get(name, connection_id=connection.id)["Location"] == consent


@pytest.mark.parametrize("name", ["consent", "credentials"])
def test_going_back_after_the_end_leads_to_the_end_again(baker: Customer, name: str) -> None:
    connection = baker.agree()
    baker.link(connection)
    done = baker.url("done", connection_id=connection.id)
    assert baker.get(name, connection_id=connection.id)["Location"] == done
    assert baker.submit(connection)["Location"] == done
    with tenant_context(baker.tenant.operator.id):
        assert not CredentialCheck.objects.exists()


# ---------------------------------------------------------------- other people's pages
def _pages(baker: Customer, connection: Connection, check_id: Any) -> list[int]:
    pages = [
        baker.get(name, connection_id=connection.id) for name in ("consent", "credentials", "done", "finish")
    ]
    pages += [
        baker.get(name, connection_id=connection.id, check_id=check_id) for name in ("check", "check-status")
    ]
    return [page.status_code for page in [*pages, baker.submit(connection)]]


def test_another_operators_connection_is_not_there(
    baker: Customer, southbank: Tenant, customer_of: CustomerOf
) -> None:
    other = customer_of(southbank)
    theirs = other.agree()
    check = other.check(theirs)
    assert _pages(baker, theirs, check.id) == [404] * 7


def test_another_companys_connection_is_not_there(baker: Customer, customer_of: CustomerOf) -> None:
    other = customer_of(baker.tenant)
    theirs = other.agree()
    check = other.check(theirs)
    assert _pages(baker, theirs, check.id) == [404] * 7


def test_a_check_of_another_connection_is_not_there(baker: Customer, customer_of: CustomerOf) -> None:
    other = customer_of(baker.tenant)
    check = other.check(other.agree(), outcome=Outcome.FAILED, problem=Problem.WRONG_KEY)
    mine = baker.agree()
    for check_id in (check.id, uuid4()):
        assert baker.get("check", connection_id=mine.id, check_id=check_id).status_code == 404
    page = baker.get("credentials", f"?check={check.id}", connection_id=mine.id).content.decode()
    assert "The API key was refused" not in page


def test_a_deleted_connection_leads_back_to_the_start(baker: Customer) -> None:
    connection = baker.agree()
    with tenant_context(baker.tenant.operator.id):
        connection_delete(connection=connection, actor="test")
    response = baker.get("consent", connection_id=connection.id)
    assert response.status_code == 404
    assert f'href="{baker.url()}">Start again' in response.content.decode()


# ---------------------------------------------------------------- the key
def test_the_key_stands_nowhere_in_the_open(baker: Customer) -> None:
    connection = baker.agree()
    location = baker.submit(connection)["Location"]
    pages: list[Any] = [
        baker.client.get(location),
        baker.get("credentials", connection_id=connection.id),
        baker.get(),
    ]
    assert not [page for page in pages if KEY.encode() in page.content]
    with tenant_context(baker.tenant.operator.id):
        assert KEY not in str(list(CredentialCheck.objects.values()))
        assert KEY not in str(list(ConnectionEvent.objects.values()))
