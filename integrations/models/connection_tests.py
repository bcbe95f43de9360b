"""Tests of connections: whether what an SMB gave still opens its account."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models

from companies.models import Connection
from config.tenancy import TenantModel


class ConnectionTest(TenantModel):
    """One try of the key in use; whatever comes out, the connection stays as it is."""

    class Outcome(models.TextChoices):
        RUNNING = "running", "Running"
        PASSED = "passed", "Passed"
        FAILED = "failed", "Failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="tests")
    outcome = models.CharField(max_length=8, choices=Outcome.choices, default=Outcome.RUNNING)
    # A code of connectors.base.Problem.
    problem = models.CharField(max_length=40, blank=True)
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        indexes: ClassVar = [
            models.Index(fields=["connection", "-started_at"], name="connection_test_latest")
        ]

    def __str__(self) -> str:
        return f"Test {self.outcome}"
