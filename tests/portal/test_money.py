"""Money as people read it."""

from __future__ import annotations

import pytest

from billing.money import format_money


@pytest.mark.parametrize(
    ("minor", "currency", "shown"),
    [
        (1250, "USD", "12.50 USD"),
        (5, "EUR", "0.05 EUR"),
        (-123456, "GBP", "-1,234.56 GBP"),
        (1250, "JPY", "1,250 JPY"),
        (1250, "KWD", "1.250 KWD"),
        (0, "usd", "0.00 usd"),
        (100, "", "1.00"),
        (None, "USD", ""),
    ],
)
def test_it_has_the_places_of_its_currency(minor: int | None, currency: str, shown: str) -> None:
    assert format_money(minor, currency) == shown
