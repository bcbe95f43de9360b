"""The Portal's admin site: Django admin in the operator's words."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy
from unfold.sites import UnfoldAdminSite


class PortalSite(UnfoldAdminSite):
    """The admin site that every app's ModelAdmin registers with."""


def stylesheet(request: HttpRequest) -> str:
    """Return our own stylesheet on top of the theme's."""
    return static("portal/portal.css")


def script(request: HttpRequest) -> str:
    """Return our own script."""
    return static("portal/portal.js")


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the sidebar."""
    return [{"title": "", "items": [{"title": "Dashboard", "icon": "dashboard", "link": reverse_lazy("admin:index")}]}]
