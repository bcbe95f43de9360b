"""Taking a credential in, checking it with the vendor, keeping it or destroying it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from companies.models import Connection, ConnectionEvent
from companies.services.audit import audit
from companies.services.connections import connection_event
from config.tenancy import tenant_context
from integrations.catalogue import connector_for
from integrations.connectors.base import Account, ConnectorError, Problem, Session
from integrations.models import Credential, CredentialCheck
from integrations.services.connections import connection_link, same_account_elsewhere
from integrations.services.requests import RequestLog
from integrations.services.syncs import sync_request
from integrations.texts import text_for

log = structlog.get_logger(__name__)


def credential_submit(
    *,
    connection: Connection,
    entered: Mapping[str, str],
    secret: str,
    actor: str,
    starts_sync: bool = True,
    queue: bool = True,
) -> CredentialCheck:
    """Encrypt what was entered and queue its check; raise InvalidAccount with words for the person.

    Submitting twice is safe: each check stands alone, and the last one that passes is in use. With `queue` off the
    caller runs the check itself.
    """
    connector = connector_for(connection.platform_key)
    account, clean = connector.parse_account(entered), connector.clean_secret(secret)
    with transaction.atomic():
        credential = Credential.objects.create(
            connection=connection, account=account, secret=clean, last_four=clean[-4:]
        )
        check = CredentialCheck.objects.create(
            connection=connection,
            credential=credential,
            site_entered=entered.get("site", "")[:200],
            starts_sync=starts_sync,
        )
        audit(actor=actor, action="credential.submitted", subject=str(connection.id))
    if queue:
        transaction.on_commit(lambda: _queue_check(check))
    return check


def _queue_check(check: CredentialCheck) -> None:
    from integrations.tasks import check_credential

    try:
        check_credential.delay(operator_id=str(check.operator_id), check_id=str(check.pk))
    except OperationalError:
        log.exception("credential_check_not_queued", check=str(check.pk))
        credential_check_abandon(operator_id=check.operator_id, check_id=check.pk)


def credential_check_run(*, operator_id: UUID, check_id: UUID) -> None:
    """Ask the vendor, outside any transaction, and keep or destroy the credential by the answer."""
    with tenant_context(operator_id):
        check = CredentialCheck.objects.select_related("connection", "credential").get(pk=check_id)
    credential = check.credential
    if check.outcome != CredentialCheck.Outcome.RUNNING or credential is None:
        return
    try:
        with vendor_session(connection=check.connection, credential=credential) as session:
            _walk_steps(operator_id=operator_id, check=check, session=session)
            account, resolved = session.account, session.resolved_account
    except ConnectorError as error:
        log.info("credential_check_failed", check=str(check_id), problem=error.problem, detail=error.detail)
        with tenant_context(operator_id):
            _fail(check=check, problem=error.problem)
        return
    with tenant_context(operator_id):
        _pass(check=check, credential=credential, account=account, resolved=resolved)


@contextmanager
def vendor_session(*, connection: Connection, credential: Credential) -> Iterator[Session]:
    """Open a session with the vendor, and put every request of it on record, however it ends."""
    session = connector_for(connection.platform_key).open(credential.account, credential.secret)
    requests = RequestLog(connection=connection)
    session.note = requests.note
    try:
        yield session
    finally:
        session.close()
        requests.flush(operator_id=connection.operator_id)


def credential_check_abandon(*, operator_id: UUID, check_id: UUID) -> None:
    """End a check that a defect of ours broke, so that nobody waits for it and no key stays behind."""
    with tenant_context(operator_id):
        check = CredentialCheck.objects.select_related("connection", "credential").get(pk=check_id)
        if check.outcome == CredentialCheck.Outcome.RUNNING:
            _fail(check=check, problem=Problem.INTERNAL)


def credentials_destroy(*, connection: Connection, **kwargs: Any) -> None:
    """Destroy every credential of a connection that is read no more; running checks of it end with nothing."""
    Credential.objects.filter(connection=connection).delete()


def _walk_steps(*, operator_id: UUID, check: CredentialCheck, session: Session) -> None:
    for number, _ in enumerate(session.check()):
        with tenant_context(operator_id):
            CredentialCheck.objects.filter(pk=check.pk).update(steps_done=number)


def _fail(*, check: CredentialCheck, problem: Problem) -> None:
    if not _finish(check, outcome=CredentialCheck.Outcome.FAILED, problem=problem):
        return
    _destroy_submitted(check)
    connection_event(
        connection=check.connection,
        kind=ConnectionEvent.Kind.FAILED,
        reason=text_for(problem).operator,
        status_code=403,
    )


def _pass(
    *, check: CredentialCheck, credential: Credential, account: Account, resolved: dict[str, Any]
) -> None:
    connection = Connection.with_deleted.select_for_update(of=("self",)).get(pk=check.connection_id)
    problem = _objection(connection, credential, account)
    if problem:
        _fail(check=check, problem=problem)
        return
    others = same_account_elsewhere(connection=connection, account=account)
    notice = _notice_of(others)
    if not _finish(check, outcome=CredentialCheck.Outcome.PASSED, notice=notice):
        return
    _put_in_use(credential=credential, resolved=resolved)
    again = connection.linked_at is not None
    connection_link(connection=connection, account=account, notice=notice)
    if others:
        audit(actor="system", action="connection.same_account", subject=str(connection.id), notice=notice)
    if check.starts_sync:
        sync_request(connection=connection, requested_by="reconnecting" if again else "first link")


def _objection(connection: Connection, credential: Credential, account: Account) -> Problem | None:
    """Say what speaks against linking a connection by a credential that the vendor accepted."""
    if connection.account_id and connection.account_id != account.id:
        return Problem.OTHER_ACCOUNT
    # Unlinked or deleted while the check was running.
    return None if Credential.objects.filter(pk=credential.pk).exists() else Problem.NOT_LINKED


def _notice_of(others: list[Connection]) -> str:
    names = sorted({other.company.name for other in others})
    return f"This site is also connected under: {', '.join(names)}."[:300] if names else ""


def _put_in_use(*, credential: Credential, resolved: dict[str, Any]) -> None:
    in_use = Credential.objects.filter(connection_id=credential.connection_id, state=Credential.State.IN_USE)
    in_use.exclude(pk=credential.pk).delete()
    Credential.objects.filter(pk=credential.pk).update(state=Credential.State.IN_USE, account=resolved)


def _destroy_submitted(check: CredentialCheck) -> None:
    if check.credential:
        Credential.objects.filter(pk=check.credential.pk, state=Credential.State.SUBMITTED).delete()


def _finish(check: CredentialCheck, *, outcome: str, problem: str = "", notice: str = "") -> bool:
    """Note how a check ended; False where it had ended before."""
    values: dict[str, Any] = {"outcome": outcome, "problem": problem, "notice": notice}
    if outcome == CredentialCheck.Outcome.PASSED:
        values["steps_done"] = len(connector_for(check.connection.platform_key).check_steps)
    running = CredentialCheck.objects.filter(pk=check.pk, outcome=CredentialCheck.Outcome.RUNNING)
    return bool(running.update(finished_at=timezone.now(), **values))
