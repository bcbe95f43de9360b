"""Pages by number, in the shape that clients check (reference codat/facts.md §3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

LAST_PAGE = 999_999_999
_LARGEST_PAGE = 5000
DEFAULT_SIZE = 100


class PageNumberPaging(BasePagination):
    """Cut `page` and `pageSize` out of a queryset or list; a page past the end is empty."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self.request = request
        self.page = whole_number(request, "page", 1, LAST_PAGE)
        self.size = whole_number(request, "pageSize", DEFAULT_SIZE, _LARGEST_PAGE)
        self.total = self.count(queryset)
        start = (self.page - 1) * self.size
        return list(self.rows(queryset, start)) if start < self.total else []

    def count(self, queryset: Any) -> int:
        """Return how many rows there are."""
        return queryset.count() if isinstance(queryset, QuerySet) else len(queryset)

    def rows(self, queryset: Any, start: int) -> Iterable[Any]:
        """Return the page's rows, `start` being the number of rows before them."""
        rows: Iterable[Any] = queryset[start : start + self.size]
        return rows

    def get_paginated_response(self, data: Sequence[Any]) -> Response:
        return Response(
            {
                "results": data,
                "pageNumber": self.page,
                "pageSize": self.size,
                "totalResults": self.total,
                "_links": self._links(),
            }
        )

    def _links(self) -> dict[str, dict[str, str]]:
        links = {"self": {"href": self.request.path}, "current": self._link(self.page)}
        if self.page * self.size < self.total:
            links["next"] = self._link(self.page + 1)
        if self.page > 1:
            links["previous"] = self._link(self.page - 1)
        return links

    def _link(self, page: int) -> dict[str, str]:
        parameters = self.request.query_params.copy()
        parameters["page"], parameters["pageSize"] = str(page), str(self.size)
        return {"href": f"{self.request.path}?{parameters.urlencode()}"}

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        whole, link = {"type": "integer"}, {"type": "object", "properties": {"href": {"type": "string"}}}
        names = ("self", "current", "next", "previous")
        links = {"type": "object", "properties": dict.fromkeys(names, link), "required": ["self", "current"]}
        return {
            "type": "object",
            "required": ["results", "pageNumber", "pageSize", "totalResults", "_links"],
            "properties": {
                "results": schema,
                "pageNumber": whole,
                "pageSize": whole,
                "totalResults": whole,
                "_links": links,
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            _parameter("page", "Which page; the first is 1.", 1, LAST_PAGE),
            _parameter("pageSize", "How many rows a page has.", DEFAULT_SIZE, _LARGEST_PAGE),
        ]


def whole_number(request: Request, name: str, default: int, largest: int) -> int:
    """Return a parameter that is a number from 1 on; raise ValidationError."""
    text = request.query_params.get(name, str(default))
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(LAST_PAGE))
    if not is_number or not 1 <= int(text) <= largest:
        raise ValidationError({name: [f"Must be a whole number from 1 to {largest}."]})
    return int(text)


def _parameter(name: str, description: str, default: int, largest: int) -> dict[str, Any]:
    schema = {"type": "integer", "minimum": 1, "maximum": largest, "default": default}
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}
