"""Every path that a site answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from . import (
    activity,
    catalogue,
    coupons,
    customers,
    extras,
    figures,
    invoices,
    legacy,
    parts,
    prepayments,
    proformas,
    revenue,
    subscriptions,
)
from .answers import Refused
from .lists import Query

if TYPE_CHECKING:
    from ..site import Site

Answer = Callable[..., Any]
PLACEHOLDERS = {"{id}": r"(\d+)", "{uid}": r"(\w+)", "{any}": r"([^/]+)"}


def answer(site: Site, path: str, query: Query) -> tuple[int, bytes]:
    """Return status and body of an authorised GET; what does not exist is an empty 404 (facts §5)."""
    respond, arguments = _find(site.spec.legacy, path)
    if respond is None:
        return 404, b""
    try:
        body = respond(site, query, *arguments)
    except Refused as refused:
        return refused.status, b"" if refused.body is None else msgspec.json.encode(refused.body)
    return (404, b"") if body is None else (200, msgspec.json.encode(body))


def _find(is_legacy: bool, path: str) -> tuple[Answer | None, tuple[str, ...]]:
    fixed, patterns = TABLES[is_legacy]
    if path in fixed:
        return fixed[path], ()
    for pattern, respond in patterns:
        if match := pattern.fullmatch(path):
            return respond, match.groups()
    return None, ()


def _table(*modules: Any) -> tuple[dict[str, Answer], list[tuple[re.Pattern[str], Answer]]]:
    routes = {path: respond for module in modules for path, respond in module.ROUTES.items()}
    fixed = {path: respond for path, respond in routes.items() if "{" not in path}
    patterns = [(_pattern(path), respond) for path, respond in routes.items() if "{" in path]
    return fixed, patterns


def _pattern(path: str) -> re.Pattern[str]:
    pattern = re.escape(path).replace(r"\{", "{").replace(r"\}", "}")
    for placeholder, expression in PLACEHOLDERS.items():
        pattern = pattern.replace(placeholder, expression)
    return re.compile(pattern)


SHARED = (
    activity,
    catalogue,
    coupons,
    customers,
    extras,
    figures,
    parts,
    prepayments,
    revenue,
    subscriptions,
)
# A site is of one kind or the other: /invoices.json is another resource on a legacy site (facts §3).
TABLES = {False: _table(*SHARED, invoices, proformas), True: _table(*SHARED, legacy)}
