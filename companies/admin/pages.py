"""Pages of the Portal that are not lists or forms: rendering them, asking for confirmation, marks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

Crumbs = Sequence[tuple[str, str]]


def page(
    request: HttpRequest, template: str, *, title: str, purpose: str = "", crumbs: Crumbs = (), **context: Any
) -> TemplateResponse:
    """Return a page in the Portal's frame; `crumbs` are the label and URL of the pages above it."""
    request.current_app = admin.site.name
    frame = admin.site.each_context(request)
    own = {"title": title, "purpose": purpose, "crumbs": crumbs, **context}
    return TemplateResponse(request, template, frame | own)


def confirmation(
    request: HttpRequest, *, title: str, consequences: Sequence[str], button: str, back: str, crumbs: Crumbs
) -> TemplateResponse:
    """Return the page that says what an action does and asks to confirm it by a POST to the same URL."""
    return page(
        request,
        "portal/confirm.html",
        title=title,
        crumbs=crumbs,
        consequences=consequences,
        button=button,
        back=back,
    )


def pill(status: str, label: str) -> SafeString:
    """Return a status as a small coloured mark; the label carries the meaning, the colour only helps."""
    return format_html('<span class="tb-pill is-{}">{}</span>', status.lower(), label)


TEST_SITE = format_html('<span class="tb-pill is-test">{}</span>', "Test site")
DELETED = format_html('<span class="tb-pill is-gone">{}</span>', "Deleted")


def moment(value: datetime | None) -> str:
    """Return a time as lists show it."""
    return date_format(value, "Y-m-d H:i") if value else "—"


def moment_column(name: str, description: str) -> Callable[[Any, Any], str]:
    """Return a list column that shows a time, and sorts by it."""

    @admin.display(description=description, ordering=name)
    def show(self: Any, row: Any) -> str:
        return moment(getattr(row, name))

    return show
