"""Whether the process lives (`/healthz`) and whether it can serve (`/readyz`)."""

from __future__ import annotations

from django.core.cache import cache
from django.db import DatabaseError, connections
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from redis.exceptions import RedisError

from config.checks import app_role_problem


def healthz(request: HttpRequest) -> HttpResponse:
    """Answer as long as the process lives."""
    return HttpResponse("ok", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when PostgreSQL and Valkey answer and the database role is safe, else 503 saying which does not."""
    problems = {name: problem for name, check in CHECKS.items() if (problem := check())}
    return JsonResponse({"ready": not problems, "problems": problems}, status=503 if problems else 200)


def _database_problem() -> str | None:
    try:
        connections["default"].ensure_connection()
        return app_role_problem()
    except DatabaseError:
        return "PostgreSQL does not answer."


def _valkey_problem() -> str | None:
    try:
        cache.get("readyz")
    except RedisError:
        return "Valkey does not answer."
    return None


CHECKS = {"database": _database_problem, "valkey": _valkey_problem}

urlpatterns = [path("healthz", healthz), path("readyz", readyz)]
