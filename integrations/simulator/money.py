"""Amounts: the vendor's decimal strings and the arithmetic of an invoice.

Lines carry up to eight decimals, the invoice itself is rounded to cents, as in the vendor's examples
(facts §7): a line's share of the tax may be 6.01425 while the invoice says 10.66.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from .records import Invoice

UNIT = 10**8
CENT = 10**6


class Line(NamedTuple):
    """One invoice line; every amount in 1e-8 of the currency."""

    kind: str
    quantity: int
    price: int
    subtotal: int
    discount: int
    tax: int

    @property
    def total(self) -> int:
        """Return what the line adds to the invoice, before the invoice is rounded."""
        return self.subtotal - self.discount + self.tax


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


def usage_cents(quantity: int, price: int) -> int:
    """Return what metered use costs, in whole cents."""
    return (quantity * price + CENT // 2) // CENT


def lines(invoice: Invoice) -> list[Line]:
    """Return the invoice's lines: the plan, at signup its fee, and sometimes metered use."""
    rows = [_line(invoice, "baseline", 1, invoice.base * CENT, invoice.base)]
    if invoice.setup_fee:
        rows.append(_line(invoice, "initial", 1, invoice.setup_fee * CENT, invoice.setup_fee))
    if invoice.usage_quantity:
        cents = usage_cents(invoice.usage_quantity, invoice.usage_price)
        rows.append(_line(invoice, "metered_component", invoice.usage_quantity, invoice.usage_price, cents))
    return rows


def _line(invoice: Invoice, kind: str, quantity: int, price: int, cents: int) -> Line:
    subtotal = cents * CENT
    discount = share(subtotal, invoice.discount_percent * 100)
    tax = share(subtotal - discount, invoice.tax_rate)
    return Line(kind, quantity * UNIT, price, subtotal, discount, tax)
