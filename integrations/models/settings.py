"""What an operator sets: the switch of each integration, and how each data type is fetched."""

from __future__ import annotations

from calendar import monthrange
from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q

from companies.models import Company
from config.tenancy import TenantModel

DAILY = 24
# Requests at once to a company's account: the vendor serves 4, and the merchant needs some of them (facts §4).
IN_FLIGHT, MOST_IN_FLIGHT = 2, 4


class IntegrationSetting(TenantModel):
    """An operator's setting of one integration; no row means switched off, and what a new instance says."""

    platform_key = models.CharField(max_length=8)
    enabled = models.BooleanField(default=False)
    in_flight = models.PositiveSmallIntegerField("requests at once", default=IN_FLIGHT, db_default=IN_FLIGHT)
    proxy_enabled = models.BooleanField("proxy", default=False, db_default=False)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["operator", "platform_key"], name="setting_per_integration"),
            models.CheckConstraint(
                condition=Q(in_flight__range=(1, MOST_IN_FLIGHT)), name="setting_in_flight"
            ),
        ]

    def __str__(self) -> str:
        return self.platform_key


class SyncSettingValues(TenantModel):
    """How one data type is fetched; what isn't set has the values of a new instance."""

    data_type = models.CharField(max_length=60)
    fetch_on_first_link = models.BooleanField(default=True)
    # Hours from the end of one sync to the start of the next; 0 is no schedule.
    schedule_hours = models.PositiveSmallIntegerField(default=DAILY)
    # How far back: a moment, or a number of months before each sync that reads everything; neither is all history.
    sync_from = models.DateTimeField(null=True)
    window_months = models.PositiveSmallIntegerField(null=True)

    class Meta(TenantModel.Meta):
        abstract = True

    def __str__(self) -> str:
        return self.data_type

    def window_start(self, now: datetime) -> datetime | None:
        """Return the moment before which nothing is asked for; None where all history is."""
        return months_before(now, self.window_months) if self.window_months else self.sync_from


class DefaultSyncSetting(SyncSettingValues):
    """How an operator fetches a data type of an integration, from every company that doesn't differ."""

    platform_key = models.CharField(max_length=8)

    class Meta(SyncSettingValues.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["operator", "platform_key", "data_type"], name="default_sync_setting"
            ),
            models.CheckConstraint(
                condition=Q(sync_from=None) | Q(window_months=None), name="default_one_window"
            ),
        ]


class CompanySyncSetting(SyncSettingValues):
    """How a data type is fetched from one company, by whatever integration."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="sync_settings")

    class Meta(SyncSettingValues.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "data_type"], name="company_sync_setting"),
            models.CheckConstraint(
                condition=Q(sync_from=None) | Q(window_months=None), name="company_one_window"
            ),
        ]


def months_before(moment: datetime, months: int) -> datetime:
    """Return the same day and time some calendar months earlier, or the last day of a shorter month."""
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    day = min(moment.day, monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)
