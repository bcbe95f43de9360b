"""The switch by which an operator offers an integration to its companies."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from config.tenancy import TenantModel


class IntegrationSetting(TenantModel):
    """An operator's setting of one integration; no row means switched off."""

    platform_key = models.CharField(max_length=8)
    enabled = models.BooleanField(default=False)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["operator", "platform_key"], name="setting_per_integration")
        ]

    def __str__(self) -> str:
        return self.platform_key
