"""A key that is right and an account that can't be read: shown, tried again slowly, and over by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from companies.models import Connection, ConnectionEvent
from companies.services.connections import connection_unlink
from config.tenancy import tenant_context
from integrations import tasks
from integrations.connectors.base import Problem
from integrations.health import Health, State, health_of
from integrations.models import DataTypeSchedule, Sync
from integrations.services.schedules import company_settings_set
from integrations.texts import text_for
from tests.conftest import Tenant
from tests.integrations.sync.test_engine import run
from tests.sandbox import check, later

STATES = {
    "account_canceled": Problem.ACCOUNT_CANCELED,
    "trial_ended": Problem.TRIAL_ENDED,
    "site_deleted": Problem.SITE_DELETED,
    "clearing_data": Problem.SITE_CLEARING,
}


def health(connection: Connection) -> Health:
    with tenant_context(connection.operator_id):
        connection.refresh_from_db()
        return health_of([connection])[connection.pk]


def timeline(connection: Connection) -> list[tuple[str, str]]:
    with tenant_context(connection.operator_id):
        events = ConnectionEvent.objects.filter(connection=connection).order_by("at", "id")
        return list(events.values_list("kind", "reason"))[2:]  # started, connected


def due_in(connection: Connection) -> timedelta:
    with tenant_context(connection.operator_id):
        schedules = DataTypeSchedule.objects.filter(connection=connection, next_sync_at__isnull=False)
        first = schedules.earliest("next_sync_at").next_sync_at
    assert first is not None
    return first - timezone.now()


@pytest.fixture
def work(linked: Connection, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Return a function that lets beat and a worker do what is due."""
    monkeypatch.setattr(tasks.run_sync, "delay", lambda **sent: tasks.run_sync(**sent))

    def both() -> None:
        for model, field in ((DataTypeSchedule, "next_sync_at"), (Sync, "not_before")):
            # The database's clock stands still within a test.
            with tenant_context(linked.operator_id):
                due = model.objects.filter(**{"connection": linked, f"{field}__lte": timezone.now()})
                due.update(**{field: F(field) - timedelta(days=1)})
            tasks.dispatch_due_syncs()

    return both


@pytest.mark.parametrize("weather", STATES)
def test_it_is_shown_and_the_connection_stays_linked(linked: Connection, acme: Any, weather: str) -> None:
    acme.set_weather(weather)
    run(linked)
    seen = health(linked)
    assert (linked.status, linked.problem) == (Connection.Status.LINKED, STATES[weather])
    assert (seen.state, seen.is_bad) == (State.INTERRUPTED, True)
    assert text_for(STATES[weather]).operator in seen.message
    assert "The next try is at" in seen.message
    assert timeline(linked) == [("interrupted", text_for(STATES[weather]).operator)]


def test_a_site_that_is_being_cleared_is_waited_for(linked: Connection, acme: Any) -> None:
    acme.set_weather("clearing_data")
    assert run(linked).status == Sync.Status.QUEUED
    acme.set_weather("fair")
    assert run(linked).status == Sync.Status.COMPLETE
    assert [kind for kind, _ in timeline(linked)] == ["interrupted", "recovered"]


