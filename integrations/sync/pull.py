"""Pulling one stream: from its cursor to its end, each page written together with how far it brought us."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from django.utils import timezone

from config.tenancy import tenant_context
from integrations.connectors.base import ConnectorError, Page, Pager, Row, Session, Stream, UnreadableRow
from integrations.models import PullOperation, StreamCursor, StreamProof, Sync
from integrations.services.plans import covers_from, span_of
from integrations.services.requests import RequestLog
from integrations.services.settings import window_start
from integrations.sync.ahead import PagesAhead, made_ahead
from integrations.sync.lease import renew
from integrations.sync.pages import Chunk, Mapped, Position, walk, walk_ids, walk_tokens
from integrations.sync.proof import Reading, prove, prove_not_offered, wants_sweep
from integrations.sync.report import pages_written
from integrations.sync.sweep import begin_listing, keep_listed
from integrations.sync.writer import Written, keep_unreadable, write_rows

# How far a read reaches back behind the last one: the vendor's lists lag behind its writes (facts §3).
OVERLAP = timedelta(minutes=5)
MAX_WARNINGS = 20
# inferred: what is answered for a list that an account doesn't have, be a feature off or an endpoint gone.
MISSING = {403, 404, 410}
_OUTCOME = ("status", "finished_at", "problem", "is_offered", "evidence", "findings", "verdict")
# So many pages at most are written in one transaction, where they come faster than they are written.
PAGES_AT_ONCE = 4


class StreamPull:
    """The pull of one stream within a sync; `run` yields after every write, of one page or several."""

    def __init__(
        self,
        *,
        sync: Sync,
        operation: PullOperation,
        stream: Stream,
        session: Session,
        requests: RequestLog,
        in_flight: int,
    ) -> None:
        self.sync, self.operation, self.stream, self.session = sync, operation, stream, session
        self.requests, self.in_flight = requests, in_flight
        self.warnings: Counter[str] = Counter(
            {warning["message"]: warning["count"] for warning in operation.warnings}
        )

    def run(self) -> Iterator[PullOperation]:
        """Read the stream from where it was left; raise ConnectorError, LeaseLost or PagingInconsistent."""
        offered = self.session.offered(self.stream)
        if offered is None:
            self._leave_out()
        else:
            self.stream = offered
            self._begin()
            yield from self._read()
        yield self.operation

    def _read(self) -> Iterator[PullOperation]:
        try:
            for pages in made_ahead(map(self._mapped, self._chunks()), most=PAGES_AT_ONCE):
                self._write(pages)
                yield self.operation
        except ConnectorError as error:
            if not self._is_missing(error):
                raise
            self._leave_out()
        else:
            self._complete()

    def _begin(self) -> None:
        with tenant_context(self.sync.operator_id):
            self.cursor = self._load_cursor()
            self.operation.status = PullOperation.Status.FETCHING
            self.operation.started_at = self.operation.started_at or timezone.now()
            self.operation.save(update_fields=["status", "started_at"])
        if "total" not in self.progress:
            self._count_expected()

    def _count_expected(self) -> None:
        """Ask the vendor how many rows there are before they are read."""
        self.progress["total"] = self.session.total(self.stream)
        if self.progress["is_whole"]:
            with tenant_context(self.sync.operator_id):
                self.operation.rows_expected = self.progress["total"]
                self.operation.save(update_fields=["rows_expected"])

    def _is_missing(self, error: ConnectorError) -> bool:
        """Say whether the vendor refused an optional stream from its first row on."""
        return self.stream.optional and error.status in MISSING and not self.progress["rows"]

    def _load_cursor(self) -> StreamCursor:
        cursor, _ = StreamCursor.objects.get_or_create(
            connection_id=self.sync.connection_id, stream=self.stream.name
        )
        # What was begun by another sync, or with another mapper, is begun anew.
        begun = {"sync": str(self.sync.pk), "mapper_version": self.stream.mapper_version, "proves": True}
        if cursor.progress is None or not begun.items() <= cursor.progress.items():
            everything = self._wants_everything(cursor)
            window = window_start(connection=self.sync.connection, stream=self.stream, now=timezone.now())
            span = span_of(cursor, window=window, everything=everything)
            page_size = self.stream.page_size
            after = "" if everything else cursor.after
            position = {"rows": 0, "last_id": after, "page_size": page_size}
            is_whole = not after and (span.since is None or self.stream.since is None)
            cursor.progress = {**begun, **span.as_json(), **position, "is_whole": is_whole, "unreadable": 0}
            if is_whole:
                begin_listing(connection_id=self.sync.connection_id, stream=self.operation.stream)
        return cursor

    def _wants_everything(self, cursor: StreamCursor) -> bool:
        if self.sync.is_full or cursor.mapper_version != self.stream.mapper_version:
            return True
        known = {"connection_id": self.sync.connection_id, "stream": self.operation.stream}
        proof = StreamProof.objects.filter(**known).first()
        return wants_sweep(proof, self.stream, now=timezone.now())

    @property
    def progress(self) -> dict[str, Any]:
        """Return how far the unfinished read has come."""
        if self.cursor.progress is None:
            raise RuntimeError("this read is finished")
        progress: dict[str, Any] = self.cursor.progress
        return progress

    @property
    def since(self) -> datetime | None:
        """Return from when on this read asks for changes; None where it reads everything."""
        since = self.progress["since"]
        return datetime.fromisoformat(since) if since and self.stream.since else None

    def _chunks(self) -> Iterator[Chunk]:
        start = Position(self.progress["rows"], self.progress["last_id"])
        page_size = self.progress["page_size"]
        if self.stream.pager == Pager.PAGES:
            with PagesAhead(self._fetch, page_size=page_size, in_flight=self.in_flight) as fetch:
                yield from walk(fetch, self._identify, page_size=page_size, start=start)
        elif self.stream.pager == Pager.SINCE_ID:
            yield from walk_ids(self._fetch_after, self._identify, page_size=page_size, start=start)
        elif self.stream.pager == Pager.TOKEN:
            yield from walk_tokens(self._fetch_after, page_size=page_size, start=start)
        elif not start.rows:
            page = self._fetch(1, self.stream.page_size)
            position = Position(rows=len(page.bodies))
            yield Chunk(page.bodies, position, self.stream.page_size, page.exchange)

    def _fetch(self, page: int, per_page: int) -> Page:
        return self._ask(page, per_page, "")

    def _fetch_after(self, after: str) -> Page:
        return self._ask(1, self.progress["page_size"], after)

    def _ask(self, page: int, per_page: int, after: str) -> Page:
        answer = self.session.fetch(self.stream, page=page, per_page=per_page, since=self.since, after=after)
        # The vendor's clock when this read began: the next one starts there, less the overlap.
        self.progress.setdefault("started", answer.server_time.isoformat())
        return answer

    def _identify(self, body: bytes) -> str:
        row = self._map(body)
        # A row that can't be read is told apart by its body.
        return row.source_id if row else blake2b(body, digest_size=16).hexdigest()

    def _map(self, body: bytes) -> Row | None:
        try:
            return self.stream.map(body, self.session.account)
        except UnreadableRow:
            return None

    def _mapped(self, chunk: Chunk) -> Mapped:
        began = time.monotonic()
        mapped = [(self._map(body), body) for body in chunk.bodies]
        rows = [row for row, _ in mapped if row is not None]
        unreadable = [body for row, body in mapped if row is None]
        return Mapped(chunk, rows, unreadable, seconds=time.monotonic() - began)

    def _write(self, pages: list[Mapped]) -> None:
        rows = [row for page in pages for row in page.rows]
        unreadable = [body for page in pages for body in page.unreadable]
        self._note_warnings(rows, unreadable=len(unreadable))
        began = time.monotonic()
        with tenant_context(self.sync.operator_id):
            renew(self.sync, requests_made=self.session.requests_made)
            written = write_rows(
                connection_id=self.sync.connection_id,
                stream=self.stream.name,
                table=self.stream.table,
                rows=rows,
                now=timezone.now(),
            )
            if self.progress["is_whole"]:
                keep_listed(connection_id=self.sync.connection_id, stream=self.operation.stream, rows=rows)
            if unreadable:
                self.progress["unreadable"] += len(unreadable)
                keep_unreadable(
                    connection_id=self.sync.connection_id, stream=self.stream.name, bodies=unreadable
                )
            self._checkpoint(pages[-1].chunk, rows)
            self._count(written, pages=len(pages))
            noted = self.requests.write()
        self.requests.forget(noted)
        pages_written(
            self.operation,
            written,
            pages,
            platform=self.sync.connection.platform_key,
            write_seconds=time.monotonic() - began,
        )

    def _note_warnings(self, rows: list[Row], *, unreadable: int) -> None:
        if unreadable:
            self.warnings["A row could not be read; its body is kept"] += unreadable
        for row in rows:
            self.warnings.update(row.warnings)

    def _checkpoint(self, chunk: Chunk, rows: list[Row]) -> None:
        self.progress.update(
            rows=chunk.position.rows, last_id=chunk.position.last_id, page_size=chunk.page_size
        )
        if self.stream.pager == Pager.SINCE_ID:
            self._settle(rows)
        self.cursor.save(update_fields=["progress", "after"])

    def _settle(self, rows: list[Row]) -> None:
        """Remember the newest row that is old enough for no older one to appear any more (facts §3: lists lag)."""
        settled = datetime.fromisoformat(self.progress["started"]) - OVERLAP
        for row in rows:
            if row.source_created_at is None or row.source_created_at > settled:
                break
            self.cursor.after = row.source_id

    def _count(self, written: Written, *, pages: int) -> None:
        self.operation.pages += pages
        self.operation.rows_read += written.read
        self.operation.rows_changed += written.changed
        self.operation.warnings = [
            {"message": message, "count": count} for message, count in self.warnings.most_common(MAX_WARNINGS)
        ]
        self.operation.save(update_fields=["pages", "rows_read", "rows_changed", "warnings"])

    def _reading(self, started: datetime) -> Reading:
        unreadable = self.progress["unreadable"]
        return Reading(
            is_whole=self.progress["is_whole"],
            is_bounded=covers_from(self.progress) is not None,
            settled=started - OVERLAP,
            total=self.progress["total"],
            unreadable=unreadable,
            odd_values=self.warnings.total() - unreadable,
        )

    def _complete(self) -> None:
        started = datetime.fromisoformat(self.progress["started"])
        with tenant_context(self.sync.operator_id):
            renew(self.sync, requests_made=self.session.requests_made)
            prove(operation=self.operation, stream=self.stream, reading=self._reading(started))
            self.cursor.since, self.cursor.covers_from = started - OVERLAP, covers_from(self.progress)
            self.cursor.progress, self.cursor.mapper_version = None, self.stream.mapper_version
            self.cursor.completed_at = timezone.now()
            self.cursor.save(
                update_fields=["since", "covers_from", "progress", "mapper_version", "completed_at"]
            )
            self._finish()

    def _leave_out(self) -> None:
        """End a stream that the account doesn't have; what was read of it before stays."""
        with tenant_context(self.sync.operator_id):
            renew(self.sync, requests_made=self.session.requests_made)
            # One that was offered a moment ago, by an answer that lacked something, may be half read.
            StreamCursor.objects.filter(
                connection_id=self.sync.connection_id, stream=self.stream.name
            ).update(progress=None)
            self.operation.is_offered = False
            prove_not_offered(operation=self.operation)
            self._finish()

    def _finish(self) -> None:
        self.operation.status = PullOperation.Status.COMPLETE
        self.operation.finished_at, self.operation.problem = timezone.now(), ""
        self.operation.save(update_fields=_OUTCOME)
