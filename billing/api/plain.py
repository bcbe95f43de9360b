"""Records in our own shape, made from the model's columns and what stands on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from billing.api.fields import record_columns
from billing.api.views import RecordsView
from billing.commerce import Row
from billing.models import Record
from config.api.keyset import NumberedOrKeysetPaging


class PlainRecordsView(RecordsView):
    """Records in our own shape: every typed column, and the lists that stand on them."""

    pagination_class = NumberedOrKeysetPaging
    parts: ClassVar[Mapping[str, type[Record]]]

    def bodies(self, rows: list[Row]) -> Iterable[dict[str, Any]]:
        bodies = [self._body(self.model, row) for row in rows]
        for name, model in self.parts.items():
            found = self._parts(model, [row["source_id"] for row in rows])
            for row, body in zip(rows, bodies, strict=True):
                body[name] = found[row["source_id"]]
        return bodies

    def _body(self, model: type[Record], row: Row) -> dict[str, Any]:
        body = {name: row[column] for name, column in record_columns(model).items()}
        # A vendor that says itself since when a record is gone knows better than we do.
        deleted_at = body["deletedAt"] or row["deleted_at"]
        return body | {"deletedAt": deleted_at, "isTest": self.source.is_test}

    def _parts(self, model: type[Record], parents: list[str]) -> dict[str, list[dict[str, Any]]]:
        """Return what stands on some records, by record, with one query."""
        column = model.parent_column
        wanted = {"connection": self.source, f"{column}__in": parents, "deleted_at": None}
        parts: dict[str, list[dict[str, Any]]] = defaultdict(list)
        rows: Iterable[Row] = model.objects.filter(**wanted).order_by("id").values()
        for row in rows:
            parts[row[column]].append(self._body(model, row))
        return parts
