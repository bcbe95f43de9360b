"""Asking for syncs while one is there: what joins it, and what waits for its end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from companies.models import Connection
from config.tenancy import tenant_context
from integrations.connectors.chargify import streams
from integrations.models import PullOperation, Sync
from integrations.services.syncs import sync_request
from integrations.sync.engine import run_slice

ALL = {stream.name for stream in streams.STREAMS}


def ask(connection: Connection, **options: Any) -> Sync:
    with tenant_context(connection.operator_id):
        return sync_request(connection=connection, requested_by="bob", queue=False, **options)


def planned(sync: Sync) -> set[str]:
    with tenant_context(sync.operator_id):
        return set(sync.operations.values_list("stream", flat=True))


def run(sync: Sync, observe: Callable[[PullOperation], None] = lambda operation: None) -> None:
    while run_slice(operator_id=sync.operator_id, sync_id=sync.pk, observe=observe):
        pass
    with tenant_context(sync.operator_id):
        sync.refresh_from_db()


def asked_during(connection: Connection, stream: str, **options: Any) -> tuple[Sync, Sync]:
    """Return a sync of everything, and the one that a request while it reads a stream is answered with."""
    answers: list[Sync] = []

    def observe(operation: PullOperation) -> None:
        if operation.stream == stream and not answers:
            answers.append(ask(connection, **options))

    sync = ask(connection)
    run(sync, observe)
    with tenant_context(connection.operator_id):
        answers[0].refresh_from_db()
    return sync, answers[0]


def test_a_type_that_is_still_to_come_is_read_by_the_running_sync(linked: Connection) -> None:
    sync, answer = asked_during(linked, "customers", streams=["invoices"])
    assert answer == sync
    with tenant_context(linked.operator_id):
        assert Sync.objects.count() == 1


def test_a_type_that_was_begun_is_read_again_after_it_and_nothing_else_is(linked: Connection) -> None:
    sync, answer = asked_during(linked, "invoices", streams=["customers"])
    assert answer != sync
    assert (answer.status, answer.requested_by, answer.is_full) == (Sync.Status.QUEUED, "bob", False)
    assert planned(answer) == {"customers"}
    run(answer)
    assert answer.status == Sync.Status.COMPLETE
    with tenant_context(linked.operator_id):
        linked.refresh_from_db()
        assert (Sync.objects.count(), linked.sync_state) == (2, Connection.SyncState.COMPLETE)


def test_a_full_read_of_a_type_waits_and_stays_of_this_type(linked: Connection) -> None:
    _, answer = asked_during(linked, "customers", streams=["invoices"], is_full=True)
    assert answer.is_full
    assert planned(answer) == {"invoices"}


def test_a_sync_of_everything_joins_the_one_that_is_running(linked: Connection) -> None:
    sync, answer = asked_during(linked, "invoices")
    assert answer == sync


def test_requests_for_several_types_wait_together(linked: Connection) -> None:
    sync = ask(linked, streams=["customers"])

    def observe(operation: PullOperation) -> None:
        first, second = ask(linked, streams=["invoices"]), ask(linked, streams=["products"])
        assert first == second
        assert first.status == Sync.Status.WAITING

    run(sync, observe)
    with tenant_context(linked.operator_id):
        after = Sync.objects.get(status=Sync.Status.QUEUED)
    assert planned(after) == {"invoices", "products"}


def test_what_waits_is_not_sent_before_its_turn(linked: Connection) -> None:
    sync = ask(linked, streams=["customers"])

    def observe(operation: PullOperation) -> None:
        waiting = ask(linked, streams=["invoices"])
        assert run_slice(operator_id=linked.operator_id, sync_id=waiting.pk) is None
        with tenant_context(linked.operator_id):
            waiting.refresh_from_db()
        assert waiting.attempts == 0

    run(sync, observe)


def test_what_waits_is_read_after_a_sync_that_failed_too(linked: Connection, acme: Any) -> None:
    sync = ask(linked, streams=["customers", "products"])
    answers: list[Sync] = []

    def observe(operation: PullOperation) -> None:
        answers.append(ask(linked, streams=["invoices"]))
        acme.set_weather("account_canceled")

    run(sync, observe)
    acme.set_weather("fair")
    assert sync.status == Sync.Status.FAILED
    run(answers[0])
    assert answers[0].status == Sync.Status.COMPLETE


def test_what_waits_ends_with_an_unlinked_connection(linked: Connection) -> None:
    sync = ask(linked, streams=["customers"])

    def observe(operation: PullOperation) -> None:
        ask(linked, streams=["invoices"])
        with tenant_context(linked.operator_id):
            Connection.objects.update(status=Connection.Status.UNLINKED)
            Sync.objects.filter(pk=sync.pk).update(not_before=timezone.now() - timedelta(seconds=1))

    run(sync, observe)
    for _ in range(2):
        with tenant_context(linked.operator_id):
            left = Sync.objects.exclude(status=Sync.Status.FAILED).order_by("requested_at").first()
        if left:
            with tenant_context(linked.operator_id):
                Sync.objects.filter(pk=left.pk).update(not_before=timezone.now() - timedelta(seconds=1))
            run(left)
    with tenant_context(linked.operator_id):
        assert set(Sync.objects.values_list("status", "problem")) == {("failed", "not_linked")}


@pytest.mark.parametrize("is_full", [True, False])
def test_a_sync_that_has_not_begun_takes_everything_in(linked: Connection, is_full: bool) -> None:
    sync = ask(linked, streams=["customers"])
    assert ask(linked, streams=["invoices"], is_full=is_full) == sync
    assert planned(sync) == {"customers", "invoices"}
    assert ask(linked) == sync
    assert planned(sync) == ALL
    with tenant_context(linked.operator_id):
        sync.refresh_from_db()
    assert sync.is_full is is_full
