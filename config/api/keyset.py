"""Pages behind a cursor: however the rows change meanwhile, none is lost and none comes for ever."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.paging import DEFAULT_SIZE, PageNumberPaging, whole_number

LARGEST_PAGE = 500


def page_size(request: Request) -> int:
    """Return how many rows a page behind a cursor has; raise ValidationError."""
    return whole_number(request, "pageSize", DEFAULT_SIZE, LARGEST_PAGE)


def refuse_beside(request: Request, parameter: str, others: Sequence[str]) -> None:
    """Raise ValidationError where a request combines a parameter with others that it doesn't go with."""
    found = [name for name in others if name in request.query_params]
    if found:
        raise ValidationError({name: [f"Can't be combined with {parameter}."] for name in found})


def keyset_answer(
    request: Request,
    results: Sequence[Any],
    *,
    parameter: str,
    size: int,
    cursor: str,
    has_more: bool,
    **more: Any,
) -> Response:
    """Return a page, with the cursor that `parameter` takes to go on behind it."""
    links = {"self": {"href": request.path}, "current": {"href": request.get_full_path()}}
    if has_more:
        query = request.query_params.copy()
        query[parameter] = cursor
        links["next"] = {"href": f"{request.path}?{query.urlencode()}"}
    page = {"results": results, "pageSize": size, "cursor": cursor, "hasMore": has_more}
    return Response({**page, **more, "_links": links})


class NumberedOrKeysetPaging(PageNumberPaging):
    """Numbered pages, of a list that answers certain parameters with pages behind a cursor."""

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        numbered = super().get_paginated_response_schema(schema)
        kept = {name: numbered["properties"][name] for name in ("results", "pageSize", "_links")}
        keyset = {
            "type": "object",
            "required": ["results", "pageSize", "cursor", "hasMore", "_links"],
            "properties": kept | {"cursor": {"type": "string"}, "hasMore": {"type": "boolean"}},
        }
        return {"oneOf": [numbered, keyset]}
