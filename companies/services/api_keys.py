"""Making, reading and revoking API keys.

A key is 32 random bytes, so a plain sha256 is enough to keep; it is shown once.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.crypto import constant_time_compare

from companies import lookups
from companies.models import ApiKey, Operator, Scope
from companies.services.audit import audit
from config.tenancy import tenant_context

PREFIX_LENGTH = 12
MAX_KEYS = 10
_TOUCH_EVERY = timedelta(minutes=1)


class TooManyKeys(Exception):
    """An operator has as many API keys as it may have."""


def api_key_create(
    *,
    name: str,
    actor: str,
    scopes: Collection[str] = Scope.values,
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """Return a new key's row and the key itself, which can't be shown again; raise TooManyKeys at the eleventh."""
    Operator.objects.select_for_update().get()  # Two that come at once are counted one after the other.
    if ApiKey.objects.filter(revoked_at=None).count() >= MAX_KEYS:
        raise TooManyKeys(f"An operator may have {MAX_KEYS} API keys; delete one first.")
    secret = f"tr_{secrets.token_urlsafe(32)}"
    row = ApiKey.objects.create(
        name=name,
        prefix=secret[:PREFIX_LENGTH],
        hash=_hash(secret),
        scopes=[scope for scope in Scope.values if scope in scopes],
        expires_at=expires_at,
    )
    audit(actor=actor, action="api_key.created", subject=str(row), scopes=row.scopes)
    return row, secret


def api_key_revoke(*, api_key: ApiKey, actor: str) -> None:
    """Stop a key from working, from the next request on."""
    api_key.revoked_at = timezone.now()
    api_key.save(update_fields=["revoked_at"])
    audit(actor=actor, action="api_key.revoked", subject=str(api_key))


def api_key_read(*, authorization: str) -> ApiKey | None:
    """Return the key that an Authorization header proves, or None.

    Accepts `Basic base64(key)`, `Basic base64(key:)` and `Bearer key` (reference codat/facts.md §3).
    """
    secret = _secret_in(authorization)
    if not (secret.isascii() and secret.isprintable()):  # PostgreSQL takes no NUL
        return None
    operator_id = lookups.operator_of_api_key(secret[:PREFIX_LENGTH]) if secret else None
    if operator_id is None:
        return None
    with tenant_context(operator_id):
        key = ApiKey.objects.filter(prefix=secret[:PREFIX_LENGTH], revoked_at=None).first()
    if key is None or not constant_time_compare(bytes(key.hash), _hash(secret)):
        return None
    return None if key.expires_at and key.expires_at <= timezone.now() else key


def api_key_touch(*, api_key: ApiKey) -> None:
    """Note that a key was used, at most once a minute."""
    now = timezone.now()
    if api_key.last_used_at is None or now - api_key.last_used_at > _TOUCH_EVERY:
        with tenant_context(api_key.operator_id):
            ApiKey.objects.filter(pk=api_key.pk).update(last_used_at=now)


def _secret_in(authorization: str) -> str:
    scheme, _, value = authorization.strip().partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        decoded = base64.b64decode(value.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return decoded.removesuffix(":")


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
