"""What `Retry-After` may say, and what it may not make us do."""

from __future__ import annotations

import pytest
import time_machine

from integrations.connectors.headers import retry_after


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 5 ", 5.0),
        ("0", 0.0),
        ("999999999", 3600.0),
        ("Tue, 24 Mar 2020 18:25:55 GMT", 60.0),
        ("Tue, 24 Mar 2020 18:20:00 GMT", 0.0),
        ("Wed, 24 Mar 2021 18:20:00 GMT", 3600.0),
        ("-5", None),
        ("1.5", None),
        ("\u0665", None),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
@time_machine.travel("2020-03-24T18:24:55Z", tick=False)
def test_seconds_or_a_date_an_hour_at_most(value: str | None, seconds: float | None) -> None:
    assert retry_after(value) == seconds
