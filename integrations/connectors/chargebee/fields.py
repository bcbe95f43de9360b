"""Typed values out of one JSON object: what can't be read becomes None and a warning, never an exception.

Warnings name the field, never its value.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

_BIGGEST_MINOR = 2**63 - 1
_BIGGEST_COUNT = 2**31 - 1
# The last second of the year 9999.
_LAST_SECOND = 253_402_300_799
_SOURCE_ID = 120


class Fields:
    """One JSON object, read field by field; embedded objects share its warnings."""

    __slots__ = ("raw", "warnings")

    def __init__(self, raw: dict[str, Any], warnings: list[str] | None = None) -> None:
        self.raw = raw
        self.warnings = [] if warnings is None else warnings

    def warn(self, key: str, what: str) -> None:
        """Note that a field could not be taken as it is."""
        self.warnings.append(f"{key}: {what}")

    def text(self, key: str, limit: int) -> str:
        """Return a text that PostgreSQL takes, "" where there is none."""
        value = self.raw.get(key)
        if value is None:
            return ""
        if isinstance(value, dict | list):
            self.warn(key, "is no text")
            return ""
        return self._clean(key, str(value), limit)

    def link(self, key: str) -> str:
        """Return another record's id, "" where there is none."""
        return self.text(key, _SOURCE_ID)

    def currency(self, key: str) -> str:
        """Return a currency's code, "" where there is none."""
        code = self.text(key, _SOURCE_ID)
        if len(code) in {0, 3}:
            return code
        self.warn(key, "is no currency code")
        return ""

    def word(self, key: str, standard: Mapping[str, str], limit: int) -> str:
        """Return our word for the vendor's; one that we don't know is kept as it is."""
        value = self.text(key, limit)
        if value and value not in standard:
            self.warn(key, "has a value that we don't know")
        return standard.get(value, value)

    def minor(self, key: str) -> int | None:
        """Return an amount, which the vendor states in minor units (facts §11)."""
        return self._whole(key, -_BIGGEST_MINOR, _BIGGEST_MINOR)

    def count(self, key: str) -> int | None:
        """Return a small whole number."""
        return self._whole(key, 0, _BIGGEST_COUNT)

    def time(self, key: str) -> datetime | None:
        """Return a moment in UTC; the vendor sends unix seconds (facts §11)."""
        seconds = self._whole(key, 0, _LAST_SECOND)
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)

    def nested(self, key: str) -> Fields:
        """Return an embedded object; one without fields where there is none."""
        value = self.raw.get(key)
        if value is not None and not isinstance(value, dict):
            self.warn(key, "is no object")
        return Fields(value if isinstance(value, dict) else {}, self.warnings)

    def items(self, key: str) -> list[Fields]:
        """Return the objects of a list; none where there is no list."""
        value = self.raw.get(key)
        if value is None:
            return []
        found = [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
        if not isinstance(value, list) or len(found) != len(value):
            self.warn(key, "holds something else than objects")
        return [Fields(item, self.warnings) for item in found]

    def _whole(self, key: str, least: int, most: int) -> int | None:
        value = self.raw.get(key)
        if value is None:
            return None
        if type(value) is int and least <= value <= most:
            return value
        self.warn(key, "can't be read")
        return None

    def _clean(self, key: str, text: str, limit: int) -> str:
        if "\0" in text:
            # PostgreSQL's text refuses it.
            self.warn(key, "held a NUL character")
            text = text.replace("\0", "\ufffd")
        if len(text) > limit:
            self.warn(key, f"cut to {limit} characters")
            text = text[:limit]
        return text
