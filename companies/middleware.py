"""Who is asking decides the tenant: a signed-in member or an API key; the whole request runs in its context."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from companies import lookups
from companies.models import Member
from companies.services.api_keys import api_key_read, api_key_touch
from config.tenancy import tenant_context

ViewT = TypeVar("ViewT", bound=Callable[..., Any])


def own_transactions(view: ViewT) -> ViewT:
    """Mark a view that enters the tenant itself, piece by piece, because it waits or streams."""
    view.own_transactions = True  # type: ignore[attr-defined]
    return view


class TenantMiddleware:
    """Enter the tenant of whoever asks, for as long as the view and its template run.

    Sets `request.member` (Portal) or `request.api_key` (API), and `request.operator_id`; all are None for strangers.
    An exception in the view rolls the transaction back.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.member = request.api_key = request.operator_id = None  # type: ignore[attr-defined]
        with ExitStack() as stack:
            request.tenant_stack = stack  # type: ignore[attr-defined]
            return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> None:
        """Find out who asks, and enter their tenant unless the view does so itself."""
        if "Authorization" in request.headers:
            self._identify_api_key(request)
        elif request.user.is_authenticated:
            self._identify_member(request, request.user.pk)
        operator_id = request.operator_id  # type: ignore[attr-defined]
        if operator_id and not getattr(view, "own_transactions", False):
            request.tenant_stack.enter_context(tenant_context(operator_id))  # type: ignore[attr-defined]

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Undo what a failing view wrote."""
        if transaction.get_connection().in_atomic_block:
            transaction.set_rollback(True)

    def _identify_api_key(self, request: HttpRequest) -> None:
        key = api_key_read(authorization=request.headers["Authorization"])
        if key:
            request.api_key = key  # type: ignore[attr-defined]
            request.operator_id = key.operator_id  # type: ignore[attr-defined]
            api_key_touch(api_key=key)

    def _identify_member(self, request: HttpRequest, user_id: int) -> None:
        operator_id: UUID | None = lookups.operator_of_user(user_id)
        if operator_id is None:
            return
        with tenant_context(operator_id):
            request.member = Member.objects.select_related("user").get(user_id=user_id)  # type: ignore[attr-defined]
        request.operator_id = operator_id  # type: ignore[attr-defined]
