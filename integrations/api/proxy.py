"""The proxy: a vendor's own answer to a GET (reference codat/facts.md §7)."""

from __future__ import annotations

import math
from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request

from companies.api.base import ClientView
from companies.models import Scope
from config.api.errors import Conflict, error_response
from config.api.views import operation
from config.tenancy import tenant_context
from integrations.connectors.base import Answer, ConnectorError, Kind
from integrations.services.proxy import EndpointNotListed, Look, NothingToOpen, ProxyOff, look_open
from integrations.texts import text_for

_PARAMETER = "endpoint"
_JSON = "application/json"
_PAUSE = 1.0


class ProxyView(ClientView):
    """What a company's billing system answers by itself."""

    in_transaction = False
    scope = Scope.PROXY

    @operation(
        "get-proxy",
        "Look at the vendor's answer",
        tag="Proxy",
        response=OpenApiTypes.OBJECT,
        errors=[400, 403, 404, 409, 503],
        parameters=[
            OpenApiParameter(
                _PARAMETER,
                str,
                required=True,
                description="A path at the vendor with its query, percent-encoded: `customers.json%3Fpage%3D2`.",
            )
        ],
    )
    def get(self, request: Request, **kwargs: Any) -> HttpResponse:
        """Return status and body as the vendor gives them, only without tokens; nothing is stored.

        Only listed paths are asked for, and only where the proxy is switched on for the integration. The account's
        budget is shared with Syncs: while it is used up the answer is a 429.
        """
        with tenant_context(request.operator_id):  # type: ignore[attr-defined]
            look = self._look(request)
        try:
            return _passed_on(look.take())
        except ConnectorError as error:
            return _refused(request, error)

    def _look(self, request: Request) -> Look:
        connection = self.connection()
        try:
            return look_open(
                connection=connection, endpoint=request.query_params.get(_PARAMETER, ""), actor=self.actor
            )
        except ProxyOff as error:
            raise PermissionDenied(str(error)) from error
        except EndpointNotListed as error:
            raise ValidationError({_PARAMETER: [str(error)]}) from error
        except NothingToOpen as error:
            raise Conflict(str(error)) from error


def _passed_on(answer: Answer) -> HttpResponse:
    # A page of the vendor's must not become one of ours.
    is_json = answer.content_type.startswith(_JSON)
    content_type = answer.content_type if is_json else "text/plain; charset=utf-8"
    return HttpResponse(answer.body, status=answer.status, content_type=content_type)


def _refused(request: Request, error: ConnectorError) -> HttpResponse:
    text = text_for(error.problem).operator
    if error.kind is Kind.RATE_LIMITED:
        wait = str(math.ceil(_PAUSE if error.retry_after is None else error.retry_after))
        return error_response(request, 429, text, headers={"Retry-After": wait})
    return error_response(request, 503, text)
