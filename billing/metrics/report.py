"""The shape of a commerce report: periods by items, each with a value (reference codat/facts.md §6.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from billing.metrics.periods import Period

Value = Decimal | int | None


@dataclass(frozen=True)
class Measure:
    """In what an item is measured."""

    name: str
    type: str
    units: str = ""


@dataclass(frozen=True)
class Item:
    """A line of a report, and which of its measures it has."""

    name: str
    measure: int


@dataclass(frozen=True)
class Report:
    """What a report is called, its lines and their measures."""

    name: str
    title: str
    items: Sequence[Item]
    measures: Sequence[Measure]

    def body(
        self,
        periods: Sequence[Period],
        values: Sequence[Sequence[Value]],
        *,
        currency: str,
        with_names: bool,
        errors: Sequence[Mapping[str, Any]],
    ) -> dict[str, Any]:
        """Return the report with the values of each period, in the order of its items."""
        cells = zip(range(len(periods)), values, strict=True)
        body: dict[str, Any] = {
            "reportInfo": {"name": self.name, "displayName": self.title},
            "dimensions": [_periods(periods), self._items()],
            "measures": [_measure(index, one, currency) for index, one in enumerate(self.measures)],
            "reportData": [self._component(index, row, with_names) for index, row in cells],
        }
        return body | {"errors": list(errors)} if errors else body

    def _items(self) -> dict[str, Any]:
        items = [
            {"index": index, "displayName": item.name, "value": item.name}
            for index, item in enumerate(self.items)
        ]
        return {"index": 1, "displayName": self.title, "type": "string", "items": items}

    def _component(self, period: int, values: Sequence[Value], with_names: bool) -> dict[str, Any]:
        names = _names(with_names, dimensionDisplayName="Period", itemDisplayName=f"Period {period}")
        components = [
            self._cell(index, item, value, with_names)
            for index, (item, value) in enumerate(zip(self.items, values, strict=True))
        ]
        return {"dimension": 0, "item": period, **names, "components": components}

    def _cell(self, index: int, item: Item, value: Value, with_names: bool) -> dict[str, Any]:
        names = _names(with_names, dimensionDisplayName=self.title, itemDisplayName=item.name)
        measured = _names(with_names, measureDisplayName=self.measures[item.measure].name)
        measures = [{"index": item.measure, **measured, "value": value}]
        return {"dimension": 1, "item": index, **names, "measures": measures}


def _names(with_names: bool, **names: str) -> dict[str, str]:
    return names if with_names else {}


def _periods(periods: Sequence[Period]) -> dict[str, Any]:
    items = [
        {"index": index, "displayName": f"Period {index}", "start": period.first, "end": period.last}
        for index, period in enumerate(periods)
    ]
    return {"index": 0, "displayName": "Period", "type": "datespan", "items": items}


def _measure(index: int, measure: Measure, currency: str) -> dict[str, Any]:
    units = measure.units or (currency if measure.type == "currency" else "")
    body: dict[str, Any] = {"index": index, "displayName": measure.name, "type": measure.type}
    return body | {"units": units} if units else body
