"""How many places a currency's minor unit has (ISO 4217)."""

from __future__ import annotations

from functools import lru_cache

USUAL_PLACES = 2
# The currencies that don't have two.
UNUSUAL_PLACES = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW"), 0),
    **dict.fromkeys(("PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}


@lru_cache(maxsize=1_000)
def places_of(currency: str) -> int:
    """Return how many places the minor unit of a currency has."""
    return UNUSUAL_PLACES.get(currency.upper(), USUAL_PLACES)
