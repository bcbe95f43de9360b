"""What a request for a commerce report asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from billing.metrics.periods import Period, Unit, periods_until
from config.api.paging import whole_number

# Enough for ten years of months or a year of days.
_MOST = 366
_DAY = re.compile(r"\d{2}-\d{2}-\d{4}", re.ASCII)
_FLAGS = {"true": True, "false": False}

PARAMETERS = [
    OpenApiParameter(
        "reportDate", required=True, description="Up to when: DD-MM-YYYY. Months are used whole."
    ),
    OpenApiParameter(
        "periodLength", OpenApiTypes.INT, required=True, description=f"Units in a period, 1 to {_MOST}."
    ),
    OpenApiParameter(
        "numberOfPeriods", OpenApiTypes.INT, required=True, description=f"How many periods, 1 to {_MOST}."
    ),
    OpenApiParameter("periodUnit", required=True, enum=[unit.value for unit in Unit]),
    OpenApiParameter(
        "includeDisplayNames",
        OpenApiTypes.BOOL,
        description="Name dimensions, items and measures in the data.",
    ),
]


@dataclass(frozen=True)
class Asked:
    """The periods that a request asks for, after one to compare with."""

    periods: list[Period]
    with_names: bool


def read_parameters(request: Request) -> Asked:
    """Return what a request asks for; raise ValidationError, which names the parameter."""
    day = _day(_required(request, "reportDate"))
    for name in ("periodLength", "numberOfPeriods"):
        _required(request, name)
    length, count = (whole_number(request, name, 1, _MOST) for name in ("periodLength", "numberOfPeriods"))
    unit = _choice("periodUnit", _required(request, "periodUnit"), {unit.value: unit for unit in Unit})
    flag = request.query_params.get("includeDisplayNames", "false").lower()
    with_names = _choice("includeDisplayNames", flag, _FLAGS)
    try:
        return Asked(periods_until(day, unit=unit, length=length, count=count + 1), with_names)
    except (OverflowError, ValueError):
        raise ValidationError({"reportDate": ["The periods begin before the calendar does."]}) from None


def _required(request: Request, name: str) -> str:
    value = request.query_params.get(name, "")
    if not value:
        raise ValidationError({name: ["This parameter is required."]})
    return value


def _day(text: str) -> date:
    try:
        if not _DAY.fullmatch(text):
            raise ValueError(text)
        return datetime.strptime(text, "%d-%m-%Y").date()  # noqa: DTZ007 (a day has no zone)
    except ValueError:
        raise ValidationError({"reportDate": ["Must be a date as DD-MM-YYYY."]}) from None


def _choice(name: str, text: str, choices: Mapping[str, Any]) -> Any:
    if text not in choices:
        raise ValidationError({name: [f"Must be one of {', '.join(choices)}."]})
    return choices[text]
