"""Checking what an SMB customer entered, against the simulator over a socket."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from django.core.management import call_command
from django.db import connection as database
from django.utils import timezone
from kombu.exceptions import OperationalError

from companies.models import AuditEvent, Connection, ConnectionEvent
from companies.services.companies import company_delete
from companies.services.connections import connection_delete, connection_unlink
from config.encryption import SecretField, SecretUnreadable
from config.tenancy import tenant_context
from integrations.connectors.base import InvalidAccount, Problem
from integrations.connectors.chargify import ChargifyConnector
from integrations.consent import consent_give, consent_given, consent_text
from integrations.models import Credential, CredentialCheck, Sync
from integrations.services import credentials
from integrations.services.connections import connection_deauthorize
from integrations.services.credentials import credential_submit
from integrations.simulator import Simulator
from integrations.texts import text_for
from tests.conftest import Tenant
from tests.sandbox import KEY, check, pending


def credentials_of(connection: Connection) -> list[Credential]:
    with tenant_context(connection.operator_id):
        return list(Credential.objects.filter(connection=connection))


class TestRightKey:
    def test_links_the_connection_to_the_site(self, northwind: Tenant, simulator: Simulator) -> None:
        connection = pending(northwind)
        passed = check(northwind, connection)
        assert passed.outcome == CredentialCheck.Outcome.PASSED
        assert connection.status == Connection.Status.LINKED
        assert connection.account_host == "acme.chargify.com"
        stated = requests.get(f"{simulator.url('us', 'acme')}/site.json", auth=(KEY, "x"), timeout=5).json()[
            "site"
        ]
        assert (connection.account_id, connection.account_name) == (str(stated["id"]), stated["name"])
        assert not connection.is_test

    def test_a_bare_name_is_tried_in_the_us_and_then_in_the_eu(
        self, northwind: Tenant, simulator: Simulator
    ) -> None:
        connection = pending(northwind)
        check(northwind, connection, site="europa", key="europa-key-0123456789")
        assert connection.account_host == "europa.ebilling.maxio.com"
        assert credentials_of(connection)[0].account == {"site": "europa", "region": "eu"}

    def test_a_test_site_is_marked(self, northwind: Tenant, simulator: Simulator) -> None:
        connection = pending(northwind)
        check(northwind, connection, site="europa.ebilling.maxio.com", key="europa-key-0123456789")
        assert connection.is_test

    def test_starts_the_first_sync(self, northwind: Tenant, simulator: Simulator) -> None:
        connection = pending(northwind)
        check(northwind, connection, starts_sync=True)
        with tenant_context(northwind.operator.id):
            assert Sync.objects.get(connection=connection).status == Sync.Status.QUEUED

    def test_the_last_key_replaces_the_one_before(self, northwind: Tenant, simulator: Simulator) -> None:
        connection = pending(northwind)
        check(northwind, connection)
        check(northwind, connection)
        assert [c.state for c in credentials_of(connection)] == [Credential.State.IN_USE]

    def test_puts_the_timeline_on_record(self, northwind: Tenant, simulator: Simulator) -> None:
        connection = pending(northwind)
        check(northwind, connection)
        with tenant_context(northwind.operator.id):
            kinds = set(ConnectionEvent.objects.filter(connection=connection).values_list("kind", flat=True))
        assert kinds == {"started", "connected"}


class TestFailure:
    @pytest.mark.parametrize(
        ("weather", "problem"),
        [
            ("unauthorized", Problem.WRONG_KEY),
            ("account_canceled", Problem.ACCOUNT_CANCELED),
            ("trial_ended", Problem.TRIAL_ENDED),
            ("rate_limited", Problem.RATE_LIMITED),
            ("down", Problem.VENDOR_DOWN),
            ("html", Problem.NOT_JSON),
            ("truncated", Problem.NOT_JSON),
        ],
    )
    def test_each_weather_has_its_own_words(
        self, northwind: Tenant, acme: Any, weather: str, problem: Problem
    ) -> None:
        acme.set_weather(weather)
        connection = pending(northwind)
        failed = check(northwind, connection)
        assert (failed.outcome, failed.problem) == (CredentialCheck.Outcome.FAILED, problem)
        assert connection.status == Connection.Status.PENDING
        assert credentials_of(connection) == []

    @pytest.mark.parametrize(
        ("site", "key", "problem"),
        [
            ("acme", "not-the-key-0123456789", Problem.WRONG_KEY),
            ("acme", "other-key-0123456789", Problem.WRONG_KEY),
            ("nowhere", KEY, Problem.UNKNOWN_SITE),
            ("acme.ebilling.maxio.com", KEY, Problem.UNKNOWN_SITE),
        ],
    )
    def test_wrong_key_and_wrong_site(
        self, northwind: Tenant, simulator: Simulator, site: str, key: str, problem: Problem
    ) -> None:
        connection = pending(northwind)
        failed = check(northwind, connection, site=site, key=key)
        assert failed.problem == problem
        assert credentials_of(connection) == []

    def test_every_problem_has_words_for_both_sides(self) -> None:
        texts = [text_for(problem) for problem in Problem]
        assert all(text.title and text.customer and text.operator for text in texts)
        assert len({text.title for text in texts}) == len(Problem)

    def test_a_failed_check_leaves_the_key_in_use_alone(
        self, northwind: Tenant, simulator: Simulator
    ) -> None:
        connection = pending(northwind)
        check(northwind, connection)
        check(northwind, connection, key="not-the-key-0123456789")
        assert [c.secret for c in credentials_of(connection)] == [KEY]
        assert connection.status == Connection.Status.LINKED

    def test_what_can_not_be_an_account_is_refused_at_once(
        self, northwind: Tenant, simulator: Simulator
    ) -> None:
        connection = pending(northwind)
        with tenant_context(northwind.operator.id), pytest.raises(InvalidAccount):
            credential_submit(
                connection=connection, entered={"site": "https://evil.example/"}, secret=KEY, actor="test"
            )
        assert credentials_of(connection) == []

    def test_a_broker_that_is_down_ends_the_check_and_destroys_the_key(
        self,
        northwind: Tenant,
        simulator: Simulator,
        monkeypatch: pytest.MonkeyPatch,
        django_capture_on_commit_callbacks: Any,
    ) -> None:
        from integrations import tasks

        def refuse(**options: Any) -> None:
            raise OperationalError("no broker")

        monkeypatch.setattr(tasks.check_credential, "delay", refuse)
        connection = pending(northwind)
        with django_capture_on_commit_callbacks(execute=True), tenant_context(northwind.operator.id):
            submitted = credential_submit(
                connection=connection, entered={"site": "acme"}, secret=KEY, actor="test"
            )
        with tenant_context(northwind.operator.id):
            submitted.refresh_from_db()
        assert (submitted.outcome, submitted.problem) == (CredentialCheck.Outcome.FAILED, Problem.INTERNAL)
        assert credentials_of(connection) == []


class TestBinding:
    def test_another_site_can_not_take_a_connections_place(
        self, northwind: Tenant, simulator: Simulator
    ) -> None:
        connection = pending(northwind)
        check(northwind, connection)
        refused = check(northwind, connection, site="other", key="other-key-0123456789")
        assert refused.problem == Problem.OTHER_ACCOUNT
        assert connection.account_host == "acme.chargify.com"

    def test_one_site_under_two_companies_is_noticed_and_said(
        self, northwind: Tenant, simulator: Simulator
    ) -> None:
        check(northwind, pending(northwind, name="Corner Bakery"))
        second = check(northwind, pending(northwind, name="Harbour Cafe"))
        assert second.outcome == CredentialCheck.Outcome.PASSED
        assert "Corner Bakery" in second.notice
        with tenant_context(northwind.operator.id):
            assert AuditEvent.objects.filter(action="connection.same_account").exists()
            timeline = ConnectionEvent.objects.filter(connection=second.connection, kind="connected")
            assert timeline.get().reason == "Acme Projects. This site is also connected under: Corner Bakery."

    def test_another_operators_connection_is_not_mentioned(
        self, northwind: Tenant, southbank: Tenant, simulator: Simulator
    ) -> None:
        check(northwind, pending(northwind))
        assert check(southbank, pending(southbank)).notice == ""


class TestEnd:
    """With a connection goes its key."""

    def test_unlinking_destroys_it(self, northwind: Tenant, linked: Connection) -> None:
        with tenant_context(northwind.operator.id):
            connection_unlink(connection=linked, actor="test")
        assert credentials_of(linked) == []

    def test_deleting_destroys_it(self, northwind: Tenant, linked: Connection) -> None:
        with tenant_context(northwind.operator.id):
            connection_delete(connection=linked, actor="test")
        assert credentials_of(linked) == []

    def test_deleting_the_company_destroys_it(self, northwind: Tenant, linked: Connection) -> None:
        with tenant_context(northwind.operator.id):
            company_delete(company=linked.company, actor="test")
        assert credentials_of(linked) == []

    def test_deauthorizing_destroys_it(self, northwind: Tenant, linked: Connection) -> None:
        with tenant_context(northwind.operator.id):
            connection_deauthorize(connection=linked, refused_since=timezone.now(), reason="test")
        assert credentials_of(linked) == []

    def test_a_check_that_was_running_links_nothing(self, northwind: Tenant, simulator: Simulator) -> None:
        connection = pending(northwind)
        with tenant_context(northwind.operator.id):
            submitted = credential_submit(
                connection=connection, entered={"site": "acme"}, secret=KEY, actor="test", queue=False
            )
            credential = Credential.objects.get()
        credentials._walk_steps(
            operator_id=northwind.operator.id,
            check=submitted,
            session=(session := ChargifyConnector().open(credential.account, KEY)),
        )
        with tenant_context(northwind.operator.id):
            connection_delete(connection=connection, actor="test")
            credentials._pass(
                check=submitted, credential=credential, account=session.account, resolved={"site": "acme"}
            )
            submitted.refresh_from_db()
        assert submitted.problem == Problem.NOT_LINKED

    def test_consent_must_be_given_anew(self, northwind: Tenant, linked: Connection) -> None:
        text = consent_text(connector=ChargifyConnector(), operator_name="Northwind", company_name="Bakery")
        with tenant_context(northwind.operator.id):
            consent_give(connection=linked, text=text, ip_address=None, user_agent="test")
            assert consent_given(linked)
            connection_unlink(connection=linked, actor="test")
            assert not consent_given(linked)
            consent_give(connection=linked, text=text, ip_address=None, user_agent="test")
            assert consent_given(linked)


class TestSecret:
    def test_is_encrypted_in_the_database(self, northwind: Tenant, linked: Connection) -> None:
        with tenant_context(northwind.operator.id), database.cursor() as cursor:
            cursor.execute("SELECT secret, account::text, last_four FROM integrations_credential")
            secret, account, last_four = cursor.fetchone()
        assert KEY.encode() not in bytes(secret)
        assert KEY not in account
        assert last_four == KEY[-4:]

    def test_bulk_update_keeps_it(self, northwind: Tenant, linked: Connection) -> None:
        with tenant_context(northwind.operator.id):
            credential = Credential.objects.get(connection=linked)
            credential.secret = "another-key"  # type: ignore[assignment]  # the library is not typed
            Credential.objects.bulk_update([credential], ["secret"])
            assert Credential.objects.get(pk=credential.pk).secret == "another-key"

    def test_dumps_leave_it_out(self, linked: Connection) -> None:
        [credential] = credentials_of(linked)
        assert SecretField().value_to_string(credential) == ""

    def test_a_lost_key_is_a_named_error(
        self, northwind: Tenant, linked: Connection, settings: Any, fresh_keys: Any
    ) -> None:
        fresh_keys(["some-other-key"])
        with tenant_context(northwind.operator.id), pytest.raises(SecretUnreadable):
            Credential.objects.get(connection=linked)

    def test_rotation_lets_the_old_key_go(
        self, northwind: Tenant, linked: Connection, settings: Any, fresh_keys: Any, capsys: Any
    ) -> None:
        old = settings.FERNET_KEYS
        fresh_keys(["the-new-key", *old])
        call_command("rotate_fernet_keys", dry_run=True)
        assert "1 secrets would be" in capsys.readouterr().out
        call_command("rotate_fernet_keys")
        call_command("rotate_fernet_keys", verify=True)
        fresh_keys(["the-new-key"])
        assert [c.secret for c in credentials_of(linked)] == [KEY]


@pytest.fixture
def fresh_keys(settings: Any) -> Any:
    """Return a function that puts other keys in force; the field caches them as a running process does."""
    field = Credential._meta.get_field("secret")

    def put(keys: list[str]) -> None:
        settings.FERNET_KEYS = keys
        for cached in ("keys", "fernet_keys", "fernet"):
            field.__dict__.pop(cached, None)

    original = list(settings.FERNET_KEYS)
    yield put
    put(original)
