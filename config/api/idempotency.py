"""A request that is sent again gets its first answer: `Idempotency-Key` (reference codat/facts.md §3)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import cast
from uuid import UUID

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from config.api.errors import error_response
from config.models import IdempotentAnswer

LIFETIME = timedelta(minutes=90)
_METHODS = {"POST", "PATCH"}
# What may be otherwise at the next try, though the request is the same.
_NOT_KEPT = {401, 403, 429}
_LONGEST_KEY = 200


def answer_once(request: HttpRequest, answer: Callable[[], HttpResponse]) -> HttpResponse:
    """Return the kept answer to a request that came before, else a new one, kept in the transaction we are in."""
    key = request.headers.get("Idempotency-Key", "")
    if not key or request.method not in _METHODS:
        return answer()
    if len(key) > _LONGEST_KEY or not key.isprintable():
        return error_response(
            request, 400, f"An Idempotency-Key has up to {_LONGEST_KEY} printable characters."
        )
    if not _lock(request, key):
        return error_response(request, 409, "A request with this Idempotency-Key is in progress.")
    return _first_or_kept(request, key, answer)


def _first_or_kept(request: HttpRequest, key: str, answer: Callable[[], HttpResponse]) -> HttpResponse:
    fingerprint = _fingerprint(request)
    # An answer is for the API key that asked: another one may have other rights.
    answers = IdempotentAnswer.objects.filter(api_key_id=_api_key_id(request), key=key)
    kept = answers.filter(created_at__gt=timezone.now() - LIFETIME).first()
    if kept is None:
        response = answer()
        _keep(request, key, fingerprint, response)
        return response
    if bytes(kept.request_hash) != fingerprint:
        return error_response(request, 422, "This Idempotency-Key was used with another request.")
    return _replay(kept)


def _api_key_id(request: HttpRequest) -> UUID:
    return cast(UUID, request.api_key.pk)  # type: ignore[attr-defined]


def _lock(request: HttpRequest, key: str) -> bool:
    # For the transaction, so that the lock and the answer come and go together.
    name = hashlib.sha256(f"{_api_key_id(request)} {key}".encode()).digest()[:8]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [int.from_bytes(name, signed=True)])
        return bool(cursor.fetchone()[0])


def _fingerprint(request: HttpRequest) -> bytes:
    target = f"{request.method} {request.get_full_path()}\n".encode()
    return hashlib.sha256(target + request.body).digest()


def _keep(request: HttpRequest, key: str, fingerprint: bytes, response: HttpResponse) -> None:
    if response.status_code in _NOT_KEPT or response.status_code >= 500:
        return
    IdempotentAnswer.objects.filter(created_at__lte=timezone.now() - LIFETIME).delete()
    IdempotentAnswer.objects.create(
        api_key_id=_api_key_id(request),
        key=key,
        request_hash=fingerprint,
        status=response.status_code,
        body=response.content.decode(),
        content_type=response.headers.get("Content-Type", ""),
    )


def _replay(kept: IdempotentAnswer) -> HttpResponse:
    response = HttpResponse(
        str(kept.body), status=kept.status, content_type=kept.content_type or "application/json"
    )
    response.headers["Idempotency-Replayed"] = "true"
    return response
