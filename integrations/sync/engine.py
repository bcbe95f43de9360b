"""Running a sync: its streams in order, in slices, and what follows from trouble (design: Sync 8 and 11)."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError
from django.db.models import QuerySet
from django.utils import timezone

from companies.models import Connection
from config.tenancy import tenant_context
from integrations.catalogue import connector_for
from integrations.connectors.base import ACCOUNT_STATES, ConnectorError, Kind, Problem, Session
from integrations.models import Credential, PullOperation, Sync
from integrations.services.completeness import completeness_update
from integrations.services.connections import connection_deauthorize
from integrations.services.freshness import freshness_note
from integrations.services.health import connection_interrupt, connection_recover
from integrations.services.reads import read_tell
from integrations.services.requests import RequestLog
from integrations.services.settings import in_flight_of
from integrations.services.syncs import sync_follow_up
from integrations.sync.budget import Budget
from integrations.sync.lease import SENT_FOR, LeaseLost, claim, let_go
from integrations.sync.pages import PagingInconsistent
from integrations.sync.pull import StreamPull
from integrations.texts import text_for

log = structlog.get_logger(__name__)

# A long sync gives way to others (and to people who wait for a key check) after this long, and goes on later.
SLICE_SECONDS = 20
# A refused key is believed only after this long (facts §1: a 25-minute incident refused valid keys).
REFUSAL_GRACE = timedelta(minutes=30)
GIVE_UP_AFTER = timedelta(hours=24)
SHORTEST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(minutes=10)

_STATUS_OF = {
    Problem.WRONG_KEY: PullOperation.Status.AUTH_ERROR,
    Problem.FORBIDDEN: PullOperation.Status.AUTH_ERROR,
    Problem.RATE_LIMITED: PullOperation.Status.RATE_LIMIT_ERROR,
    Problem.INTERNAL: PullOperation.Status.INTERNAL_ERROR,
}

Observer = Callable[[PullOperation], None]


def run_slice(
    *,
    operator_id: UUID,
    sync_id: UUID,
    attempt: int | None = None,
    observe: Observer = lambda operation: None,
) -> int | None:
    """Work on a sync for one slice; return the attempt to go on with at once, or None.

    `observe` is called after every page. Anticipated trouble is noted on the sync, which waits or ends by it; a defect
    of ours ends it and is raised. Trouble with the database is raised too, and leaves the sync to whoever takes it up
    when the lease has run out.
    """
    with tenant_context(operator_id):
        sync = claim(sync_id, attempt=attempt)
    if sync is None:
        return None
    with structlog.contextvars.bound_contextvars(sync=str(sync_id), connection=str(sync.connection_id)):
        try:
            return sync.attempts if _work(sync, observe) else None
        except LeaseLost as error:
            log.warning("sync_lease_lost", detail=str(error))
        except PagingInconsistent as error:
            _end(sync, problem=Problem.INTERNAL, detail=str(error))
        except ConnectorError as error:
            _meet_trouble(sync, error)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            _end(sync, problem=Problem.INTERNAL, detail="unanticipated exception")
            raise
        return None


def _work(sync: Sync, observe: Observer) -> bool:
    deadline = time.monotonic() + SLICE_SECONDS
    session, requests = _open(sync)
    try:
        for pull in _pulls(sync, session, requests):
            for operation in pull.run():
                observe(operation)
                _note_answer(sync)
                if time.monotonic() > deadline:
                    with tenant_context(sync.operator_id):
                        let_go(sync, wait=SENT_FOR)
                    return True
    finally:
        session.close()
        requests.flush(operator_id=sync.operator_id)
    _end(sync)
    return False


def _note_answer(sync: Sync) -> None:
    if sync.connection.problem:
        with tenant_context(sync.operator_id):
            connection_recover(connection=sync.connection)


def _open(sync: Sync) -> tuple[Session, RequestLog]:
    with tenant_context(sync.operator_id):
        linked = Connection.objects.filter(pk=sync.connection_id, status=Connection.Status.LINKED).first()
        credential = Credential.objects.filter(connection=linked, state=Credential.State.IN_USE).first()
        if linked is None or credential is None:
            raise ConnectorError(Problem.NOT_LINKED, "unlinked, deleted or without a credential")
        in_flight = in_flight_of(linked.platform_key)
    session = connector_for(linked.platform_key).open(credential.account, credential.secret)
    session.requests_made = sync.requests_made
    session.place = Budget(linked.account_host, in_flight=in_flight).place
    requests = RequestLog(connection=linked, sync_id=sync.pk)
    session.note = requests.note
    return session, requests


def _pulls(sync: Sync, session: Session, requests: RequestLog) -> list[StreamPull]:
    with tenant_context(sync.operator_id):
        connector = connector_for(sync.connection.platform_key)
        in_flight = in_flight_of(connector.platform_key)
        todo = sync.operations.exclude(status=PullOperation.Status.COMPLETE).order_by("position")
        operations = {operation.stream: operation for operation in todo}
    streams = [stream for stream in connector.streams if stream.name in operations]
    return [
        StreamPull(
            sync=sync,
            operation=operations[stream.name],
            stream=stream,
            session=session,
            requests=requests,
            in_flight=in_flight,
        )
        for stream in streams
    ]


def _meet_trouble(sync: Sync, error: ConnectorError) -> None:
    """Wait and try again, or end the sync, by the kind of trouble."""
    log.warning(
        "sync_trouble",
        problem=error.problem,
        detail=error.detail,
        status=error.status,
        vendor_request_id=error.request_id,
    )
    if error.problem == Problem.WRONG_KEY:
        _meet_refusal(sync, error)
        return
    if error.problem in ACCOUNT_STATES:
        with tenant_context(sync.operator_id):
            connection_interrupt(connection=sync.connection, problem=error.problem)
    passing = error.kind in (Kind.TRANSIENT, Kind.RATE_LIMITED)
    if passing and timezone.now() - (sync.trouble_since or timezone.now()) < GIVE_UP_AFTER:
        _wait(sync, error.problem)
    else:
        _end(sync, problem=error.problem, detail=error.detail)


def _meet_refusal(sync: Sync, error: ConnectorError) -> None:
    """Give up the connection when its key has been refused for long enough, and nothing else was answered meanwhile."""
    now = timezone.now()
    since = sync.refused_since or now
    if now - since < REFUSAL_GRACE:
        _wait(sync, error.problem, refused_since=since)
        return
    with tenant_context(sync.operator_id):
        lost = connection_deauthorize(
            connection=sync.connection, refused_since=since, reason=text_for(error.problem).operator
        )
    if lost:
        _end(sync, problem=error.problem, detail=error.detail)
    else:
        # The refused key was replaced by another one, which has a while of its own.
        _wait(sync, error.problem, refused_since=now)


def _wait(sync: Sync, problem: Problem, *, refused_since: datetime | None = None) -> None:
    """Queue the sync again after a pause that grows with the trouble's age."""
    now = timezone.now()
    since = sync.trouble_since or now
    with tenant_context(sync.operator_id):
        Sync.objects.filter(pk=sync.pk, attempts=sync.attempts).update(
            trouble_since=since, refused_since=refused_since, problem=problem
        )
        _unfinished(sync).update(problem=problem)
        let_go(sync, wait=min(max((now - since) / 2, SHORTEST_WAIT), LONGEST_WAIT))


def _end(sync: Sync, *, problem: Problem | None = None, detail: str = "") -> None:
    state = Connection.SyncState.FAILED if problem else Connection.SyncState.COMPLETE
    now = timezone.now()
    with tenant_context(sync.operator_id):
        ended = Sync.objects.filter(pk=sync.pk, attempts=sync.attempts, status=Sync.Status.RUNNING).update(
            status=Sync.Status.FAILED if problem else Sync.Status.COMPLETE,
            finished_at=now,
            problem=problem or "",
        )
        if not ended:
            return
        if problem:
            status = _STATUS_OF.get(problem, PullOperation.Status.FETCH_ERROR)
            _unfinished(sync).update(status=status, problem=problem, finished_at=now)
        changes = {"sync_state": state} | ({} if problem else {"last_synced_at": now})
        Connection.with_deleted.filter(pk=sync.connection_id).update(**changes)
        completeness_update(connection=sync.connection)
        sync_follow_up(sync=sync)
        freshness_note(sync=sync)
        read_tell(sync=sync)
    log.info("sync_ended", problem=problem, detail=detail)


def _unfinished(sync: Sync) -> QuerySet[PullOperation]:
    return sync.operations.exclude(status=PullOperation.Status.COMPLETE)
