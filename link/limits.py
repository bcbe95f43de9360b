"""How often one company may try credentials, so that Link is no place for guessing keys."""

from __future__ import annotations

from uuid import UUID

from django.core.cache import cache

TRIES = 10
WINDOW_SECONDS = 600


def too_many_tries(company_id: UUID) -> bool:
    """Count a try, and say whether it is one too many."""
    key = f"link:tries:{company_id}"
    if cache.add(key, 1, WINDOW_SECONDS):
        return False
    try:
        return cache.incr(key) > TRIES
    except ValueError:  # The window ended between the two calls.
        return False
