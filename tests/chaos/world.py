"""The world of a scenario: a vendor with bad days, a queue that forgets, workers that die, beat, and time.

Everything happens in one thread and in an order that the seed decides, so that a failure can be seen again; only a
worker that takes over from a stalled one has a thread of its own, while the other stands still. Tasks, engine,
database, Valkey and HTTP are the real ones.
"""

from __future__ import annotations

import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from types import TracebackType
from typing import Any, Self
from unittest.mock import patch
from uuid import uuid4

from django.db import InterfaceError, OperationalError, connections
from django.test import override_settings
from django.utils import timezone

from companies.models import Connection
from config.tenancy import tenant_context
from integrations import tasks
from integrations.connectors.base import Stream
from integrations.connectors.chargify import ChargifyConnector
from integrations.connectors.chargify.session import ChargifySession
from integrations.connectors.chargify.streams import STREAMS
from integrations.models import DataTypeSchedule, Sync
from integrations.services.syncs import sync_request
from integrations.simulator import Simulator, Site
from integrations.sync import budget, engine
from integrations.valkey import valkey
from tests.chaos.business import Business
from tests.chaos.clockwork import let_pass
from tests.chaos.mishaps import Died, Worker
from tests.chaos.scenario import KEY, Scenario, mishap
from tests.conftest import Tenant
from tests.sandbox import check, pending

MOST_STEPS = 3_000
BEAT, LEASE = 10.0, 150.0
Message = dict[str, Any]


class Inline:
    """An executor that has done what it is given before it returns."""

    def __init__(self, max_workers: int | None = None) -> None:
        """Take the number of workers; there is one, the caller."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Do nothing: all is done."""

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Call a function and return what came of it."""
        future: Future[Any] = Future()
        try:
            future.set_result(function(*arguments))
        except BaseException as error:
            future.set_exception(error)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Do nothing: all is done."""


