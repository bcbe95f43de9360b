"""Typed values out of one JSON object: what can't be read becomes None and a warning, never an exception.

Warnings name the field, never its value.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import msgspec

from config.currencies import places_of
from integrations.connectors.chargify.numbers import BIGGEST_MINOR, EXACT, minor_units, number_of

_PLACES = Decimal("1e-8")
_BIGGEST_COUNT = 2**31 - 1
_FLAGS = {True: True, False: False, "true": True, "false": False}
_SOURCE_ID = 120


class Fields:
    """One JSON object, read field by field."""

    __slots__ = ("raw", "warnings")

    def __init__(self, raw: dict[str, Any], warnings: list[str] | None = None) -> None:
        self.raw = raw
        self.warnings = [] if warnings is None else warnings

    def warn(self, key: str, what: str) -> None:
        """Note that a field could not be taken as it is."""
        self.warnings.append(f"{key}: {what}")

    def text(self, key: str, limit: int | None = None) -> str:
        """Return a text that PostgreSQL takes, "" where there is none."""
        value = self.raw.get(key)
        if value is None:
            return ""
        if type(value) is str and "\0" not in value and (limit is None or len(value) <= limit):
            return value
        return self._clean(key, self._as_text(key, value), limit)

    def joined(self, key: str, limit: int) -> str:
        """Return a list of texts as one."""
        value = self.raw.get(key)
        if not isinstance(value, list):
            return self.text(key, limit)
        return self._clean(key, ", ".join(self._as_text(key, item) for item in value), limit)

    def currency(self, key: str, default: str) -> str:
        """Return a currency's code; the default where there is none."""
        code = self.text(key) or default
        if len(code) in {0, 3}:
            return code
        self.warn(key, "is no currency code")
        return ""

    def link(self, key: str) -> str:
        """Return another record's id, "" where there is none."""
        return self.text(key, _SOURCE_ID)

    def links(self, key: str) -> list[str]:
        """Return the ids of a list of other records."""
        value = self.raw.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            self._unreadable(key)
            return []
        return [self._clean(key, self._as_text(key, item), _SOURCE_ID) for item in value if item is not None]

    def flag(self, key: str) -> bool | None:
        """Return yes, no or not said; the live API has flags that are texts (facts §1)."""
        value = self.raw.get(key)
        if value is None:
            return None
        if isinstance(value, bool | str) and value in _FLAGS:
            return _FLAGS[value]
        self._unreadable(key)
        return None

    def count(self, key: str) -> int | None:
        """Return a small whole number."""
        number = self._number(key)
        if number is None:
            return None
        if number == number.to_integral_value() and 0 <= number <= _BIGGEST_COUNT:
            return int(number)
        self._unreadable(key)
        return None

    def cents(self, key: str) -> int | None:
        """Return an amount that the vendor states in minor units."""
        value = self.raw.get(key)
        if type(value) is int and -BIGGEST_MINOR <= value <= BIGGEST_MINOR:
            return value
        return self._minor(key, 0)

    def amount(self, key: str, currency: str) -> int | None:
        """Return a decimal amount in minor units of the currency."""
        return self._minor(key, places_of(currency))

    def decimal(self, key: str, *, digits: int) -> Decimal | None:
        """Return an exact number of up to 8 places and so many digits before the point."""
        number = self._number(key)
        if number is None:
            return None
        places = number.as_tuple().exponent
        if isinstance(places, int) and places < -8:
            self.warn(key, "rounded to 8 places")
            number = number.quantize(_PLACES, ROUND_HALF_UP, EXACT)
        if number.adjusted() >= digits:
            self._unreadable(key)
            return None
        return number

    def time(self, key: str) -> datetime | None:
        """Return a moment in UTC; the vendor sends ISO-8601 with the site's offset (facts §7)."""
        value = self.raw.get(key)
        if value is None or value == "":
            return None
        try:
            moment = datetime.fromisoformat(value)
            if moment.tzinfo is None:
                # inferred: no recorded time is without an offset, so a bare one is taken for UTC.
                self.warn(key, "has no offset, taken for UTC")
                return moment.replace(tzinfo=UTC)
            return moment.astimezone(UTC)
        except (TypeError, ValueError, OverflowError):
            self._unreadable(key)
            return None

    def day(self, key: str) -> date | None:
        """Return a date; of a moment the date that it has in the site's own zone."""
        value = self.raw.get(key)
        if value is None or value == "":
            return None
        try:
            return date.fromisoformat(str(value)[:10])
        except ValueError:
            self._unreadable(key)
            return None

    def nested(self, key: str) -> Fields:
        """Return an embedded object; one without fields where there is none."""
        value = self.raw.get(key)
        if value is not None and not isinstance(value, dict):
            self.warn(key, "is no object")
        return Fields(value if isinstance(value, dict) else {}, self.warnings)

    def items(self, key: str) -> list[Fields] | None:
        """Return the objects of a list, each with warnings of its own; None where there is no list."""
        value = self.raw.get(key)
        if value is None:
            return None
        if not isinstance(value, list):
            self._unreadable(key)
            return None
        return list(self._objects(key, value))

    def _objects(self, key: str, values: list[Any]) -> Iterator[Fields]:
        for value in values:
            if isinstance(value, dict):
                yield Fields(value)
            else:
                self.warn(key, "holds something else than objects")

    def _unreadable(self, key: str) -> None:
        self.warn(key, "can't be read")

    def _as_text(self, key: str, value: Any) -> str:
        if isinstance(value, dict | list):
            self.warn(key, "is no text")
            return msgspec.json.encode(value).decode()
        return str(value)

    def _clean(self, key: str, text: str, limit: int | None) -> str:
        if "\0" in text:
            # PostgreSQL's text refuses it.
            self.warn(key, "held a NUL character")
            text = text.replace("\0", "\ufffd")
        if limit is not None and len(text) > limit:
            self.warn(key, f"cut to {limit} characters")
            text = text[:limit]
        return text

    def _number(self, key: str) -> Decimal | None:
        value = self.raw.get(key)
        if value is None or value == "":
            return None
        number = number_of(str(value))
        if number is None:
            self._unreadable(key)
        return number

    def _minor(self, key: str, exponent: int) -> int | None:
        value = self.raw.get(key)
        if value is None or value == "":
            return None
        minor, is_exact = minor_units(str(value), exponent)
        if minor is None:
            self._unreadable(key)
        elif not is_exact:
            self.warn(key, "rounded to minor units")
        return minor
