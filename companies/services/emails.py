"""E-mails about connections to the members who may act: written with the event, sent at most once.

A mail server's answer can get lost. Then nobody knows whether the mail went out, and it is not sent again: the Portal
shows the same, and a second mail would look like a second event. What surely wasn't sent is tried again for a day.
"""

from __future__ import annotations

from datetime import timedelta
from smtplib import SMTPException, SMTPNotSupportedError, SMTPRecipientsRefused, SMTPResponseException
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import structlog
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from companies.lookups import due_emails
from companies.models import ConnectionEvent, EventEmail, Member
from companies.roles import RIGHTS, Right
from companies.services.connections import connection_link_url
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
    roles = [role for role, rights in RIGHTS.items() if Right.MANAGE_CONNECTIONS in rights]
    members = Member.objects.filter(role__in=roles, user__is_active=True)
    EventEmail.objects.bulk_create(
        EventEmail(operator_id=event.operator_id, event=event, member=member, not_before=timezone.now())
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
        .select_related("event__connection__company", "member__user", "operator")
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
    event, connection = email.event, email.event.connection
    company = connection.company
    subject = _SUBJECTS[ConnectionEvent.Kind(event.kind)]
    context = {
        "event": event,
        "connection": connection,
        "company": company,
        # What a vendor's account is called is somebody else's text: it stays within its line.
        "account": " ".join(connection.account_name.split()),
        "member": email.member,
        "operator": email.operator,
        "link_url": connection_link_url(connection),
        "page_url": f"{settings.BASE_URL}{reverse('admin:companies_company_change', args=[company.pk])}",
    }
    return EmailMessage(
        subject=" ".join(subject.format(company=company.name, platform=connection.platform_name).split()),
        body=render_to_string(f"companies/email/{event.kind}.txt", context),
        to=[email.member.user.email],
        headers={
            "Message-ID": f"<{email.pk}@{urlsplit(settings.BASE_URL).hostname}>",
            "Auto-Submitted": "auto-generated",
        },
    )
