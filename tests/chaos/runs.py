"""Running a scenario from its seed to its verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections

from config.tenancy import tenant_context
from tests.chaos.comparison import differences
from tests.chaos.scenario import Scenario
from tests.chaos.world import World, world
from tests.conftest import Tenant, make_tenant

MOST_LINES = 20


class Broken(AssertionError):
    """A scenario ended in other rows than an undisturbed sync; the message has the seed."""


def run(scenario: Scenario, tenant: Tenant) -> Counter[str]:
    """Run a scenario and return what befell its reader, by kind; raise Broken."""
    try:
        with world(scenario, tenant) as made:
            found = _found(made)
    except Exception as error:
        raise Broken(f"{_again(scenario)}\n{scenario}\n{type(error).__name__}: {error}") from error
    if found:
        lines = [*found[:MOST_LINES], f"{len(found)} differences; befell: {dict(made.happened)}"]
        raise Broken("\n".join([_again(scenario), str(scenario), *lines]))
    return made.happened


def _found(made: World) -> list[str]:
    """Return what is otherwise than it must be; what was deleted may stand until the next read of everything."""
    read, expected = made.read_disturbed(), made.read_undisturbed()
    with tenant_context(read.operator_id):
        found = list(differences(read, expected, gone=gone(made)))
    if found or not made.business.deleted:
        return found
    made.read_whole(read)
    with tenant_context(read.operator_id):
        return list(differences(read, expected, gone=set()))


def _again(scenario: Scenario) -> str:
    return f"To see it again: bin/bench --chaos 1 {scenario.seed}"


# The record tables that a deleted row vanishes from, with what it takes along.
VANISH = {
    "customers": ("customer",),
    "subscriptions": ("subscription",),
    "payment_profiles": ("paymentprofile",),
}


def gone(made: World) -> set[tuple[str, str]]:
    """Return the rows that the vendor lists no more, by table and id."""
    return {(table, number) for resource, number in made.business.deleted for table in VANISH[resource]}


@contextmanager
def fresh_tenant() -> Iterator[Tenant]:
    """Give an operator in a database without a transaction around it, and empty the database afterwards."""
    try:
        yield make_tenant(name="Northwind Lending", email="alice@example.org")
    finally:
        connections["default"].close()
        with connections["owner"].cursor() as cursor:
            # The app role can't.
            cursor.execute("TRUNCATE companies_operator, companies_user CASCADE")
