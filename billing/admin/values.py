"""Columns of records as people read them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from billing.models import Record
from billing.money import format_money
from companies.admin.base import capitalised
from companies.admin.pages import moment

NOTHING = "—"
_MONEY, _REFERENCE = "_minor", "_source_id"
Links = Mapping[str, type[Record]]


def label(model: type[Model], name: str) -> str:
    """Return a column's heading."""
    heading = str(model._meta.get_field(name).verbose_name)
    return capitalised(heading.removesuffix(" source id").removesuffix(" at"))


def value(record: Record, name: str) -> str:
    """Return a column's value as text."""
    raw = getattr(record, name)
    if name.endswith(_MONEY):
        return format_money(raw, getattr(record, "currency", "")) or NOTHING
    if isinstance(raw, bool):
        return "Yes" if raw else "No"
    return _text(raw) or NOTHING


def _text(raw: Any) -> str:
    if isinstance(raw, datetime):
        return moment(raw)
    if isinstance(raw, Decimal):
        return f"{raw.normalize():f}"
    if isinstance(raw, list):
        return ", ".join(map(_text, raw))
    if isinstance(raw, dict):
        return " · ".join(f"{_words(name)} {text}" for name, text in raw.items() if text)
    return "" if raw is None else raw.isoformat() if isinstance(raw, date) else str(raw)


def _words(camel_case: str) -> str:
    return re.sub("[A-Z]", lambda capital: f" {capital[0].lower()}", camel_case)


def record_url(record: Record) -> str:
    """Return the URL of a record's page."""
    return reverse(f"admin:billing_{record._meta.model_name}_change", args=[record.pk])


def record_link(record: Record) -> SafeString:
    """Return a link to a record's page."""
    return format_html('<a class="tb-link" href="{}"><bdi>{}</bdi></a>', record_url(record), str(record))


def linked_value(record: Record, name: str, links: Links) -> str:
    """Return a column's value, as a link where it names another record that is here."""
    if name not in links or not getattr(record, name):
        return value(record, name)
    named = {"connection_id": record.connection_id, "source_id": getattr(record, name)}
    target = links[name].objects.filter(**named).first()
    return record_link(target) if target else f"{value(record, name)} (not among the records read)"


def column(name: str, description: str = "") -> Callable[[Any, Record], str]:
    """Return a list column that shows a value as people read it, and sorts by it."""

    @admin.display(
        description=description or capitalised(name.removesuffix(_MONEY).replace("_", " ")), ordering=name
    )
    def show(self: Any, record: Record) -> str:
        return format_html("<bdi>{}</bdi>", value(record, name))

    show.__name__ = name
    return show
