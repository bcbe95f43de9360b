"""The shape of a body: its key paths, with the lists merged, and the JSON types that stand at each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

Shape = dict[str, set[str]]

# Maps whose keys are data (months), not names of fields.
MAPS = ("mrr_data",)
TYPES = {dict: "object", list: "array", str: "string", bool: "boolean", int: "integer", float: "number"}


def json_type(value: Any) -> str:
    """Return the JSON Schema name of a value's type."""
    return "null" if value is None else TYPES[type(value)]


def below(path: str, key: str) -> str:
    """Return the path of a key of the object at `path`; `[]` stands for every item of a list."""
    return f"{path}.{key}" if path else key


def shape(bodies: Iterable[Any]) -> Shape:
    """Return the key paths of all bodies together; `""` is the whole body."""
    found: Shape = {}
    for body in bodies:
        for path, value in walk("", body):
            found.setdefault(path, set()).add(json_type(value))
    return found


def walk(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the key path and value of everything in a body, itself first."""
    yield path, value
    if isinstance(value, list):
        for item in value:
            yield from walk(below(path, "[]"), item)
    elif isinstance(value, dict):
        is_map = path.rpartition(".")[2] in MAPS
        for key, item in value.items():
            yield from walk(below(path, "*" if is_map else key), item)


def topmost(paths: Iterable[str]) -> list[str]:
    """Drop the paths that lie below another one: where an object is missing, so is all that it holds."""
    kept: list[str] = []
    for path in sorted(paths):
        if not any(path == parent or path.startswith(f"{parent}.") for parent in kept):
            kept.append(path)
    return kept