class World:
    """One account, one connection to it that is read under disturbance, and all that disturbs."""

    def __init__(self, scenario: Scenario, tenant: Tenant, simulator: Simulator) -> None:
        self.scenario, self.tenant, self.simulator = scenario, tenant, simulator
        self.site: Site = simulator.site(scenario.spec.region, scenario.spec.subdomain)
        self.business = Business(self.site, scenario.dice("business"))
        self.valkey = valkey()
        self.queue: list[Message] = []
        self.happened: Counter[str] = Counter()
        self._dice = scenario.dice("world")
        self._mishaps_left, self._requests = scenario.mishaps, 0
        self._deeds = sorted(scenario.deeds, key=lambda deed: deed.before_request)

    # --- the two readers ---

    def read_disturbed(self) -> Connection:
        """Link a connection, sync it by the schedule while everything goes wrong, then once more in peace."""
        connection = self._linked("Corner Bakery")
        self.site.weather.replace([*self.scenario.lasting, *self.scenario.passing])
        self._ask(connection)
        self._until_idle()
        for hours in self.scenario.rounds:
            self.site.weather.replace([*self.scenario.lasting, *self.scenario.passing])
            self._pass(hours * 3600)
            self._until_idle()
        self._calm()
        self._pass(25 * 3600)
        self._until_idle()
        self._expect_complete(connection)
        return connection

    def read_whole(self, connection: Connection) -> None:
        """Sync a connection in full, in peace: that shows what the vendor deleted."""
        self._ask(connection, is_full=True)
        self._until_idle()
        self._expect_complete(connection)

    def read_undisturbed(self) -> Connection:
        """Link another connection to the account as it is now, and sync it once, in pages of the usual size."""
        connection = self._linked("Still Waters")
        with patch.object(ChargifyConnector, "streams", self.streams(200)):
            self._ask(connection)
            self._until_idle()
        self._expect_complete(connection)
        return connection

    def _linked(self, name: str) -> Connection:
        connection = pending(self.tenant, name=name)
        outcome = check(self.tenant, connection, site="acme", key=KEY)
        assert outcome.outcome == "passed", outcome.problem
        return connection

    def _ask(self, connection: Connection, **options: Any) -> None:
        with tenant_context(self.tenant.operator.id):
            sync_request(connection=connection, requested_by="chaos", **options)

    def _calm(self) -> None:
        """End all that disturbs."""
        self.site.weather.replace(self.scenario.lasting)
        self._mishaps_left, self._deeds = 0, []

    def _expect_complete(self, connection: Connection) -> None:
        with tenant_context(self.tenant.operator.id):
            last = Sync.objects.filter(connection=connection).order_by("-requested_at").first()
        assert last is not None
        assert (last.status, last.problem) == (Sync.Status.COMPLETE, ""), f"{last.status}: {last.problem}"

    def streams(self, page_size: int) -> tuple[Stream, ...]:
        """Return the scenario's streams in pages of a size."""
        named = [stream for stream in STREAMS if stream.name in self.scenario.streams]
        return tuple(replace(stream, page_size=min(stream.page_size, page_size)) for stream in named)

    # --- what goes on ---

    def _until_idle(self) -> None:
        """Let workers work, beat beat, and time pass, until no sync is left."""
        for _ in range(MOST_STEPS):
            if self.queue:
                self._work(self.queue.pop(0))
            elif (wait := self._wait()) is not None:
                self._pass(wait + BEAT)
            else:
                return
        raise AssertionError("the sync never ends")

    def _wait(self) -> float | None:
        """Return how many seconds from now beat will find something; None where no sync is left."""
        with tenant_context(self.tenant.operator.id):
            active = Sync.objects.filter(status__in=("queued", "running")).values_list(
                "not_before", flat=True
            )
            due = DataTypeSchedule.objects.filter(next_sync_at__lte=timezone.now()).exists()
            moments = list(active)
        if moments:
            return max(0.0, (min(moments) - timezone.now()).total_seconds())
        return 0.0 if due else None

    def _pass(self, seconds: float) -> None:
        """Let time pass for everybody, and beat once."""
        self.site.advance(int(seconds))
        let_pass(seconds, operator_id=self.tenant.operator.id, valkey=self.valkey)
        tasks.dispatch_due_syncs()

    def _work(self, message: Message) -> None:
        """Let a worker work on a message; it may die of it, and the message may come twice."""
        worker = Worker(self._mishap(), stall=self._overtake, flush=self._flush)
        with patch.object(engine, "SLICE_SECONDS", self._dice.choice(self.scenario.slice_seconds)):
            try:
                with worker.observed():
                    tasks.run_sync(**message)
            except Died:
                self._bury(message)
            except (OperationalError, InterfaceError):
                if not worker.cut:
                    raise
            finally:
                self._note(worker, message)
                connections["default"].close()

    def _mishap(self) -> Any:
        if not self._mishaps_left or self._dice.random() < 0.3:
            return None
        return mishap(self._dice)

    def _note(self, worker: Worker, message: Message) -> None:
        if worker.befallen:
            self._mishaps_left -= 1
            self.happened[worker.befallen] += 1
        elif self._mishaps_left and self._dice.random() < 0.1:
            self.happened["message_twice"] += 1
            self.queue.append(message)

    def _bury(self, message: Message) -> None:
        """A worker is dead: its message may come again, and its place at the vendor stays taken."""
        if self._dice.random() < 0.5:
            self.queue.append(message)
        if self._dice.random() < 0.5:
            key = f"vendor:{self._host()}:places"
            self.valkey.zadd(key, {uuid4().hex: time.time() + budget.LEASE_SECONDS})
            self.valkey.expire(key, 300)

    def _host(self) -> str:
        with tenant_context(self.tenant.operator.id):
            return Connection.objects.values_list("account_host", flat=True)[0]

    def _overtake(self) -> None:
        """While a worker stands still, its lease runs out, and another takes the sync over for a slice or two."""
        self._pass(LEASE + BEAT)
        slices = self._dice.randrange(1, 3)

        def others() -> None:
            try:
                for _ in range(slices):
                    if self.queue:
                        tasks.run_sync(**self.queue.pop(0))
            finally:
                connections["default"].close()

        thread = threading.Thread(target=others)
        thread.start()
        thread.join()

    def _flush(self) -> None:
        """Valkey forgets: what was queued, who holds a place, and that the site is paused."""
        self.queue.clear()
        self.valkey.flushdb()

    def before_request(self) -> None:
        """Count a request of a reader, and do what was to be done before it."""
        self._requests += 1
        while self._deeds and self._deeds[0].before_request <= self._requests:
            deed = self._deeds.pop(0)
            self.happened[deed.kind] += 1
            if deed.kind == "ask":
                self._ask_by_hand()
            else:
                self.business.do(deed.kind)

    def _ask_by_hand(self) -> None:
        with tenant_context(self.tenant.operator.id):
            connection = Connection.objects.get(company__name="Corner Bakery")
        named = sorted(self.scenario.streams)[: self._dice.randrange(1, 4)]
        streams = None if self._dice.random() < 0.5 else named
        self._ask(connection, is_full=self._dice.random() < 0.5, streams=streams)


@contextmanager
def world(scenario: Scenario, tenant: Tenant) -> Iterator[World]:
    """Give the world of a scenario, in which nothing happens at the same time as anything else."""
    with ExitStack() as stack:
        simulator = stack.enter_context(Simulator([replace(scenario.spec)], port=0))
        stack.enter_context(
            override_settings(
                CHARGIFY_US_URL=f"{simulator.root}/us/{{site}}",
                CHARGIFY_EU_URL=f"{simulator.root}/eu/{{site}}",
                ALLOW_INSECURE_VENDOR_URL=True,
            )
        )
        made = World(scenario, tenant, simulator)
        made.valkey.flushdb()
        for target, name, value in _replacements(made):
            stack.enter_context(patch.object(target, name, value))
        yield made


def _replacements(made: World) -> Iterator[tuple[Any, str, Any]]:
    yield ChargifyConnector, "streams", made.streams(made.scenario.page_size)
    yield tasks.run_sync, "delay", lambda **message: made.queue.append(message)
    # Nobody else could give a place back meanwhile.
    yield budget, "LONGEST_WAIT", 0.0
    fetch = ChargifySession.fetch

    def fetch_after_deeds(*arguments: Any, **options: Any) -> Any:
        made.before_request()
        return fetch(*arguments, **options)

    yield ChargifySession, "fetch", fetch_after_deeds
    for module_name, module in list(sys.modules.items()):
        if module_name.startswith("integrations.sync.") and hasattr(module, "ThreadPoolExecutor"):
            yield module, "ThreadPoolExecutor", Inline
