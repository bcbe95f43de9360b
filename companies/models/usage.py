"""What an operator uses, day by day."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from config.tenancy import TenantModel


class UsageDay(TenantModel):
    """What an operator used on one day in UTC; a count only ever grows."""

    day = models.DateField()
    requests = models.PositiveBigIntegerField(default=0)
    rows_read = models.PositiveBigIntegerField(default=0)
    rows_changed = models.PositiveBigIntegerField(default=0)

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [models.UniqueConstraint(fields=["operator", "day"], name="usage_once_a_day")]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"
