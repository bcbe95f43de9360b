"""Money as people read it: minor units and a currency become "12.50 USD"."""

from __future__ import annotations

from config.currencies import places_of


def format_money(minor: int | None, currency: str) -> str:
    """Return an amount with its currency, or "" where there is none."""
    if minor is None:
        return ""
    places = places_of(currency)
    whole, part = divmod(abs(minor), 10**places)
    amount = f"{whole:,}.{part:0{places}}" if places else f"{whole:,}"
    return f"{'-' if minor < 0 else ''}{amount} {currency}".strip()
