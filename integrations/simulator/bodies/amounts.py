"""Amounts as the vendor writes them for people: "$45,978.81" (facts §7)."""

from __future__ import annotations

from ..business.money import CENT, UNIT

SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£"}


def money(currency: str, value: int) -> str:
    """Write 1e-8 units with the currency's symbol, and more decimals than two where there are more."""
    whole, part = divmod(abs(value), UNIT)
    decimals = f"{part:08d}".rstrip("0").ljust(2, "0")
    return f"{'-' if value < 0 else ''}{SYMBOLS.get(currency, currency)}{whole:,}.{decimals}"


def cents_text(currency: str, cents: int) -> str:
    """Write cents with the currency's symbol."""
    return money(currency, cents * CENT)
