"""The log of requests to vendors."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from companies.models import Connection
from config.tenancy import TenantModel


class VendorRequest(TenantModel):
    """One GET to a vendor: no query, no body; `status` is empty where no whole answer came."""

    # The index below begins with it.
    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, related_name="requests", db_index=False
    )
    # Empty for the check of a key.
    sync = models.UUIDField(null=True)
    at = models.DateTimeField()
    path = models.CharField(max_length=200)
    status = models.PositiveSmallIntegerField(null=True)
    ms = models.PositiveIntegerField("milliseconds")
    vendor_request_id = models.CharField("vendor's request ID", max_length=100, blank=True)

    class Meta(TenantModel.Meta):
        verbose_name = "request"
        indexes: ClassVar = [
            models.Index(fields=["connection", "-at"], name="request_newest_of_connection"),
            models.Index(fields=["operator", "-at"], name="request_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.path} {self.status or 'no answer'}"
