"""A company's connections to integrations, their timeline, and the consent behind them."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from companies.models.companies import Company
from config.tenancy import TenantManager, TenantModel


class ConnectionManager(TenantManager["Connection"]):
    """Leave out connections that were deleted or whose company was."""

    def get_queryset(self) -> models.QuerySet[Connection]:
        return super().get_queryset().filter(deleted_at=None, company__deleted_at=None)


class Connection(TenantModel):
    """One company's link to one integration."""

    class Status(models.TextChoices):
        PENDING = "PendingAuth", "Pending"
        LINKED = "Linked", "Linked"
        DEAUTHORIZED = "Deauthorized", "Deauthorized"
        UNLINKED = "Unlinked", "Unlinked"

    class SyncState(models.TextChoices):
        """What others may know of the connection's syncs; the sync engine writes it."""

        NEVER = "never", "Not yet"
        QUEUED = "queued", "Queued"
        RUNNING = "running", "Syncing"
        COMPLETE = "complete", "Complete"
        FAILED = "failed", "Failed"

    class Completeness(models.TextChoices):
        """How complete what was read is; the sync engine proves it."""

        NOT_YET = "not_yet", "Not yet"
        COMPLETE = "complete", "Complete"
        WARNINGS = "warnings", "Complete with warnings"
        GAPS = "gaps", "Gaps"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="connections")
    platform_key = models.CharField(max_length=8)
    platform_name = models.CharField(max_length=50)
    integration_id = models.UUIDField()
    source_id = models.UUIDField()
    source_type = models.CharField(max_length=20, default="Commerce")
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.PENDING)
    created_at = models.DateTimeField(auto_now_add=True)
    linked_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    # The account at the vendor, known once the connection is linked.
    account_id = models.CharField(max_length=50, blank=True)
    account_name = models.CharField(max_length=200, blank=True)
    account_host = models.CharField(max_length=200, blank=True)
    is_test = models.BooleanField("test site", default=False)

    sync_state = models.CharField(max_length=10, choices=SyncState.choices, default=SyncState.NEVER)
    completeness = models.CharField(
        max_length=10,
        choices=Completeness.choices,
        default=Completeness.NOT_YET,
        db_default=Completeness.NOT_YET,
    )
    last_synced_at = models.DateTimeField(null=True)
    # Why the account can't be read though the key is right (a code of connectors.base.Problem), and since when.
    problem = models.CharField(max_length=40, blank=True, default="", db_default="")
    problem_since = models.DateTimeField(null=True)
    # Since when it is known that data are older than their schedule allows.
    stale_since = models.DateTimeField(null=True)
    # Advanced in the transaction of every write to the connection's records (design: Sync 5).
    data_version = models.BigIntegerField(default=0)

    objects: ClassVar[ConnectionManager] = ConnectionManager()
    with_deleted: ClassVar = TenantManager["Connection"]()

    class Meta(TenantModel.Meta):
        base_manager_name = "with_deleted"
        indexes: ClassVar = [
            models.Index(fields=["operator", "platform_key", "account_id"], name="connection_account"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(status="Linked") | ~Q(account_id=""), name="linked_has_account"
            )
        ]

    def __str__(self) -> str:
        return f"{self.platform_name} {self.account_name or self.get_status_display()}"


class ConnectionEvent(TenantModel):
    """One entry of a connection's timeline."""

    class Kind(models.TextChoices):
        STARTED = "started", "Started"
        CONNECTED = "connected", "Connected"
        FAILED = "failed", "Failed"
        INTERRUPTED = "interrupted", "Interrupted"
        STALE = "stale", "Out of date"
        RECOVERED = "recovered", "Recovered"
        DEAUTHORIZED = "deauthorized", "Deauthorized"
        UNLINKED = "unlinked", "Unlinked"
        RECONNECTED = "reconnected", "Reconnected"
        DELETED = "deleted", "Deleted"

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    status_code = models.PositiveSmallIntegerField(default=200)
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        indexes: ClassVar = [models.Index(fields=["connection", "-at"], name="connection_timeline")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"


class Consent(TenantModel):
    """What a company agreed to: the text as shown, when, and from where."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="consents")
    text_version = models.CharField(max_length=20)
    text = models.TextField()
    given_at = models.DateTimeField(auto_now_add=True)
    ip_address = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=300, blank=True)

    class Meta(TenantModel.Meta):
        indexes: ClassVar = [models.Index(fields=["connection", "-given_at"], name="consent_latest")]

    def __str__(self) -> str:
        return f"Consent {self.text_version} of {self.given_at:%Y-%m-%d %H:%M}"
