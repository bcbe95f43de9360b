"""What an SMB gave to connect, encrypted, and the checks of it."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models

from companies.models import Connection
from config.encryption import SecretField
from config.tenancy import TenantModel


class Credential(TenantModel):
    """The key to one account; `submitted` ones wait for their check, one `in use` serves the connection."""

    class State(models.TextChoices):
        SUBMITTED = "submitted", "Submitted"
        IN_USE = "in_use", "In use"

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="credentials")
    state = models.CharField(max_length=10, choices=State.choices, default=State.SUBMITTED)
    # Where the account is, in the connector's own words, e.g. {"site": "acme", "region": "us"}.
    account = models.JSONField()
    secret = SecretField()
    last_four = models.CharField(max_length=4)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["connection"], condition=models.Q(state="in_use"), name="one_credential_in_use"
            )
        ]

    def __str__(self) -> str:
        return f"••••{self.last_four}"


class CredentialCheck(TenantModel):
    """One check of a submitted credential, step by step; what Link shows while it runs."""

    class Outcome(models.TextChoices):
        RUNNING = "running", "Running"
        PASSED = "passed", "Passed"
        FAILED = "failed", "Failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="checks")
    credential = models.ForeignKey(Credential, on_delete=models.SET_NULL, null=True, related_name="+")
    site_entered = models.CharField(max_length=200)
    starts_sync = models.BooleanField(default=True)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, default=Outcome.RUNNING)
    steps_done = models.PositiveSmallIntegerField(default=0)
    # A code of connectors.base.Problem, and what else the person should know.
    problem = models.CharField(max_length=40, blank=True)
    notice = models.CharField(max_length=300, blank=True)
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        indexes: ClassVar = [models.Index(fields=["connection", "-started_at"], name="check_latest")]

    def __str__(self) -> str:
        return f"Check {self.outcome}"
