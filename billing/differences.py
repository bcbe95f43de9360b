"""What differs between two JSON values, place by place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

# What entries of a list are told apart by, the surest first.
_KEYS = ("uid", "id")


class Difference(NamedTuple):
    """One place where two values differ: `kind` is added, removed or changed."""

    path: str
    kind: str
    before: Any
    after: Any

    @property
    def name(self) -> str:
        """Return the outermost name on the way to the place."""
        return re.split(r"[.\[]", self.path, maxsplit=1)[0]


def differences(before: Any, after: Any, path: str = "") -> Iterator[Difference]:
    """Yield where two values differ, in the order of the later one; what is gone from an object or list comes last."""
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _within(_named(before, path), _named(after, path))
    elif isinstance(before, list) and isinstance(after, list):
        key = _shared_key(before, after)
        yield from _within(_entries(before, path, key), _entries(after, path, key))
    # In Python true is 1.
    elif before != after or isinstance(before, bool) != isinstance(after, bool):
        yield Difference(path, "changed", before, after)


def _within(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for path, value in after.items():
        if path in before:
            yield from differences(before[path], value, path)
        else:
            yield Difference(path, "added", None, value)
    for path, value in before.items():
        if path not in after:
            yield Difference(path, "removed", value, None)


def _named(values: Mapping[str, Any], path: str) -> dict[str, Any]:
    return {f"{path}.{name}" if path else name: value for name, value in values.items()}


def _entries(values: Sequence[Any], path: str, key: str) -> dict[str, Any]:
    """Return the entries of a list by what tells them apart, or by their place."""
    if key:
        return {f"{path}[{key}={value[key]}]": value for value in values}
    return {f"{path}[{index}]": value for index, value in enumerate(values)}


def _shared_key(before: Sequence[Any], after: Sequence[Any]) -> str:
    """Return the key by which the entries of both lists can be told apart; "" where there is none."""
    return next((key for key in _KEYS if _tells_apart(key, before) and _tells_apart(key, after)), "")


def _tells_apart(key: str, values: Sequence[Any]) -> bool:
    found = {str(value[key]) for value in values if isinstance(value, dict) and value.get(key) is not None}
    return len(found) == len(values)