def test_it_is_tried_again_by_itself_and_ever_more_slowly(
    linked: Connection, acme: Any, work: Callable[[], None]
) -> None:
    acme.set_weather("account_canceled")
    run(linked)
    tries = []
    for _ in range(8):
        due = due_in(linked)
        tries.append(due / timedelta(hours=1))
        later(linked, minutes=due // timedelta(minutes=1) + 2)
        work()
    assert tries == pytest.approx([1, 1, 2, 4, 8, 16, 24, 24], rel=0.1)
    assert [kind for kind, _ in timeline(linked)] == ["interrupted"]


def test_nothing_is_tried_in_between(
    linked: Connection, acme: Any, simulator: Any, work: Callable[[], None]
) -> None:
    """Not by the schedule of another data type either."""
    with tenant_context(linked.operator_id):
        company_settings_set(
            company=linked.company, settings={"commerce-orders": {"schedule_hours": 1}}, actor="alice"
        )
    acme.set_weather("trial_ended")
    run(linked, streams=["customers"])
    later(linked, minutes=8 * 60)
    work()
    simulator.requests.clear()
    later(linked, minutes=2 * 60)
    work()
    assert list(simulator.requests) == []


def test_it_recovers_by_itself_with_all_data(linked: Connection, acme: Any, work: Callable[[], None]) -> None:
    run(linked)
    acme.set_weather("account_canceled")
    run(linked, streams=["customers"])
    later(linked, minutes=62)
    acme.set_weather("fair")
    acme.add_customer()
    work()
    assert (health(linked).state, linked.problem_since) == (State.GOOD, None)
    assert [kind for kind, _ in timeline(linked)] == ["interrupted", "recovered"]
    with tenant_context(linked.operator_id):
        latest = Sync.objects.filter(connection=linked).latest("requested_at")
    assert (latest.status, latest.requested_by) == (Sync.Status.COMPLETE, "schedule")
    assert due_in(linked) > timedelta(hours=20)


def test_who_asks_by_hand_needs_not_wait(linked: Connection, acme: Any) -> None:
    acme.set_weather("trial_ended")
    run(linked, streams=["customers"])
    acme.set_weather("fair")
    assert run(linked, streams=["customers"]).status == Sync.Status.COMPLETE
    assert health(linked).state == State.GOOD


def test_an_answer_ends_it_even_where_the_sync_then_fails(
    linked: Connection, acme: Any, simulator: Any
) -> None:
    def break_at_products(method: str, path: str, query: Any) -> None:
        if path.endswith("/products.json"):
            acme.set_weather("down")

    acme.set_weather("trial_ended")
    run(linked, streams=["customers", "products"])
    acme.set_weather("fair")
    simulator.before_request = break_at_products
    run(linked, streams=["customers", "products"])
    assert (health(linked).state, health(linked).problem) == (State.TROUBLED, Problem.VENDOR_DOWN)


def test_another_state_is_another_entry(linked: Connection, acme: Any) -> None:
    for weather in ("trial_ended", "trial_ended", "account_canceled"):
        acme.set_weather(weather)
        run(linked, streams=["customers"])
    assert [reason for _, reason in timeline(linked)] == [
        text_for(Problem.TRIAL_ENDED).operator,
        text_for(Problem.ACCOUNT_CANCELED).operator,
    ]


def test_a_new_key_ends_it(northwind: Tenant, linked: Connection, acme: Any) -> None:
    acme.set_weather("trial_ended")
    run(linked, streams=["customers"])
    acme.set_weather("fair")
    check(northwind, linked)
    assert (linked.problem, linked.problem_since) == ("", None)


def test_where_something_else_must_be_entered_it_says_how(
    linked: Connection, acme: Any, simulator: Any
) -> None:
    """A site that its owner has renamed is there no more under the old name."""
    simulator.sites.rename(acme, "acme-renamed")
    run(linked, streams=["customers"])
    assert (linked.status, linked.problem) == (Connection.Status.LINKED, Problem.UNKNOWN_SITE)
    assert "unlink the connection" in health(linked).message


def test_without_a_schedule_it_says_to_ask(linked: Connection, acme: Any) -> None:
    with tenant_context(linked.operator_id):
        DataTypeSchedule.objects.update(hours=0, next_sync_at=None)
    acme.set_weather("trial_ended")
    run(linked, streams=["customers"])
    assert health(linked).message.endswith("Nothing is scheduled: ask for a sync when it is settled.")


def test_every_status_has_its_words(linked: Connection) -> None:
    assert "first sync has not ended" in health(linked).message
    with tenant_context(linked.operator_id):
        connection_unlink(connection=linked, actor="alice")
    assert health(linked).message.startswith("Unlinked")
    for status, word in (("PendingAuth", "Waits"), ("Deauthorized", "refuses")):
        with tenant_context(linked.operator_id):
            Connection.objects.update(status=status)
        assert word in health(linked).message
        assert health(linked).next_sync is None
