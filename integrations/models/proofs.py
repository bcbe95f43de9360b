"""What proves that a stream was read completely, and what was listed in the read that is to prove it."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from companies.models import Connection
from config.tenancy import TenantModel


class ListedIds(TenantModel):
    """The ids of one page of a read that lists everything; they go when it is proved, unless deletions are held."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+", db_index=False)
    stream = models.CharField(max_length=40)
    ids = ArrayField(models.CharField(max_length=120))

    class Meta(TenantModel.Meta):
        indexes: ClassVar = [models.Index(fields=["connection", "stream"], name="listed_ids")]

    def __str__(self) -> str:
        return f"{len(self.ids)} {self.stream}"


class Verdict(models.TextChoices):
    """How complete a stream is."""

    COMPLETE = "complete", "Complete"
    WARNINGS = "warnings", "Complete with warnings"
    GAPS = "gaps", "Gaps"


class ProofColumns(TenantModel):
    """Of what kinds the evidence is, what was found, and what follows (design: Sync 10)."""

    # Out of "total" and "sweep".
    evidence = models.JSONField(default=list, db_default=[])
    # How often each finding, by its code (`integrations/findings.py`).
    findings = models.JSONField(default=dict, db_default={})
    verdict = models.CharField(max_length=10, choices=Verdict.choices, blank=True, default="", db_default="")

    class Meta(TenantModel.Meta):
        abstract = True


class StreamProof(ProofColumns):
    """How complete a stream of a connection is, as the last read of it proved."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="proofs")
    stream = models.CharField(max_length=40)
    checked_at = models.DateTimeField()
    # When all that the vendor lists was compared with all that is stored.
    swept_at = models.DateTimeField(null=True)
    # Records that are not deleted, and what the vendor counts.
    stored = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True)
    oldest_at = models.DateTimeField(null=True)
    newest_at = models.DateTimeField(null=True)
    # The connection's data version when deletions were held; what was written later isn't among them.
    held_version = models.BigIntegerField(null=True)

    class Meta(TenantModel.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["connection", "stream"], name="proof_per_stream")
        ]

    def __str__(self) -> str:
        return f"{self.stream} {self.verdict}"
