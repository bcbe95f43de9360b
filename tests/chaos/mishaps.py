"""What befalls a worker: it dies, stalls, or loses its servers, at a moment that was chosen beforehand.

A death is an exception that nothing of ours catches: what ran in a transaction is rolled back, what was committed
stays, and nobody is told, as when a process is killed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

import psycopg
from django.db import connections

from integrations.connectors.chargify.session import ChargifySession
from tests.chaos.scenario import Mishap

# The first statement of every transaction of ours (config/tenancy.py).
BEGINS = "SELECT current_setting('app.operator_id', true)"


class Died(BaseException):
    """The process is gone."""


class Worker:
    """A worker under observation, with at most one mishap before it."""

    def __init__(
        self, mishap: Mishap | None, *, stall: Callable[[], None], flush: Callable[[], None]
    ) -> None:
        self.mishap, self.stall, self.flush = mishap, stall, flush
        self.cut, self.befallen = False, ""
        self._moments = 0

    @contextmanager
    def observed(self) -> Iterator[None]:
        """Let the mishap happen within; only in this thread, for a database connection belongs to one."""
        database, fetch = connections["default"], ChargifySession.fetch
        commit = database.commit

        def fetch_observed(*args: Any, **options: Any) -> Any:
            self._at("dies_before_fetch", self._die)
            self._at("stalls_at_fetch", self.stall)
            self._at("valkey_flushed", self.flush)
            page = fetch(*args, **options)
            self._at("dies_after_fetch", self._die)
            return page

        def commit_observed() -> None:
            self._at("dies_before_commit", self._die_uncommitted)
            self._at("cut_at_commit", self._cut)
            commit()
            self._at("dies_after_commit", self._die)

        with ExitStack() as stack:
            stack.enter_context(patch.object(ChargifySession, "fetch", fetch_observed))
            stack.enter_context(patch.object(database, "commit", commit_observed))
            stack.enter_context(database.execute_wrapper(self._statement))
            yield

    def _statement(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql == BEGINS:
            self._at("stalls_before_transaction", self.stall)
        self._at("dies_at_statement", self._die)
        self._at("cut_at_statement", self._cut)
        found = execute(sql, params, many, context)
        self._at("dies_after_statement", self._die)
        return found

    def _at(self, kind: str, befalls: Callable[[], None]) -> None:
        if self.mishap is None or self.mishap.kind != kind:
            return
        self._moments += 1
        if self._moments == self.mishap.nth:
            self.mishap, self.befallen = None, kind
            befalls()

    def _die(self) -> None:
        raise Died

    def _die_uncommitted(self) -> None:
        # The database does it when the process is gone; Django expects that a commit fails by its own errors alone.
        connections["default"].rollback()
        raise Died

    def _cut(self) -> None:
        """Have the database end our session, as it does when it is shut down."""
        self.cut = True
        database = connections["default"]
        database.ensure_connection()
        session = database.connection.info.backend_pid
        with psycopg.connect(**_address(database.get_connection_params()), autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [session])


def _address(parameters: dict[str, Any]) -> dict[str, Any]:
    return {name: parameters[name] for name in ("host", "port", "user", "password", "dbname")}
