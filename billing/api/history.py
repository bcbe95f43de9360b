"""The history of one Record: its versions, the newest first."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing.api.plain import PlainRecordsView
from billing.history import Version, history_of
from billing.models import Record
from config.api.keyset import keyset_answer
from config.api.paging import LAST_PAGE, whole_number
from config.api.serializers import CamelSerializer

CURSOR = "before"
_SIZE, _LARGEST_PAGE = 20, 100
_CHANGES = 100

PARAMETERS = [
    OpenApiParameter(
        CURSOR, int, description="Only versions before this one: the `cursor` of the page before."
    ),
    OpenApiParameter("pageSize", int, description=f"How many versions a page has, {_LARGEST_PAGE} at most."),
]


class ChangeSerializer(CamelSerializer[Any]):
    """One place of the raw body that changed."""

    path = serializers.CharField(help_text="Such as `lines[uid=li_1].total_amount`.")
    kind = serializers.ChoiceField(["added", "removed", "changed"])
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)


class VersionSerializer(CamelSerializer[Any]):
    """One version of a Record."""

    version = serializers.IntegerField()
    known_from = serializers.DateTimeField()
    known_until = serializers.DateTimeField(allow_null=True, help_text="Null for the present version.")
    deleted_at = serializers.DateTimeField(allow_null=True)
    what = serializers.CharField(help_text="What it changed, in words.")
    changes = ChangeSerializer(many=True)
    changes_left_out = serializers.IntegerField(help_text=f"How many there are beyond {_CHANGES}.")


class HistorySerializer(CamelSerializer[Any]):
    """A page of a Record's history."""

    results = VersionSerializer(many=True)
    page_size = serializers.IntegerField()
    cursor = serializers.CharField()
    has_more = serializers.BooleanField()


def history_answer(view: PlainRecordsView, request: Request, source_id: str) -> Response:
    """Return a page of the history of a Record, be it deleted or not; raise ValidationError, NotFound."""
    size = whole_number(request, "pageSize", _SIZE, _LARGEST_PAGE)
    asked = CURSOR in request.query_params
    before = whole_number(request, CURSOR, 1, LAST_PAGE) if asked else None
    versions, has_more = history_of(_record(view, source_id), before=before, limit=size)
    cursor = str(versions[-1].number) if versions else request.query_params.get(CURSOR, "")
    results = [_body(version) for version in versions]
    return keyset_answer(request, results, parameter=CURSOR, size=size, cursor=cursor, has_more=has_more)


def _record(view: PlainRecordsView, source_id: str) -> Record:
    return view.model(**view.stored(source_id))


def _body(version: Version) -> dict[str, Any]:
    return {
        "version": version.number,
        "knownFrom": version.known_from,
        "knownUntil": version.known_until,
        "deletedAt": version.deleted_at,
        "what": version.what,
        "changes": [change._asdict() for change in version.differences[:_CHANGES]],
        "changesLeftOut": max(0, len(version.differences) - _CHANGES),
    }
