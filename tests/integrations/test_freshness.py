"""Data that grow old: noticed by the rule, told once, and again only after they were up to date."""

from __future__ import annotations

from typing import Any

import pytest

from companies.models import Connection, ConnectionEvent, EventEmail
from config.tenancy import tenant_context
from integrations import tasks
from integrations.health import State, health_of
from integrations.lookups import stale_connections
from integrations.models import DataTypeSchedule
from integrations.services.freshness import LEAST_HOURS, TIMES
from tests.conftest import Tenant
from tests.integrations.sync.test_engine import run
from tests.sandbox import check, later, pending

HOUR = 60


def set_hours(connection: Connection, hours: int) -> None:
    with tenant_context(connection.operator_id):
        DataTypeSchedule.objects.filter(connection=connection, hours__gt=0).update(hours=hours)


def told(connection: Connection) -> list[str]:
    """Return what was said, to one member."""
    with tenant_context(connection.operator_id):
        emails = EventEmail.objects.filter(event__connection=connection).order_by("created_at")
        return [email.event.reason for email in emails]


def is_stale(connection: Connection) -> bool:
    tasks.note_stale_connections()
    with tenant_context(connection.operator_id):
        connection.refresh_from_db()
    return connection.stale_since is not None


@pytest.mark.parametrize(("hours", "limit"), [(1, 48), (24, 72), (168, 504)])
def test_after_three_times_the_schedule_and_two_days_at_least(
    linked: Connection, hours: int, limit: int
) -> None:
    set_hours(linked, hours)
    later(linked, minutes=limit * HOUR - 1)
    assert not is_stale(linked)
    later(linked, minutes=2)
    assert is_stale(linked)


def test_it_is_told_once_with_the_reason(linked: Connection, acme: Any) -> None:
    acme.set_weather("account_canceled")
    run(linked)
    later(linked, minutes=73 * HOUR)
    for _ in range(3):
        assert is_stale(linked)
        later(linked, minutes=HOUR)
    (reason,) = told(linked)
    assert "not read completely since" in reason
    assert "the account has been canceled" in reason
    with tenant_context(linked.operator_id):
        assert "out of date" in health_of([linked])[linked.pk].message
        assert ConnectionEvent.objects.filter(connection=linked, kind="stale").count() == 1


def test_a_complete_sync_ends_it_and_it_can_be_told_again(linked: Connection) -> None:
    later(linked, minutes=73 * HOUR)
    assert is_stale(linked)
    run(linked)
    assert not is_stale(linked)
    with tenant_context(linked.operator_id):
        assert health_of([linked])[linked.pk].state == State.GOOD
        assert ConnectionEvent.objects.filter(connection=linked, kind="recovered").count() == 1
    later(linked, minutes=73 * HOUR)
    assert is_stale(linked)
    assert len(told(linked)) == 2


def test_a_data_type_that_always_fails_is_not_hidden_by_others(linked: Connection) -> None:
    run(linked)
    for _ in range(3):
        later(linked, minutes=25 * HOUR)
        run(linked, streams=["customers"])
    assert is_stale(linked)
    assert "commerce-customers" not in told(linked)[0]
    run(linked, streams=["customers"])
    assert is_stale(linked)


def test_a_failed_sync_does_not_make_data_fresh(linked: Connection, acme: Any) -> None:
    run(linked)
    later(linked, minutes=70 * HOUR)
    acme.set_weather("account_canceled")
    run(linked)
    later(linked, minutes=3 * HOUR)
    assert is_stale(linked)


def test_what_has_no_schedule_is_never_out_of_date(linked: Connection) -> None:
    with tenant_context(linked.operator_id):
        DataTypeSchedule.objects.update(hours=0, next_sync_at=None)
    later(linked, minutes=100 * 24 * HOUR)
    assert not is_stale(linked)


def test_a_connection_that_is_not_linked_is_left_alone(linked: Connection) -> None:
    later(linked, minutes=73 * HOUR)
    with tenant_context(linked.operator_id):
        Connection.objects.update(status="Unlinked")
    assert not is_stale(linked)


def test_reconnecting_starts_anew(northwind: Tenant, linked: Connection) -> None:
    later(linked, minutes=73 * HOUR)
    assert is_stale(linked)
    check(northwind, linked)
    assert linked.stale_since is None


def test_each_operators_are_found_and_noted_as_its_own(
    northwind: Tenant, southbank: Tenant, linked: Connection
) -> None:
    other = pending(southbank)
    check(southbank, other)
    for connection in (linked, other):
        later(connection, minutes=73 * HOUR)
    found = stale_connections(times=TIMES, least_hours=LEAST_HOURS)
    assert found == {northwind.operator.id: [linked.pk], southbank.operator.id: [other.pk]}
    tasks.note_stale_connections()
    with tenant_context(southbank.operator.id):
        assert [email.member for email in EventEmail.objects.all()] == [southbank.member]


def test_one_operators_trouble_does_not_keep_the_others(
    southbank: Tenant, linked: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = pending(southbank)
    check(southbank, other)
    for connection in (linked, other):
        later(connection, minutes=73 * HOUR)
    note = tasks.connection_note_stale

    def break_down(*, connection_id: Any) -> None:
        if connection_id == linked.pk:
            raise ZeroDivisionError
        note(connection_id=connection_id)

    monkeypatch.setattr(tasks, "connection_note_stale", break_down)
    assert is_stale(other)
    assert not is_stale(linked)
