"""Under which name a failed sign-in counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest


def attempted_name(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> str:
    """Return the address that was entered, spelt as it is looked up, so that all its spellings count together."""
    entered = (credentials or request.POST).get("username") or ""
    return str(entered).strip().lower()
