"""The base of every API view: counted, answered once, in a savepoint, documented."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar, TypeVar, cast

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.errors import error_response
from config.api.headers import Quota, quota_take
from config.api.idempotency import answer_once
from config.api.query import Field, QueryFilter
from config.api.renderers import ExactJSONRenderer, OnlyJSON
from config.api.serializers import ErrorMessageSerializer

ViewMethodT = TypeVar("ViewMethodT", bound=Callable[..., HttpResponse])


class ApiView(APIView):
    """A view of the API; a refused request leaves nothing behind.

    One that waits sets `in_transaction` to False and enters the tenant itself, piece by piece.
    """

    renderer_classes = [ExactJSONRenderer]
    content_negotiation_class = OnlyJSON
    in_transaction: ClassVar[bool] = True
    # False where an answer must not be kept for `Idempotency-Key`: it holds a secret, or there is no transaction.
    is_answered_once: ClassVar[bool] = True

    def daily_quota(self, operator_id: Any) -> int:
        """Return how many requests an operator may send a day."""
        raise NotImplementedError

    def quota_used_up(self, operator_id: Any, quota: Quota) -> None:
        """Do what follows from the first request that is one too many."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = partial(self._answer, request, *args, **kwargs)
        if request.api_key is None:  # type: ignore[attr-defined]
            return answer()
        operator_id = request.operator_id  # type: ignore[attr-defined]
        quota = quota_take(operator_id=operator_id, limit_of=partial(self.daily_quota, operator_id))
        if quota.is_just_exceeded:
            self.quota_used_up(operator_id, quota)
        response = _refusal(request, quota) if quota.is_exceeded else self._first_answer(request, answer)
        for name, value in quota.headers().items():
            response.headers[name] = value
        return response

    def handle_exception(self, exc: Exception) -> Response:
        if self.in_transaction:
            transaction.set_rollback(True)
        return super().handle_exception(exc)

    def _first_answer(self, request: HttpRequest, answer: Callable[[], HttpResponse]) -> HttpResponse:
        return answer_once(request, answer) if self.is_answered_once else answer()

    def _answer(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.in_transaction:
            return self._rendered(request, *args, **kwargs)
        with transaction.atomic():
            return self._rendered(request, *args, **kwargs)

    def _rendered(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().dispatch(request, *args, **kwargs)
        if isinstance(response, Response):
            response.render()
        return cast(HttpResponse, response)


class ListApiView(ApiView, GenericAPIView[Any]):
    """A paged list that takes `query` and `orderBy`."""

    filter_backends = [QueryFilter]
    query_fields: ClassVar[Mapping[str, Field]] = {}
    # What settles the order of rows that `orderBy` finds equal.
    tie_breaker: ClassVar[str] = "pk"

    def page(self) -> Sequence[Any]:
        """Return the rows that the request asks for."""
        return self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []


def operation(
    operation_id: str,
    summary: str,
    *,
    tag: str,
    response: Any,
    request: Any = None,
    status: int = 200,
    errors: Sequence[int] = (),
    parameters: Sequence[OpenApiParameter] = (),
) -> Callable[[ViewMethodT], ViewMethodT]:
    """Describe an operation for the OpenAPI document, with the refusals that every one of them can give."""
    refusals = dict.fromkeys(sorted({401, 403, 429, 500, *errors}), ErrorMessageSerializer)
    describe: Callable[[ViewMethodT], ViewMethodT] = extend_schema(
        operation_id=operation_id,
        summary=summary,
        tags=[tag],
        request=request,
        responses={status: response, **refusals},
        parameters=list(parameters),
    )
    return describe


def _refusal(request: HttpRequest, quota: Quota) -> HttpResponse:
    text = f"The quota of {quota.limit} requests a day is used up. It starts anew at 00:00 UTC."
    return error_response(request, 429, text)
