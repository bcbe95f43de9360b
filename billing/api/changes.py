"""The change feed: what changed behind a version, in the order in which it was written.

A connection counts its versions in the transaction that writes them (`integrations/sync/writer.py`), and the counter's
row lock lets the next version begin only when the one before is committed. So whoever sees a version sees every one
before it: a reader who goes on behind the last row that it was given misses nothing.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple, Self

from django.db.models import Q
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from billing.api.plain import PlainRecordsView
from config.api.keyset import keyset_answer, page_size, refuse_beside

PARAMETER = "changedSince"
DESCRIPTION = OpenApiParameter(
    PARAMETER,
    str,
    description="The change feed: only Records that changed behind this version, the longest unchanged first, deleted "
    "ones too (`deletedAt`). Begin with `0`, go on with each answer's `cursor`, and come back with the last one.",
)
# Eighteen digits fit a bigint.
_CURSOR = re.compile(r"([0-9]{1,18})(?:\.([0-9]{1,18}))?")


class Position(NamedTuple):
    """A place in the feed: behind a version or, where that has more rows than a page, behind one row of it."""

    version: int
    row: int | None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the place that a cursor names; raise ValidationError."""
        found = _CURSOR.fullmatch(text)
        if not found:
            raise ValidationError({PARAMETER: ["Must be a version, or the cursor of an answer."]})
        return cls(int(found[1]), int(found[2]) if found[2] else None)

    @property
    def behind(self) -> Q:
        """Return the condition for the rows behind it."""
        if self.row is None:
            return Q(version__gt=self.version)
        # Not as an OR, which would keep the index from beginning here.
        return Q(version__gte=self.version) & ~Q(version=self.version, id__lte=self.row)


def changes_answer(view: PlainRecordsView, request: Request) -> Response:
    """Return the page of the feed behind the cursor that a request names; raise ValidationError."""
    refuse_beside(request, PARAMETER, ("query", "orderBy", "page", "asOf"))
    cursor, size = request.query_params[PARAMETER], page_size(request)
    changed = view.model.objects.filter(Position.parse(cursor).behind, connection=view.source)
    found: list[Any] = list(changed.order_by("version", "id").values()[: size + 1])
    rows = found[:size]
    if rows:
        cursor = f"{rows[-1]['version']}.{rows[-1]['id']}"
    has_more = len(found) > size
    results = list(view.bodies(rows))
    return keyset_answer(request, results, parameter=PARAMETER, size=size, cursor=cursor, has_more=has_more)
