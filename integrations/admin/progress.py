"""How far syncs are, in the words of the Portal."""

from __future__ import annotations

from dataclasses import dataclass

from companies.models import Connection
from integrations.models import PullOperation, Sync
from integrations.texts import NOT_OFFERED, ProblemText, text_for


@dataclass(frozen=True)
class StreamProgress:
    """One pull operation as a line of the progress table."""

    operation: PullOperation

    @property
    def name(self) -> str:
        """Return the stream's name as a person would say it."""
        return self.operation.stream.replace("_", " ").capitalize()

    @property
    def status(self) -> str:
        """Return how it stands, in a word or two."""
        return self.operation.get_status_display() if self.operation.is_offered else "Not offered"

    @property
    def note(self) -> str:
        """Return what there is to say of it: what went wrong, or that there was nothing to read."""
        if not self.operation.is_offered:
            return NOT_OFFERED
        return text_for(self.operation.problem).title if self.operation.problem else ""

    @property
    def rows(self) -> str:
        """Return rows read of the vendor's total, or rows and pages so far where it gives none."""
        one = self.operation
        if one.rows_expected is not None:
            return f"{one.rows_read:,} of {one.rows_expected:,}"
        return f"{one.rows_read:,} ({one.pages:,} page{'' if one.pages == 1 else 's'})"


@dataclass(frozen=True)
class SyncProgress:
    """One sync with its streams."""

    sync: Sync
    streams: list[StreamProgress]

    @property
    def is_running(self) -> bool:
        """Say whether it goes on, so that the page refreshes itself."""
        return self.sync.status in {Sync.Status.WAITING, Sync.Status.QUEUED, Sync.Status.RUNNING}

    @property
    def problem(self) -> ProblemText | None:
        """Return the words for what went wrong."""
        return text_for(self.sync.problem) if self.sync.problem else None


def sync_progress(sync: Sync) -> SyncProgress:
    """Return a sync's progress."""
    operations = PullOperation.objects.filter(sync=sync).order_by("position")
    return SyncProgress(sync, [StreamProgress(operation) for operation in operations])


def latest_syncs(connections: list[Connection]) -> dict[Connection, SyncProgress]:
    """Return the newest sync of each connection that doesn't wait for another, in two queries."""
    newest = (
        Sync.objects.filter(connection__in=connections)
        .exclude(status=Sync.Status.WAITING)
        .order_by("connection_id", "-requested_at")
        .distinct("connection_id")
    )
    by_id = {sync.pk: sync for sync in newest}
    streams: dict[object, list[StreamProgress]] = {pk: [] for pk in by_id}
    for operation in PullOperation.objects.filter(sync__in=by_id.keys()).order_by("position"):
        streams[operation.sync_id].append(StreamProgress(operation))
    of_connection = {sync.connection_id: SyncProgress(sync, streams[pk]) for pk, sync in by_id.items()}
    return {one: of_connection[one.pk] for one in connections if one.pk in of_connection}
