"""System checks: the tenants are kept apart, and e-mails reach somebody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

_ROLE = """
SELECT r.rolsuper OR r.rolbypassrls,
       EXISTS (SELECT 1 FROM pg_tables t WHERE t.tablename = 'companies_operator' AND t.tableowner = r.rolname)
FROM pg_roles r WHERE r.rolname = current_user
"""


def app_role_problem() -> str | None:
    """Say why the app's database role would see through row-level security, or None where it does not."""
    with connections["default"].cursor() as cursor:
        cursor.execute(_ROLE)
        bypasses, owns = cursor.fetchone()
    if bypasses:
        return "The role of DATABASE_URL is a superuser or has BYPASSRLS: it would see every operator's rows."
    if owns:
        return "The role of DATABASE_URL owns the tables; let DATABASE_OWNER_URL's role own them."
    return None


@register(Tags.database)
def check_app_role(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse an app role that row-level security does not hold."""
    if not databases or "default" not in databases:
        return []
    problem = app_role_problem()
    return [Error(problem, id="config.E001")] if problem else []


@register(deploy=True)
def check_email(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Warn where nobody would get an e-mail."""
    if settings.EMAIL_BACKEND != "django.core.mail.backends.console.EmailBackend":
        return []
    text = "EMAIL_URL is not set, so e-mails are only printed and nobody learns that a connection is lost."
    return [checks.Warning(text, id="config.W001")]
