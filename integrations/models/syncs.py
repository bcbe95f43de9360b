"""Syncs, their pull operations, and how far each stream was read."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from companies.models import Connection
from config.tenancy import TenantModel
from integrations.models.proofs import ProofColumns


class Sync(TenantModel):
    """One run over a connection; waiting lives here (`not_before`), never in a Celery countdown."""

    class Status(models.TextChoices):
        # Asked for while another sync of the connection was running; queued when that one ends.
        WAITING = "waiting", "Waiting"
        QUEUED = "queued", "Queued"
        RUNNING = "running", "Running"
        COMPLETE = "complete", "Complete"
        FAILED = "failed", "Failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="syncs")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    is_full = models.BooleanField("reads everything", default=False)
    requested_by = models.CharField(max_length=200, blank=True)
    requested_at = models.DateTimeField(auto_now_add=True)
    # While queued: when it may start. While running: until when its worker holds it; renewed with every page.
    not_before = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    # Counts the workers that took it up; a worker whose number is not the last has lost it.
    attempts = models.PositiveIntegerField(default=0)
    # Since when the vendor has refused or failed without a page between.
    trouble_since = models.DateTimeField(null=True)
    # Since when the vendor has refused the key and answered nothing else.
    refused_since = models.DateTimeField(null=True)
    requests_made = models.PositiveIntegerField("requests to the vendor", default=0)
    problem = models.CharField(max_length=40, blank=True)

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["connection"],
                condition=Q(status__in=["queued", "running"]),
                name="one_sync_per_connection",
            ),
            models.UniqueConstraint(
                fields=["connection"], condition=Q(status="waiting"), name="one_sync_waits_per_connection"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["operator", "-requested_at"], name="sync_newest"),
            models.Index(
                fields=["not_before"], condition=Q(status__in=["queued", "running"]), name="sync_due"
            ),
        ]

    def __str__(self) -> str:
        return f"Sync of {self.requested_at:%Y-%m-%d %H:%M}"


class PullOperation(ProofColumns):
    """One data type within a sync, and how complete it left the stream."""

    class Status(models.TextChoices):
        """The statuses of the API contract that we use (reference codat/facts.md §4.3)."""

        QUEUED = "Queued", "Queued"
        FETCHING = "Fetching", "Fetching"
        COMPLETE = "Complete", "Complete"
        FETCH_ERROR = "FetchError", "Fetch error"
        AUTH_ERROR = "AuthError", "Access refused"
        RATE_LIMIT_ERROR = "RateLimitError", "Rate limited"
        INTERNAL_ERROR = "InternalError", "Internal error"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sync = models.ForeignKey(Sync, on_delete=models.CASCADE, related_name="operations")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="operations")
    stream = models.CharField(max_length=40)
    data_type = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.QUEUED)
    requested_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    pages = models.PositiveIntegerField(default=0)
    rows_read = models.PositiveIntegerField(default=0)
    rows_changed = models.PositiveIntegerField(default=0)
    # Where the vendor says how many there are.
    rows_expected = models.PositiveIntegerField(null=True)
    warnings = models.JSONField(default=list)
    # Complete without rows where the account doesn't have this, or doesn't let its key read it.
    is_offered = models.BooleanField(default=True, db_default=True)
    problem = models.CharField(max_length=40, blank=True)

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sync", "stream"], name="operation_per_stream")
        ]
        indexes: ClassVar = [
            models.Index(fields=["connection", "-requested_at"], name="operation_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.data_type} {self.status}"


class StreamCursor(TenantModel):
    """How far a stream of a connection was read; written in the transaction that writes the rows it covers."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="cursors")
    stream = models.CharField(max_length=40)
    # From where the next sync reads (the server's clock at the last complete read's start, less the overlap).
    since = models.DateTimeField(null=True)
    # Before this time's changes nothing was asked for; empty where all history was.
    covers_from = models.DateTimeField(null=True)
    # With ids in the place of times: the newest row that is old enough for nothing to appear before it any more.
    after = models.CharField(max_length=200, default="", blank=True)
    # Within an unfinished read: {"started": …, "since": …, "position": …, "last_id": …}.
    progress = models.JSONField(null=True)
    mapper_version = models.PositiveSmallIntegerField(default=0)
    completed_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["connection", "stream"], name="cursor_per_stream")
        ]

    def __str__(self) -> str:
        return self.stream
