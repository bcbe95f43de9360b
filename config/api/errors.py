"""Every refusal has one shape (reference codat/facts.md §3), also where no view was reached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.core.exceptions import SuspiciousOperation
from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.views import defaults
from rest_framework import exceptions
from rest_framework.fields import get_error_detail

from config.api.renderers import encode

log = structlog.get_logger(__name__)

_PAGES = ("/admin/", "/link/", "/sign-up/", "/docs/", "/static/")
_CAN_BE_RETRIED = {429: "True", 500: "Unknown", 503: "True"}
_NOBODYS_FAULT = "Something went wrong on our side. It is on record under the correlation id."


class Conflict(exceptions.APIException):
    """What is asked for doesn't go together with how things stand."""

    status_code = 409
    default_code = "conflict"


def exception_handler(error: Exception, context: Mapping[str, Any]) -> HttpResponse:
    """Return the answer for an exception in an API view."""
    known = _as_api_exception(error)
    if known is None:
        log.error("api_view_failed", view=type(context["view"]).__name__, exc_info=error)
        return error_response(context["request"], 500, _NOBODYS_FAULT)
    items = list(_items(known.detail)) if isinstance(known, exceptions.ValidationError) else None
    text = str(known.detail) if items is None else _summary(items)
    return error_response(context["request"], known.status_code, text, items=items, headers=_headers(known))


def error_response(
    request: Any,
    status: int,
    text: str,
    *,
    items: list[dict[str, Any]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Return a refusal in the shape that clients know."""
    body = {
        "statusCode": status,
        "service": "PublicApi",
        "error": text,
        "correlationId": request.correlation_id,
        "validation": None if items is None else {"errors": items, "warnings": []},
        "canBeRetried": _CAN_BE_RETRIED.get(status, "False"),
        "detailedErrorCode": 0,
    }
    return HttpResponse(encode(body), status=status, content_type="application/json", headers=headers)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that Django itself refuses."""
    if is_page(request):
        return defaults.bad_request(request, exception)
    return error_response(request, 400, "The request can't be read.")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an unknown URL: a page for people, JSON for clients of the API."""
    if is_page(request):
        return defaults.page_not_found(request, exception)
    return error_response(request, 404, f"There is nothing at {request.path}.")


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a request that broke outside of an API view."""
    return (
        defaults.server_error(request) if is_page(request) else error_response(request, 500, _NOBODYS_FAULT)
    )


def is_page(request: HttpRequest) -> bool:
    """Say whether a person asks for a page, rather than a client of the API."""
    # Early failures, such as a refused Host header, come before there is a correlation id.
    return request.path.startswith(_PAGES) or not hasattr(request, "correlation_id")


def _as_api_exception(error: Exception) -> exceptions.APIException | None:
    match error:
        case exceptions.APIException():
            return error
        case DjangoValidationError():
            return exceptions.ValidationError(get_error_detail(error))
        case Http404():
            return exceptions.NotFound()
        case DjangoPermissionDenied():
            return exceptions.PermissionDenied()
        case SuspiciousOperation():
            return exceptions.ParseError(str(error))
    return None


def _headers(error: exceptions.APIException) -> dict[str, str]:
    challenge = getattr(error, "auth_header", None)
    return {"WWW-Authenticate": challenge} if challenge else {}


def _items(detail: Any, path: str = "") -> Iterator[dict[str, Any]]:
    if isinstance(detail, dict):
        for key, value in detail.items():
            within = "" if key == "non_field_errors" else str(key)
            yield from _items(value, ".".join(filter(None, (path, within))))
    elif isinstance(detail, list):
        for value in detail:
            yield from _items(value, path)
    else:
        code = getattr(detail, "code", None)
        yield {"itemId": path or None, "message": str(detail), "validatorName": code and str(code)}


def _summary(items: list[dict[str, Any]]) -> str:
    return " ".join(
        f"{item['itemId']}: {item['message']}" if item["itemId"] else item["message"] for item in items
    )
