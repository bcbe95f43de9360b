from __future__ import annotations

from datetime import date

import pytest

from billing.metrics.periods import Period, Unit, periods_until


@pytest.mark.parametrize(
    ("unit", "length", "edges"),
    [
        (Unit.MONTH, 1, ["2023-12-01", "2024-01-01", "2024-02-01", "2024-03-01"]),
        (Unit.MONTH, 5, ["2022-12-01", "2023-05-01", "2023-10-01", "2024-03-01"]),
        (Unit.YEAR, 1, ["2021-03-01", "2022-03-01", "2023-03-01", "2024-03-01"]),
        (Unit.DAY, 1, ["2024-02-03", "2024-02-04", "2024-02-05", "2024-02-06"]),
        (Unit.WEEK, 2, ["2023-12-26", "2024-01-09", "2024-01-23", "2024-02-06"]),
    ],
)
def test_periods_follow_each_other(unit: Unit, length: int, edges: list[str]) -> None:
    found = periods_until(date(2024, 2, 5), unit=unit, length=length, count=3)
    assert [str(period.first) for period in found] == edges[:3]
    assert [str(period.end.date()) for period in found] == edges[1:]


def test_a_period_holds_its_last_day() -> None:
    period = Period(date(2024, 2, 1), date(2024, 2, 29))
    assert (str(period.start), str(period.end)) == ("2024-02-01 00:00:00+00:00", "2024-03-01 00:00:00+00:00")


@pytest.mark.parametrize("day", [date(1, 1, 1), date(9999, 12, 31)])
def test_the_calendar_has_ends(day: date) -> None:
    with pytest.raises((OverflowError, ValueError)):
        periods_until(day, unit=Unit.MONTH, length=1, count=2)
