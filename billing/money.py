"""Money as people read it: minor units and a currency become "12.50 USD"."""

from __future__ import annotations

# ISO 4217 currencies whose minor unit is not a hundredth: their number of places.
_PLACES = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW"), 0),
    **dict.fromkeys(("PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}


def format_money(minor: int | None, currency: str) -> str:
    """Return an amount with its currency, or "" where there is none."""
    if minor is None:
        return ""
    places = _PLACES.get(currency.upper(), 2)
    whole, part = divmod(abs(minor), 10**places)
    amount = f"{whole:,}.{part:0{places}}" if places else f"{whole:,}"
    return f"{'-' if minor < 0 else ''}{amount} {currency}".strip()
