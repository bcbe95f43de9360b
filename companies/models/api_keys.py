"""API keys: shown once, kept as a prefix and a hash."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from config.tenancy import TenantModel


class Scope(models.TextChoices):
    """One thing that an API key lets its holder do."""

    READ = "read", "Read"
    WRITE = "write", "Write"
    ADMIN = "admin", "Administer"
    PROXY = "proxy", "Proxy"


def every_scope() -> list[str]:
    """Return what a key may do unless somebody chose less."""
    return list(Scope.values)


class ApiKey(TenantModel):
    """A key of an operator's software; `prefix` finds it, `hash` (sha256 of the whole key) proves it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=50)
    prefix = models.CharField(max_length=12, unique=True)
    hash = models.BinaryField(max_length=32)
    scopes = ArrayField(
        models.CharField(max_length=10, choices=Scope.choices), default=every_scope, db_default=Scope.values
    )
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        indexes: ClassVar = [models.Index(fields=["operator", "created_at"], name="api_key_by_operator")]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
