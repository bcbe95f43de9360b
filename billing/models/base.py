"""What every pulled record has, where its raw body lies, and what it was before.

Raw bodies are kept to the byte, but not in the rows: the bodies that a batch inserts or changes go into one
zstd-compressed chunk, and the record points to chunk and position (measured: `docs/architecture.md`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

import msgspec
import zstandard
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from companies.models import Connection
from config.tenancy import TenantModel


class BodyChunk(TenantModel):
    """The raw bodies of one batch, compressed, in order."""

    # Before the stream's name, where no record could be made of the bodies.
    UNREADABLE: ClassVar[str] = "unreadable:"

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+")
    stream = models.CharField(max_length=40)
    count = models.PositiveIntegerField()
    raw_bytes = models.PositiveIntegerField()
    # Where each body ends in the decompressed bytes.
    ends = ArrayField(models.PositiveIntegerField())
    compressed = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.count} {self.stream}"

    def body(self, index: int) -> bytes:
        """Return one body, exactly as the vendor sent it."""
        return self.bodies([index])[index]

    def bodies(self, indexes: Iterable[int]) -> dict[int, bytes]:
        """Return some bodies by their place, exactly as the vendor sent them."""
        raw = zstandard.decompress(self.compressed)
        return {index: raw[self.ends[index - 1] if index else 0 : self.ends[index]] for index in indexes}


class Record(TenantModel):
    """One row of a vendor's data in standard form; children of a body have their parent's body."""

    # Where another record's body lists this one: that record's model, and the column that names it.
    parent_model: ClassVar[str] = ""
    parent_column: ClassVar[str] = ""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+", db_index=False)
    source_id = models.CharField("ID", max_length=120)
    body_chunk = models.ForeignKey(
        BodyChunk, on_delete=models.DO_NOTHING, null=True, related_name="+", db_constraint=False
    )
    body_index = models.PositiveIntegerField(default=0)
    content_hash = models.BinaryField(max_length=16)
    source_created_at = models.DateTimeField("created", null=True)
    source_updated_at = models.DateTimeField("updated", null=True)
    first_seen_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    version = models.BigIntegerField()
    deleted_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = True
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["operator", "connection", "source_id"], name="%(class)s_source_id"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["operator", "-source_created_at", "id"], name="%(class)s_newest"),
            # For the change feed; without the operator the planner would take the longer way by source ids. The
            # connection comes first, because the database looks rows up by it alone when a connection goes.
            models.Index(fields=["connection", "operator", "version"], name="%(class)s_changes"),
        ]

    def __str__(self) -> str:
        return self.source_id

    def raw_body(self) -> bytes | None:
        """Return the body that the record was read from, as the vendor sent it; None where none was kept."""
        return self.body_chunk.body(self.body_index) if self.body_chunk else None

    def raw(self) -> Any:
        """Return the raw body as plain values."""
        body = self.raw_body()
        return msgspec.json.decode(body) if body else None


class RecordVersion(TenantModel):
    """A former version of a record: where its body lies, and from when until when it was the one we knew."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+", db_index=False)
    table = models.CharField(max_length=40)
    source_id = models.CharField(max_length=120)
    version = models.BigIntegerField()
    body_chunk = models.ForeignKey(
        BodyChunk, on_delete=models.DO_NOTHING, null=True, related_name="+", db_constraint=False
    )
    body_index = models.PositiveIntegerField()
    content_hash = models.BinaryField(max_length=16)
    known_from = models.DateTimeField()
    known_until = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        indexes: ClassVar = [
            models.Index(fields=["connection", "table", "source_id", "version"], name="record_history")
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(known_until__gte=models.F("known_from")), name="known_in_order"
            )
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.source_id} version {self.version}"


def source_reference(**options: Any) -> models.CharField[str, str]:
    """Return a soft link: the source id of another record, which the vendor may long have deleted."""
    return models.CharField(max_length=120, blank=True, **options)


def minor_units(name: str, **options: Any) -> models.BigIntegerField[int | None, int | None]:
    """Return a money column: integer minor units of the row's currency."""
    return models.BigIntegerField(name, null=True, **options)


def currency_code() -> models.CharField[str, str]:
    """Return a currency column (ISO 4217, as the vendor gives it)."""
    return models.CharField(max_length=3, blank=True)
