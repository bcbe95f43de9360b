"""The API of records: lists that stay light with a million rows, and single records."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework.exceptions import NotFound
from rest_framework.response import Response

from billing.api.paging import ORDER, CountedPaging, RecordsPaging
from billing.api.sources import SourceView
from billing.commerce.values import Row
from billing.models import Record
from config.api.views import ListApiView

ERRORS = [400, 404, 409]


class RecordsView(SourceView, ListApiView):
    """The records of one type that a connection has given."""

    data_type: ClassVar[str]
    model: ClassVar[type[Record]]
    pagination_class: type[CountedPaging] = RecordsPaging
    # Where the API's id of a record is.
    id_column: ClassVar[str] = "source_id"

    def get_queryset(self) -> QuerySet[Any]:
        records = self.model.objects.filter(connection=self.source, deleted_at=None)
        return records.order_by(*ORDER).values()

    def bodies(self, rows: list[Row]) -> Iterable[dict[str, Any]]:
        """Return rows as the API shows them."""
        raise NotImplementedError

    def many(self) -> Response:
        """Return the page that the request asks for."""
        return self.get_paginated_response(list(self.bodies(list(self.page()))))

    def one(self, asked: str) -> Response:
        """Return one record; raise NotFound."""
        # PostgreSQL refuses a text with NUL.
        rows = self.found(asked) if "\0" not in asked else []
        if not rows:
            raise NotFound(f"No data available for {self.data_type} for ID {asked}")
        return Response(next(iter(self.bodies(rows))))

    def found(self, asked: str) -> list[Row]:
        """Return the row that an id names, if there is one."""
        return list(self.get_queryset().filter(**{self.id_column: asked})[:1])
