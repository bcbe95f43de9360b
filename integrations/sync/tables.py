"""The record tables as the writer sees them: columns in a fixed order, and the statements made from them once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from django.apps import apps

from billing.models import Record

# Columns of every record that differ from row to row, in the order in which they are copied before the typed ones.
OWN = ("source_id", "body_index", "content_hash", "source_created_at", "source_updated_at")
# What all rows of one write share is named once, by the statement that merges them.
SHARED = {
    "operator_id": "%(operator_id)s",
    "connection_id": "%(connection_id)s",
    "body_chunk_id": "%(chunk)s",
    "first_seen_at": "%(now)s",
    "changed_at": "%(now)s",
    "version": "%(version)s",
    "deleted_at": "CASE WHEN is_deleted THEN %(now)s END",
}
# What a change leaves as it was.
_KEPT = {"operator_id", "connection_id", "source_id", "first_seen_at"}


@dataclass(frozen=True)
class Table:
    """One record table."""

    model: type[Record]

    @property
    def name(self) -> str:
        """Return the table's name in the database."""
        return self.model._meta.db_table

    @property
    def stage(self) -> str:
        """Return the name of the temporary table that rows are copied into."""
        return f"stage_{self.model._meta.model_name}"

    @cached_property
    def typed(self) -> tuple[str, ...]:
        """Return the columns of this table alone."""
        common = {field.attname for field in Record._meta.fields} | {*OWN, *SHARED, "id"}
        return tuple(f.attname for f in self.model._meta.concrete_fields if f.attname not in common)

    @cached_property
    def columns(self) -> str:
        """Return the columns that differ from row to row, for SQL."""
        return ", ".join((*OWN, *self.typed))

    @cached_property
    def empty_stage(self) -> str:
        """Return the statements that make the temporary table, once a session, and empty it."""
        return f"""
            CREATE TEMP TABLE IF NOT EXISTS {self.stage} AS
                SELECT FALSE AS is_deleted, {self.columns} FROM {self.name} WITH NO DATA;
            TRUNCATE {self.stage}
        """

    @cached_property
    def copy(self) -> str:
        """Return the statement that fills the temporary table; COPY can't reach a table under row-level security."""
        return f"COPY {self.stage} (is_deleted, {self.columns}) FROM STDIN"

    @cached_property
    def merge(self) -> str:
        """Return the statement that writes what differs, never older over newer."""
        written = (*SHARED, *OWN, *self.typed)
        changes = ", ".join(f"{column} = EXCLUDED.{column}" for column in written if column not in _KEPT)
        return f"""
            INSERT INTO {self.name} AS t ({", ".join(written)})
            SELECT {", ".join(SHARED.values())}, {self.columns} FROM {self.stage}
            ON CONFLICT (operator_id, connection_id, source_id) DO UPDATE SET {changes}
            WHERE (t.content_hash IS DISTINCT FROM EXCLUDED.content_hash
                   OR (t.deleted_at IS NULL) <> (EXCLUDED.deleted_at IS NULL))
              AND (t.source_updated_at IS NULL OR EXCLUDED.source_updated_at IS NULL
                   OR EXCLUDED.source_updated_at >= t.source_updated_at)
        """

    @cached_property
    def remember(self) -> str:
        """Return the statement that copies what is about to change to history."""
        return f"""
            INSERT INTO billing_recordversion ("table", operator_id, connection_id, source_id, version, body_chunk_id,
                body_index, content_hash, known_from, known_until, deleted_at)
            SELECT %s, operator_id, connection_id, source_id, version, body_chunk_id,
                body_index, content_hash, changed_at, GREATEST(changed_at, %s), deleted_at
            FROM {self.name} WHERE operator_id = %s AND connection_id = %s AND source_id = ANY(%s)
        """

    @cached_property
    def known(self) -> str:
        """Return the query for what is stored of some source ids."""
        return f"""
            SELECT source_id, content_hash, source_updated_at, deleted_at IS NOT NULL
            FROM {self.name} WHERE operator_id = %s AND connection_id = %s AND source_id = ANY(%s)
        """

    @cached_property
    def mark_deleted(self) -> str:
        """Return the statement that marks records deleted."""
        return f"""
            UPDATE {self.name} SET deleted_at = %s, changed_at = %s, version = %s
            WHERE operator_id = %s AND connection_id = %s AND source_id = ANY(%s) AND deleted_at IS NULL
        """

    @cached_property
    def parts(self) -> list[Table]:
        """Return the tables of what stands on these records."""
        own = self.model._meta.model_name
        models: Any = apps.get_app_config("billing").get_models()
        return [Table(model) for model in models if getattr(model, "parent_model", "") == own]

    @cached_property
    def drop_absent(self) -> str:
        """Return the statement that marks children deleted which their parents list no more."""
        return f"""
            UPDATE {self.name} SET deleted_at = %s, changed_at = %s, version = %s
            WHERE operator_id = %s AND connection_id = %s AND {self.model.parent_column} = ANY(%s)
              AND NOT source_id = ANY(%s) AND deleted_at IS NULL
        """


@cache
def table_for(model_name: str) -> Table:
    """Return a record table by its model's name in lower case."""
    model: Any = apps.get_model("billing", model_name)
    return Table(model)
