"""Decimal texts as exact numbers and as integer minor units of a currency."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from functools import lru_cache

EXACT = Context(prec=100)
BIGGEST_MINOR = 2**63 - 1
_LONGEST_NUMBER = 60


@lru_cache(maxsize=10_000)
def number_of(text: str) -> Decimal | None:
    """Return the number that a text states, or None."""
    try:
        number = Decimal(text) if len(text) <= _LONGEST_NUMBER else None
    except InvalidOperation:
        return None
    return number if number is not None and number.is_finite() else None


@lru_cache(maxsize=10_000)
def minor_units(text: str, exponent: int) -> tuple[int | None, bool]:
    """Return an amount in minor units, halves away from zero, and whether nothing was lost."""
    number = number_of(text)
    if number is None or number.adjusted() > 20:
        return None, False
    exact = number.scaleb(exponent, EXACT)
    minor = int(exact.to_integral_value(ROUND_HALF_UP))
    return (minor, minor == exact) if abs(minor) <= BIGGEST_MINOR else (None, False)
