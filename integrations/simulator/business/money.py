"""Amounts: the vendor's decimal strings and the arithmetic of an invoice.

Lines carry up to eight decimals, the invoice itself is rounded to cents, as in the vendor's examples
(facts §7): a line's share of the tax may be 6.01425 while the invoice says 10.66.
"""

from __future__ import annotations

from functools import lru_cache

UNIT = 10**8
CENT = 10**6


@lru_cache(maxsize=50_000)
def decimal(value: int) -> str:
    """Write 1e-8 units as the vendor does: no trailing zeros, but always one decimal ("126.5", "0.0")."""
    whole, part = divmod(abs(value), UNIT)
    sign = "-" if value < 0 else ""
    return f"{sign}{whole}.{f'{part:08d}'.rstrip('0') or '0'}"


def amount(cents: int) -> str:
    """Write cents as a decimal string."""
    return decimal(cents * CENT)


def share(value: int, hundredths_of_percent: int) -> int:
    """Return a percentage of a value, rounded half up."""
    return (value * hundredths_of_percent + 5_000) // 10_000


def cents(value: int) -> int:
    """Return 1e-8 units in whole cents, rounded half up."""
    return (value + CENT // 2) // CENT


def part(value: int, numerator: int, denominator: int) -> int:
    """Return a fraction of cents, rounded half up: what is left of a period is paid for by the second."""
    return (2 * value * numerator + denominator) // (2 * denominator)
