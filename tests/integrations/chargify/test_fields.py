"""Numbers, times and texts: exact where they can be, a warning where not, never an exception."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.currencies import places_of
from integrations.connectors.chargify.fields import Fields
from integrations.connectors.chargify.numbers import minor_units

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.decimals(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
ODD = [
    True,
    [],
    {},
    {"a": 1},
    [1],
    "soon",
    "$45,978.81",
    "NaN",
    "Infinity",
    "1e999999999",
    "9" * 400,
    Decimal("sNaN"),
]


def read(value: Any) -> Fields:
    return Fields({"x": value})


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("126.5", "USD", 12650),
        ("0.0", "USD", 0),
        ("-3.10", "EUR", -310),
        ("100.0", "JPY", 100),
        ("1.234", "KWD", 1234),
        ("5", "usd", 500),
        (7, "USD", 700),
        (Decimal("10.0"), "USD", 1000),
    ],
)
def test_an_exact_amount(text: Any, currency: str, minor: int) -> None:
    fields = read(text)
    assert (fields.amount("x", currency), fields.warnings) == (minor, [])


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("0.005", "USD", 1),
        ("-0.005", "USD", -1),
        ("0.0049", "USD", 0),
        ("10.5", "JPY", 11),
        ("1.00000001", "USD", 100),
    ],
)
def test_an_inexact_amount_is_rounded_half_up_and_said(text: str, currency: str, minor: int) -> None:
    fields = read(text)
    assert (fields.amount("x", currency), len(fields.warnings)) == (minor, 1)


@given(st.integers(-(2**63) + 1, 2**63 - 1), st.sampled_from(["USD", "JPY", "KWD"]))
def test_minor_units_come_back(minor: int, currency: str) -> None:
    exponent = places_of(currency)
    assert minor_units(str(Decimal(minor).scaleb(-exponent)), exponent) == (minor, True)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=8, min_value=-(10**9), max_value=10**9))
def test_rounding_is_off_by_half_a_unit_at_most(number: Decimal) -> None:
    minor, is_exact = minor_units(str(number), 2)
    assert minor is not None
    assert abs(Decimal(minor) - number * 100) <= Decimal("0.5")
    assert is_exact == (minor == number * 100)


@given(JSON)
def test_nothing_raises(value: Any) -> None:
    fields = read(value)
    (
        fields.text("x", 5),
        fields.joined("x", 5),
        fields.currency("x", "USD"),
        fields.link("x"),
        fields.nested("x"),
    )
    for found in (fields.cents("x"), fields.amount("x", "USD")):
        assert found is None or abs(found) < 2**63
    number = fields.decimal("x", digits=8)
    assert number is None or (abs(number) < 10**8 and number == round(number, 8))
    count = fields.count("x")
    assert count is None or 0 <= count < 2**31
    moment = fields.time("x")
    assert moment is None or moment.tzinfo is UTC
    assert fields.day("x") is None or isinstance(fields.day("x"), date)
    assert fields.flag("x") in (None, True, False)
    assert "\0" not in fields.text("x")
    fields.items("x")


@pytest.mark.parametrize("value", ODD)
def test_what_is_no_number_is_said(value: Any) -> None:
    for found, fields in ((f.amount("x", "USD"), f) for f in [read(value)]):
        assert (found, fields.warnings) == (None, ["x: can't be read"])
    fields = read(value)
    assert (fields.cents("x"), fields.warnings) == (None, ["x: can't be read"])


@pytest.mark.parametrize("value", [2**63, -(2**70), "1e30"])
def test_an_amount_too_large_for_its_column_is_said(value: Any) -> None:
    fields = read(value)
    assert (fields.cents("x"), fields.warnings) == (None, ["x: can't be read"])


@given(st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29)), st.integers(-14 * 60, 14 * 60))  # noqa: DTZ001
def test_a_time_keeps_its_moment(naive: datetime, minutes: int) -> None:
    moment = naive.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    fields = read(moment.isoformat())
    assert (fields.time("x"), fields.warnings) == (moment, [])
    assert fields.time("x") is not None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2020-03-24T20:17:20-07:00", datetime(2020, 3, 25, 3, 17, 20, tzinfo=UTC)),
        ("2018-07-26T15:22:02Z", datetime(2018, 7, 26, 15, 22, 2, tzinfo=UTC)),
        ("2018-07-26T15:22:02.123Z", datetime(2018, 7, 26, 15, 22, 2, 123000, tzinfo=UTC)),
        ("", None),
        (None, None),
    ],
)
def test_a_time(text: str | None, moment: datetime | None) -> None:
    fields = read(text)
    assert (fields.time("x"), fields.warnings) == (moment, [])


@pytest.mark.parametrize("text", ["soon", 0, "0001-01-01T00:00:00+14:00", ["2018"], "2018-13-01T00:00:00Z"])
def test_what_is_no_time_is_said(text: Any) -> None:
    fields = read(text)
    assert (fields.time("x"), fields.warnings) == (None, ["x: can't be read"])


def test_a_time_without_offset_is_utc_and_said() -> None:
    fields = read("2020-01-01 10:00:00")
    assert fields.time("x") == datetime(2020, 1, 1, 10, tzinfo=UTC)
    assert fields.warnings == ["x: has no offset, taken for UTC"]


def test_a_day() -> None:
    assert read("2018-07-26").day("x") == date(2018, 7, 26)
    assert read("2018-07-26T23:00:00-05:00").day("x") == date(2018, 7, 26)
    fields = read("26.7.2018")
    assert (fields.day("x"), fields.warnings) == (None, ["x: can't be read"])


def test_a_text_is_what_postgresql_takes() -> None:
    fields = read("a\0b")
    assert (fields.text("x"), fields.warnings) == ("a\ufffdb", ["x: held a NUL character"])
    fields = read("abcdef")
    assert (fields.text("x", 3), fields.warnings) == ("abc", ["x: cut to 3 characters"])
    assert [read(value).text("x") for value in (None, "", 7, True, Decimal("1.10"))] == [
        "",
        "",
        "7",
        "True",
        "1.10",
    ]


def test_a_decimal_has_8_places() -> None:
    fields = read("11.50000001")
    assert (fields.decimal("x", digits=16), fields.warnings) == (Decimal("11.50000001"), [])
    fields = read("0.000000005")
    assert (fields.decimal("x", digits=16), fields.warnings) == (Decimal("1e-8"), ["x: rounded to 8 places"])
    fields = read("99999999.999999999")
    assert fields.decimal("x", digits=8) is None


def test_a_flag_may_be_a_text() -> None:
    assert [read(value).flag("x") for value in (True, False, "true", "false", None)] == [
        True,
        False,
        True,
        False,
        None,
    ]
    fields = read("maybe")
    assert (fields.flag("x"), fields.warnings) == (None, ["x: can't be read"])


def test_a_warning_holds_no_value() -> None:
    fields = read("someone@example.com\0")
    fields.text("x", 3), fields.time("x"), fields.amount("x", "USD"), fields.day("x"), fields.flag("x")
    assert fields.warnings
    assert "someone" not in " ".join(fields.warnings)
