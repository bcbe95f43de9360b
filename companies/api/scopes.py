"""What an API key may do: the one place where its scopes are asked for."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from companies.models import Scope


class HasScope(BasePermission):
    """Refuse a key that lacks the scope which a view needs, naming it."""

    def has_permission(self, request: Request, view: Any) -> bool:
        needed = scope_needed(view, request.method or "")
        if needed not in view.api_key.scopes:
            raise PermissionDenied(f"This API key lacks the scope `{needed}`.")
        return True


def scope_needed(view: Any, method: str) -> Scope:
    """Return the scope that a method of a view needs; a view that says nothing about scopes fails."""
    scope: Scope | None = view.scope
    return scope or (Scope.READ if method in SAFE_METHODS else Scope.WRITE)
