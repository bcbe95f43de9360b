"""Real deaths: processes are killed in mid-sync, start again, and the rows are those of an undisturbed sync."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest

from integrations.simulator import SiteSpec
from tests.chaos.program import Program, program, wait_until
from tests.chaos.scenario import KEY, NOW

pytestmark = pytest.mark.slow
SITE = SiteSpec(subdomain="acme", api_key=KEY, customers=150, months=12, seed=7, now=NOW, latency_ms=150)
# Seconds; a boot, a round of beat and the sync itself take a fraction of it on a quiet machine.
LONGEST = 300


class Undisturbed(NamedTuple):
    """A connection that was synced in peace."""

    operator: str
    connection: str


@pytest.fixture(scope="module")
def running() -> Iterator[Program]:
    with program("kills", [SITE]) as started:
        yield started


@pytest.fixture(scope="module")
def undisturbed(running: Program) -> Undisturbed:
    (operator,) = running.errand("operator")
    connection = synced(running, operator)
    wait_until(lambda: running.state(connection) == "complete", seconds=LONGEST)
    return Undisturbed(operator, connection)


def synced(running: Program, operator: str) -> str:
    """Return a new connection whose first sync was asked for."""
    (connection,) = running.errand("link", operator, "acme")
    running.errand("ask", operator, connection)
    return connection


@pytest.mark.parametrize("victim", ["worker", "postgres", "valkey", "vendor"])
def test_a_sync_in_which_it_is_killed_ends_in_the_same_rows(
    victim: str, running: Program, undisturbed: Undisturbed
) -> None:
    kill: Callable[[], None] = getattr(running, f"kill_{victim}")
    restart: Callable[[], None] = getattr(running, f"restart_{victim}")
    connection = synced(running, undisturbed.operator)
    wait_until(lambda: running.pages(connection) >= 3, seconds=LONGEST)
    kill()
    restart()
    assert running.state(connection) in ("queued", "running"), "the sync was over before the kill"
    running.let_leases_run_out()
    wait_until(lambda: running.state(connection) == "complete", seconds=LONGEST)
    assert running.errand("compare", undisturbed.operator, connection, undisturbed.connection) == []


def test_a_queue_that_is_lost_with_valkey_is_sent_again(running: Program, undisturbed: Undisturbed) -> None:
    running.kill_worker()
    connection = synced(running, undisturbed.operator)
    running.kill_valkey()
    running.restart_valkey()
    running.restart_worker()
    assert running.state(connection) == "queued"
    running.let_leases_run_out()
    wait_until(lambda: running.state(connection) == "complete", seconds=LONGEST)
    assert running.errand("compare", undisturbed.operator, connection, undisturbed.connection) == []
