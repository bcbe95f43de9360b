"""Records in our own shape, made from the model's columns and what stands on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from rest_framework.exceptions import NotFound

from billing.api.fields import record_columns
from billing.api.paging import RecordsPaging
from billing.api.views import RecordsView
from billing.commerce.values import Row
from billing.models import Record
from config.api.keyset import NumberedOrKeysetPaging


class PlainRecordsPaging(RecordsPaging, NumberedOrKeysetPaging):
    """Numbered pages; the change feed and as-of reads have pages behind a cursor."""

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        described = super().get_paginated_response_schema(schema)
        names = {"id": {"type": "string"}, "version": {"type": "integer"}, "reason": {"type": "string"}}
        described["oneOf"][1]["properties"]["unavailable"] = {
            "type": "array",
            "items": {"type": "object", "properties": names, "required": list(names)},
            "description": "With `asOf`: what was there, but can't be shown as it was.",
        }
        return described


class PlainRecordsView(RecordsView):
    """Records in our own shape: every typed column, and the lists that stand on them."""

    pagination_class = PlainRecordsPaging
    parts: ClassVar[Mapping[str, type[Record]]]

    def bodies(self, rows: list[Row]) -> Iterable[dict[str, Any]]:
        bodies = [self.body(self.model, row) for row in rows]
        for name, model in self.parts.items():
            found = self._parts(model, [row["source_id"] for row in rows])
            for row, body in zip(rows, bodies, strict=True):
                body[name] = found[row["source_id"]]
        return bodies

    def body(self, model: type[Record], row: Row) -> dict[str, Any]:
        """Return a row of a table as the API shows it, without what stands on it."""
        body = {name: row[column] for name, column in record_columns(model).items()}
        # A vendor that says itself since when a record is gone knows better than we do.
        deleted_at = body["deletedAt"] or row["deleted_at"]
        return body | {"deletedAt": deleted_at, "isTest": self.source.is_test}

    def stored(self, source_id: str) -> Row:
        """Return a record's row, be it deleted or not; raise NotFound."""
        # PostgreSQL refuses a text with NUL.
        wanted = self.model.objects.filter(connection=self.source, source_id=source_id).values()
        row: Row | None = wanted.first() if "\0" not in source_id else None
        if row is None:
            raise NotFound(f"No data available for {self.data_type} for ID {source_id}")
        return row

    def _parts(self, model: type[Record], parents: list[str]) -> dict[str, list[dict[str, Any]]]:
        """Return what stands on some records, by record, with one query."""
        column = model.parent_column
        wanted = {"connection": self.source, f"{column}__in": parents, "deleted_at": None}
        parts: dict[str, list[dict[str, Any]]] = defaultdict(list)
        rows: Iterable[Row] = model.objects.filter(**wanted).order_by("id").values()
        for row in rows:
            parts[row[column]].append(self.body(model, row))
        return parts
