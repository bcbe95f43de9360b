"""The audit trail: who did what, when and from where; rows are only ever added."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from config.tenancy import TenantModel


class AuditEvent(TenantModel):
    """One action of a member, an API key, an SMB customer or the system; never holds a secret."""

    at = models.DateTimeField(auto_now_add=True)
    actor = models.CharField(max_length=200)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=200)
    details = models.JSONField(default=dict)
    ip_address = models.GenericIPAddressField(null=True)

    append_only = True

    class Meta(TenantModel.Meta):
        indexes: ClassVar = [models.Index(fields=["operator", "-at"], name="audit_newest")]

    def __str__(self) -> str:
        return f"{self.actor}: {self.action}"
