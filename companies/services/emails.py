"""E-mails to the members who may act: written with what happened, sent at most once.

A mail server's answer can get lost. Then nobody knows whether the mail went out, and it is not sent again: the Portal
shows the same, and a second mail would look like a second event. What surely wasn't sent is tried again for a day.
"""

from __future__ import annotations

from datetime import timedelta
from smtplib import SMTPException, SMTPNotSupportedError, SMTPRecipientsRefused, SMTPResponseException
from typing import Any, cast
from urllib.parse import urlsplit
from uuid import UUID

import structlog
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from companies.link_urls import connection_link_url
from companies.lookups import due_emails
from companies.models import ConnectionEvent, EventEmail, Member, WebhookConsumer
from companies.roles import RIGHTS, Right
from config.tenancy import tenant_context

log = structlog.get_logger(__name__)

SHORTEST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)
GIVE_UP_AFTER = timedelta(days=1)
_SUBJECTS = {
    ConnectionEvent.Kind.DEAUTHORIZED: "{company}: the connection to {platform} is lost",
    ConnectionEvent.Kind.STALE: "{company}: the data from {platform} are out of date",
}
# The server has said no, or was never asked.
_SURELY_UNSENT = (SMTPResponseException, SMTPRecipientsRefused, SMTPNotSupportedError)


def event_announce(*, event: ConnectionEvent) -> None:
    """Write an e-mail about an event to each member who may manage connections."""
    _write(Right.MANAGE_CONNECTIONS, event=event)


def consumer_announce(*, consumer: WebhookConsumer) -> None:
    """Write an e-mail about a webhook consumer that was disabled to each member who may change settings."""
    _write(Right.CHANGE_SETTINGS, consumer=consumer)


def _write(right: Right, **about: Any) -> None:
    roles = [role for role, rights in RIGHTS.items() if right in rights]
    members = Member.objects.filter(role__in=roles, user__is_active=True)
    EventEmail.objects.bulk_create(
        EventEmail(operator_id=member.operator_id, member=member, not_before=timezone.now(), **about)
        for member in members
    )


def emails_send_due() -> None:
    """Send every e-mail that is due, of all operators; while the mail server can't be reached they wait."""
    due = due_emails()
    if not due:
        return
    try:
        with get_connection() as line:
            for operator_id, email_id in due:
                email_send(operator_id=operator_id, email_id=email_id, line=line)
    except (OSError, SMTPException) as error:
        log.error("mail_server_failed", detail=str(error))


def email_send(*, operator_id: UUID, email_id: UUID, line: Any) -> None:
    """Send one e-mail over a line to the mail server; raise OSError or SMTPException where the outcome is unknown."""
    with tenant_context(operator_id):
        message = _begun(email_id)
    if message is None:
        return
    try:
        line.send_messages([message])
    except _SURELY_UNSENT as error:
        log.warning("email_refused", email=str(email_id), detail=str(error))
        with tenant_context(operator_id):
            _try_later(email_id)
        return
    with tenant_context(operator_id):
        EventEmail.objects.filter(pk=email_id).update(state=EventEmail.State.SENT)


def _begun(email_id: UUID) -> EmailMessage | None:
    """Say that an e-mail is being sent, and return it; None where somebody else does, or nobody should any more."""
    waiting = EventEmail.objects.filter(pk=email_id, state=EventEmail.State.WAITING)
    email = (
        waiting.filter(event__connection__deleted_at=None, event__connection__company__deleted_at=None)
        .select_related("event__connection__company", "consumer", "member__user", "operator")
        .defer("consumer__headers", "consumer__secret", "consumer__previous_secret")
        .select_for_update(of=("self",), skip_locked=True)
        .first()
    )
    if email is None:
        return None
    email.state = EventEmail.State.SENDING
    email.save(update_fields=["state"])
    return _message(email)


def _try_later(email_id: UUID) -> None:
    email = EventEmail.objects.get(pk=email_id)
    age = timezone.now() - email.created_at
    email.state = EventEmail.State.WAITING if age < GIVE_UP_AFTER else EventEmail.State.FAILED
    email.not_before = timezone.now() + min(max(age, SHORTEST_PAUSE), LONGEST_PAUSE)
    email.save(update_fields=["state", "not_before"])


def _message(email: EventEmail) -> EmailMessage:
    # A constraint of the table: one of the two is there.
    about = (
        _about_event(email.event) if email.event else _about_consumer(cast(WebhookConsumer, email.consumer))
    )
    subject, template, context = about
    return EmailMessage(
        subject=" ".join(subject.split()),
        body=render_to_string(
            f"companies/email/{template}.txt",
            context | {"member": email.member, "operator": email.operator},
        ),
        to=[email.member.user.email],
        headers={
            "Message-ID": f"<{email.pk}@{urlsplit(settings.BASE_URL).hostname}>",
            "Auto-Submitted": "auto-generated",
        },
    )


def _about_event(event: ConnectionEvent) -> tuple[str, str, dict[str, Any]]:
    connection = event.connection
    company = connection.company
    subject = _SUBJECTS[ConnectionEvent.Kind(event.kind)]
    context = {
        "event": event,
        "connection": connection,
        "company": company,
        # What a vendor's account is called is somebody else's text: it stays within its line.
        "account": " ".join(connection.account_name.split()),
        "link_url": connection_link_url(connection),
        "page_url": _page_url("admin:companies_company_change", company.pk),
    }
    return subject.format(company=company.name, platform=connection.platform_name), event.kind, context


def _about_consumer(consumer: WebhookConsumer) -> tuple[str, str, dict[str, Any]]:
    host = urlsplit(consumer.url).hostname
    page_url = _page_url("admin:companies_webhookconsumer_change", consumer.pk)
    context = {"consumer": consumer, "host": host, "page_url": page_url}
    return f"Webhooks to {host} were disabled", "webhook_disabled", context


def _page_url(name: str, pk: UUID) -> str:
    return f"{settings.BASE_URL}{reverse(name, args=[pk])}"
