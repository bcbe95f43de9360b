"""When each data type of a linked connection is synced next by itself."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from companies.models import Connection
from config.tenancy import TenantModel


class DataTypeSchedule(TenantModel):
    """One data type of a connection while it is linked; `next_sync_at` is empty where there is no schedule."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="schedules")
    data_type = models.CharField(max_length=60)
    hours = models.PositiveSmallIntegerField()
    # The end of the last sync of it, or the linking: the schedule has no fixed time of day (facts §4.1).
    counts_from = models.DateTimeField()
    # The end of the last sync that read all of it; empty until the first since the linking.
    fresh_at = models.DateTimeField(null=True)
    next_sync_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["connection", "data_type"], name="schedule_per_data_type"),
            models.CheckConstraint(
                condition=Q(hours=0, next_sync_at=None) | Q(hours__gt=0, next_sync_at__isnull=False),
                name="schedule_has_next",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["next_sync_at"], condition=Q(next_sync_at__isnull=False), name="schedule_due"
            ),
            models.Index(fields=["fresh_at"], condition=Q(hours__gt=0), name="schedule_fresh"),
        ]

    def __str__(self) -> str:
        return self.data_type
