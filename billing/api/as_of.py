"""As-of reads: a list, and a single Record, as they were known to us at a moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from billing.api.plain import PlainRecordsView
from billing.as_of import Known, known_at
from config.api.errors import Conflict
from config.api.keyset import keyset_answer, page_size, refuse_beside

PARAMETER, CURSOR = "asOf", "after"
DESCRIPTION = OpenApiParameter(
    PARAMETER,
    datetime,
    description="What was known to us at this time: without an offset it is UTC. A list comes in the order of ids, in "
    "pages behind `after`.",
)
CURSOR_DESCRIPTION = OpenApiParameter(
    CURSOR, str, description="With `asOf`: the `cursor` of the page before; none for the first page."
)


def list_answer(view: PlainRecordsView, request: Request) -> Response:
    """Return a page of what was known at the moment that a request names; raise ValidationError, NotFound."""
    refuse_beside(request, PARAMETER, ("query", "orderBy", "page"))
    moment, size = _moment(view, request), page_size(request)
    cursor = _cursor(request)
    stored = view.model.objects.filter(
        connection=view.source, first_seen_at__lte=moment, source_id__gt=cursor
    )
    found: list[Any] = list(stored.order_by("source_id").values()[: size + 1])
    known = known_at(moment, found[:size], model=view.model, connection=view.source)
    there = [each for each in known if each.row["deleted_at"] is None]
    return keyset_answer(
        request,
        _bodies(view, [each for each in there if not each.unavailable]),
        parameter=CURSOR,
        size=size,
        cursor=found[:size][-1]["source_id"] if found else cursor,
        has_more=len(found) > size,
        unavailable=[_unavailable(each) for each in there if each.unavailable],
    )


def one_answer(view: PlainRecordsView, request: Request, source_id: str) -> Response:
    """Return what a Record was at the moment that a request names; raise ValidationError, NotFound, Conflict."""
    moment = _moment(view, request)
    row = view.stored(source_id)
    known = known_at(moment, [row], model=view.model, connection=view.source)
    if not known:
        raise NotFound(
            f"{source_id} was not known at {_text(moment)}: first seen {_text(row['first_seen_at'])}"
        )
    (then,) = known
    if then.row["deleted_at"]:
        raise NotFound(f"{source_id} was deleted by {_text(moment)}: noticed {_text(then.row['deleted_at'])}")
    if then.unavailable:
        raise Conflict(
            f"{source_id} at {_text(moment)} was version {then.row['version']}. {then.unavailable}"
        )
    return Response(_bodies(view, known)[0])


def _moment(view: PlainRecordsView, request: Request) -> datetime:
    """Return the moment that a request names; raise ValidationError, or NotFound where nothing was known then."""
    try:
        moment = datetime.fromisoformat(request.query_params[PARAMETER])
    except ValueError:
        raise ValidationError({PARAMETER: ["Must be a time, such as 2026-03-01T12:00:00Z."]}) from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if moment > timezone.now():
        raise ValidationError({PARAMETER: ["Lies in the future."]})
    if moment < view.source.created_at:
        made = _text(view.source.created_at)
        raise NotFound(f"Nothing was known at {_text(moment)}: the connection was made {made}")
    return moment


def _cursor(request: Request) -> str:
    cursor: str = request.query_params.get(CURSOR, "")
    if "\0" in cursor:
        raise ValidationError({CURSOR: ["Must be the cursor of an answer."]})
    return cursor


def _bodies(view: PlainRecordsView, known: Sequence[Known]) -> list[dict[str, Any]]:
    present = iter(view.bodies([each.row for each in known if each.parts is None]))
    return [next(present) if each.parts is None else _former_body(view, each) for each in known]


def _former_body(view: PlainRecordsView, known: Known) -> dict[str, Any]:
    body = view.body(view.model, known.row)
    for name, model in view.parts.items():
        listed = (known.parts or {}).get(str(model._meta.model_name))
        body[name] = None if listed is None else [view.body(model, part) for part in listed]
    return body


def _unavailable(known: Known) -> dict[str, Any]:
    return {"id": known.row["source_id"], "version": known.row["version"], "reason": known.unavailable}


def _text(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
