"""Sync a connection from the command line, with a progress bar a stream."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from companies import lookups
from companies.models import Connection
from config.tenancy import tenant_context
from integrations.catalogue import connector_for
from integrations.models import PullOperation, Sync
from integrations.services.syncs import CannotSync, sync_request
from integrations.sync import report
from integrations.sync.engine import run_slice
from integrations.texts import text_for


class Command(BaseCommand):
    """`manage.py sync --connection ID [--full] [--stream a,b] [--json]`."""

    help = "Sync a connection here and now, without a worker."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--connection", type=UUID, required=True)
        parser.add_argument(
            "--full", action="store_true", help="read everything again, not only what changed"
        )
        parser.add_argument("--stream", help="only these streams, separated by commas")
        parser.add_argument("--json", action="store_true", help="print the outcome as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        operator_id = lookups.operator_of_connection(options["connection"])
        if operator_id is None:
            raise CommandError(f"There is no connection with the id {options['connection']}.")
        sync = self._request(operator_id, options)
        with pages_unlogged():
            self._run(sync)
        self._report(sync, as_json=options["json"])

    def _request(self, operator_id: UUID, options: dict[str, Any]) -> Sync:
        with tenant_context(operator_id):
            connection = Connection.objects.filter(pk=options["connection"]).first()
            if connection is None:
                raise CommandError("This connection was deleted.")
            streams = self._streams(connection, options["stream"])
            try:
                return sync_request(
                    connection=connection,
                    requested_by="manage.py sync",
                    is_full=options["full"],
                    streams=streams,
                    queue=False,
                )
            except CannotSync as error:
                raise CommandError(str(error)) from error

    def _streams(self, connection: Connection, wanted: str | None) -> list[str] | None:
        if not wanted:
            return None
        names = [name.strip() for name in wanted.split(",")]
        known = [stream.name for stream in connector_for(connection.platform_key).streams]
        if unknown := sorted(set(names) - set(known)):
            raise CommandError(f"No stream is called {', '.join(unknown)}; there are {', '.join(known)}.")
        return names

    def _run(self, sync: Sync) -> None:
        columns = (TextColumn("{task.description:<18}"), BarColumn(), TextColumn("{task.fields[rows]}"))
        with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True)) as progress:
            bars: dict[str, TaskID] = {}

            def observe(operation: PullOperation) -> None:
                if operation.stream not in bars:
                    bars[operation.stream] = progress.add_task(operation.stream, total=None, rows="")
                complete = operation.status == PullOperation.Status.COMPLETE
                total = operation.rows_read if complete else operation.rows_expected
                of = f" of {operation.rows_expected:,}" if operation.rows_expected else ""
                text = f"{operation.rows_read:,}{of} rows, {operation.pages:,} pages"
                text = text if operation.is_offered else "not offered"
                progress.update(bars[operation.stream], completed=operation.rows_read, total=total, rows=text)

            while run_slice(operator_id=sync.operator_id, sync_id=sync.pk, observe=observe) is not None:
                pass

    def _report(self, sync: Sync, *, as_json: bool) -> None:
        with tenant_context(sync.operator_id):
            sync.refresh_from_db()
            operations = list(sync.operations.order_by("position"))
        if as_json:
            self.stdout.write(json.dumps(_outcome(sync, operations)))
        if sync.status in {Sync.Status.RUNNING, Sync.Status.WAITING}:
            raise CommandError("A worker is syncing this connection already; the Portal shows its progress.")
        if sync.problem:
            raise CommandError(text_for(sync.problem).operator)


@contextmanager
def pages_unlogged() -> Iterator[None]:
    """Log no line per page, which the progress bars show already."""
    logger = logging.getLogger(report.__name__)
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)


def _outcome(sync: Sync, operations: list[PullOperation]) -> dict[str, Any]:
    return {
        "sync": str(sync.pk),
        "status": sync.status,
        "problem": sync.problem,
        "requests": sync.requests_made,
        "streams": {
            operation.stream: {
                "status": operation.status,
                "offered": operation.is_offered,
                "pages": operation.pages,
                "read": operation.rows_read,
                "changed": operation.rows_changed,
                "warnings": operation.warnings,
            }
            for operation in operations
        },
    }
