"""E-mails about connections: who gets one, what it says, and that nobody gets it twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from email.message import Message
from typing import Any

import environ
import pytest
from django.core.mail import get_connection
from django.db.models import F
from django.utils import timezone
from pytest_django.fixtures import Settings
from structlog.testing import capture_logs

from companies.models import Company, Connection, ConnectionEvent, EventEmail, Member, User
from companies.roles import Role
from companies.services.companies import link_url_revoke
from companies.services.connections import connection_delete, connection_event
from companies.services.emails import email_send, event_announce
from companies.tasks import send_emails
from config.checks import check_email
from config.tenancy import tenant_context
from portal.erase import purge_all
from tests.companies.smtp import MailServer, mail_server
from tests.conftest import PASSWORD, Tenant
from tests.portal.conftest import make_connection

Kind = ConnectionEvent.Kind
State = EventEmail.State
REASON = "The vendor refused the API key."


@pytest.fixture
def server(settings: Settings) -> Iterator[MailServer]:
    """A mail server, to which the settings point as EMAIL_URL would."""
    with mail_server() as running:
        for name, value in environ.Env.email_url_config(running.url).items():
            setattr(settings, name, value)
        yield running


def member(tenant: Tenant, name: str, role: Role, *, is_active: bool = True) -> None:
    user = User.objects.create_user(email=f"{name}@example.org", password=PASSWORD, is_active=is_active)
    with tenant_context(tenant.operator.id):
        Member.objects.create(user=user, role=role)


def announce(tenant: Tenant, kind: Kind = Kind.DEAUTHORIZED, **values: Any) -> Connection:
    company = tenant.company()
    with tenant_context(tenant.operator.id):
        connection = make_connection(company, **values)
        event_announce(event=connection_event(connection=connection, kind=kind, reason=REASON))
    return connection


def states(tenant: Tenant) -> list[str]:
    with tenant_context(tenant.operator.id):
        return list(EventEmail.objects.values_list("state", flat=True))


def later(tenant: Tenant, **age: int) -> None:
    past = timedelta(**age)
    with tenant_context(tenant.operator.id):
        EventEmail.objects.update(created_at=F("created_at") - past, not_before=F("not_before") - past)


def text_of(message: Message) -> str:
    body = message.get_payload(decode=True)
    assert isinstance(body, bytes)
    return body.decode().replace("\r\n", "\n")


class TestWho:
    def test_members_who_may_manage_connections(self, northwind: Tenant, server: MailServer) -> None:
        member(northwind, "dora", Role.DEVELOPER)
        member(northwind, "gone", Role.ADMINISTRATOR, is_active=False)
        for role in (Role.ANALYST, Role.ADVISOR, Role.ONBOARDING):
            member(northwind, role, role)
        announce(northwind)
        send_emails()
        assert {message["To"] for message in server.messages} == {"alice@example.org", "dora@example.org"}

    def test_of_no_other_operator(self, northwind: Tenant, southbank: Tenant, server: MailServer) -> None:
        announce(northwind)
        announce(southbank)
        send_emails()
        told = {message["To"]: text_of(message) for message in server.messages}
        assert told.keys() == {"alice@example.org", "charlie@example.org"}
        assert "Northwind" not in told["charlie@example.org"]

    def test_not_about_what_was_deleted_meanwhile(self, northwind: Tenant, server: MailServer) -> None:
        connection = announce(northwind)
        with tenant_context(northwind.operator.id):
            connection_delete(connection=connection, actor="alice")
        send_emails()
        assert server.messages == []
        purge_all()
        assert states(northwind) == []


class TestWhat:
    def test_a_lost_connection(self, northwind: Tenant, server: MailServer, settings: Settings) -> None:
        connection = announce(northwind, account_name="Acme", is_test=True)
        send_emails()
        (message,) = server.messages
        said = text_of(message)
        assert message["Subject"] == "Corner Bakery: the connection to Chargify is lost"
        assert message["From"] == settings.DEFAULT_FROM_EMAIL
        assert message.get_content_type() == "text/plain"
        assert message["Auto-Submitted"] == "auto-generated"
        for expected in (
            "What happened",
            "Why\n" + REASON,
            "What to do next\nSend this Link URL",
            f"/{connection.pk}/\n",
            f"{settings.BASE_URL}/admin/companies/company/{connection.company_id}/change/",
            "Acme, ",
            "a test site",
            "as Administrator",
        ):
            assert expected in said, said

    def test_without_a_link_url_it_says_to_issue_one(self, northwind: Tenant, server: MailServer) -> None:
        connection = announce(northwind)
        with tenant_context(northwind.operator.id):
            link_url_revoke(company=connection.company, actor="alice")
        send_emails()
        (message,) = server.messages
        assert "The company's Link URL was revoked. Issue a new one" in text_of(message)
        assert "/link/" not in text_of(message)

    def test_data_that_are_out_of_date(self, northwind: Tenant, server: MailServer) -> None:
        announce(northwind, Kind.STALE)
        send_emails()
        (message,) = server.messages
        assert message["Subject"] == "Corner Bakery: the data from Chargify are out of date"
        assert REASON in text_of(message)

    def test_names_stay_within_their_line_and_are_only_text(
        self, northwind: Tenant, server: MailServer
    ) -> None:
        connection = announce(northwind, account_name="<b>Evil</b> & Co\n\nWhy\nNothing.")
        with tenant_context(northwind.operator.id):
            Company.objects.filter(pk=connection.company_id).update(name="Corner\nBcc: eve@example.org")
        send_emails()
        (message,) = server.messages
        assert message["Bcc"] is None
        assert "<b>Evil</b> & Co Why Nothing." in text_of(message)


class TestAtMostOnce:
    def test_sent_is_sent(self, northwind: Tenant, server: MailServer) -> None:
        announce(northwind)
        for _ in range(3):
            send_emails()
        assert (len(server.messages), states(northwind)) == (1, [State.SENT])

    def test_while_no_server_answers_they_wait(
        self, northwind: Tenant, server: MailServer, settings: Settings
    ) -> None:
        announce(northwind)
        port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
        with capture_logs() as logged:
            send_emails()
        assert states(northwind) == [State.WAITING]
        assert [line["event"] for line in logged] == ["mail_server_failed"]
        settings.EMAIL_PORT = port
        send_emails()
        assert len(server.messages) == 1

    def test_a_refused_one_is_tried_again_after_a_pause(self, northwind: Tenant, server: MailServer) -> None:
        member(northwind, "dora", Role.DEVELOPER)
        announce(northwind)
        server.refuses = "451 not now"
        send_emails()
        server.refuses = ""
        send_emails()
        assert server.messages == []
        later(northwind, minutes=2)
        send_emails()
        assert len(server.messages) == 2
        assert set(states(northwind)) == {State.SENT}

    def test_after_a_day_of_refusals_it_is_given_up(self, northwind: Tenant, server: MailServer) -> None:
        announce(northwind)
        server.refuses = "550 nobody here"
        later(northwind, hours=25)
        send_emails()
        assert states(northwind) == [State.FAILED]

    def test_one_whose_outcome_is_unknown_is_not_sent_again(
        self, northwind: Tenant, server: MailServer
    ) -> None:
        announce(northwind)
        server.hangs_up = True
        send_emails()
        server.hangs_up = False
        later(northwind, hours=2)
        send_emails()
        assert len(server.messages) == 1
        assert states(northwind) == [State.SENDING]

    def test_one_that_somebody_else_is_sending_is_left_alone(
        self, northwind: Tenant, server: MailServer
    ) -> None:
        announce(northwind)
        with tenant_context(northwind.operator.id):
            EventEmail.objects.update(state=State.SENDING)
        send_emails()
        assert server.messages == []

    def test_an_event_has_one_for_each_member(self, northwind: Tenant) -> None:
        connection = announce(northwind)
        with tenant_context(northwind.operator.id):
            event = ConnectionEvent.objects.get(connection=connection, kind=Kind.DEAUTHORIZED)
            email = EventEmail(event=event, member=northwind.member, not_before=timezone.now())
            with pytest.raises(Exception, match="email_once_per_member"):
                email.save()


def test_another_operator_sends_nothing_of_ours(
    northwind: Tenant, southbank: Tenant, server: MailServer
) -> None:
    announce(northwind)
    with tenant_context(northwind.operator.id):
        email = EventEmail.objects.get()
    with get_connection() as line:
        email_send(operator_id=southbank.operator.id, email_id=email.pk, line=line)
    assert (server.messages, states(northwind)) == ([], [State.WAITING])


def test_a_deployment_without_a_mail_server_is_warned(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    assert [warning.id for warning in check_email(None)] == ["config.W001"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert check_email(None) == []
