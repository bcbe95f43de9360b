"""Testing whether a connection's key still opens its account; a test reads and changes nothing."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from kombu.exceptions import OperationalError

from companies.models import Connection
from companies.services.audit import audit
from config.tenancy import tenant_context
from integrations.connectors.base import ConnectorError, Problem
from integrations.models import ConnectionTest, Credential
from integrations.services.credentials import vendor_session

log = structlog.get_logger(__name__)

# A test that takes longer was lost with its worker or with Valkey; a new one may be asked for.
GIVEN_UP_AFTER = timedelta(minutes=5)


class NothingToTest(Exception):
    """A connection has no key in use."""


@transaction.atomic
def connection_test_start(*, connection: Connection, actor: str) -> ConnectionTest:
    """Return a test that is queued, or the one that is running; raise NothingToTest.

    So it is safe to repeat, and costs the account no more requests than one test does.
    """
    # The key and not the connection, which a sync that writes holds for longer than a client waits.
    if not _keys_of(connection).select_for_update().first():
        raise NothingToTest(f"This connection is {connection.status} and has no key to test.")
    fresh = timezone.now() - GIVEN_UP_AFTER
    tests = ConnectionTest.objects.filter(connection=connection, started_at__gt=fresh)
    running = tests.filter(outcome=ConnectionTest.Outcome.RUNNING).first()
    return running or _new(connection, actor)


def connection_test_run(*, operator_id: UUID, test_id: UUID) -> None:
    """Ask the vendor, outside any transaction, and note how it ended."""
    with tenant_context(operator_id):
        test = ConnectionTest.objects.select_related("connection").get(pk=test_id)
        credential = _keys_of(test.connection).first()
    if test.outcome != ConnectionTest.Outcome.RUNNING:
        return
    problem = _tried(test, credential) if credential else Problem.NOT_LINKED
    connection_test_end(operator_id=operator_id, test_id=test_id, problem=problem)


def connection_test_end(*, operator_id: UUID, test_id: UUID, problem: Problem | None) -> None:
    """Note how a test ended, unless it had ended before."""
    outcome = ConnectionTest.Outcome.FAILED if problem else ConnectionTest.Outcome.PASSED
    with tenant_context(operator_id):
        running = ConnectionTest.objects.filter(pk=test_id, outcome=ConnectionTest.Outcome.RUNNING)
        running.update(outcome=outcome, problem=problem or "", finished_at=timezone.now())


def _keys_of(connection: Connection) -> QuerySet[Credential]:
    return Credential.objects.filter(connection=connection, state=Credential.State.IN_USE)


def _new(connection: Connection, actor: str) -> ConnectionTest:
    test = ConnectionTest.objects.create(connection=connection)
    audit(actor=actor, action="connection.tested", subject=str(connection.id))
    transaction.on_commit(lambda: _queue(test))
    return test


def _queue(test: ConnectionTest) -> None:
    from integrations.tasks import check_connection

    try:
        check_connection.delay(operator_id=str(test.operator_id), test_id=str(test.pk))
    except OperationalError:
        log.exception("connection_test_not_queued", test=str(test.pk))
        connection_test_end(operator_id=test.operator_id, test_id=test.pk, problem=Problem.INTERNAL)


def _tried(test: ConnectionTest, credential: Credential) -> Problem | None:
    try:
        with vendor_session(connection=test.connection, credential=credential) as session:
            for _ in session.check():
                pass
            account = session.account
    except ConnectorError as error:
        log.info("connection_test_failed", test=str(test.pk), problem=error.problem, detail=error.detail)
        return error.problem
    return None if account.id == test.connection.account_id else Problem.OTHER_ACCOUNT
