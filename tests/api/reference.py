"""Checks answers against the reference contract, where that is at hand."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2].parent / "shared/reference/codat"
_TYPES: dict[str, Any] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
}


@cache
def document(name: str) -> Any:
    """Return a reference document, None where it is not at hand."""
    path = FOLDER / f"Codat-{name}.json"
    return json.loads(path.read_text()) if path.exists() else None


def assert_schema(value: Any, name: str, schema: str) -> None:
    """Assert that a value has every required property, and only allowed types and enum values.

    Asserts nothing where the reference is not at hand, which `test_reference.py` says.
    """
    whole = document(name)
    if whole:
        _check(value, whole["components"]["schemas"][schema], whole, schema)


def _check(value: Any, schema: dict[str, Any], whole: Any, where: str) -> None:
    if "$ref" in schema:
        _check(value, _resolve(schema["$ref"], whole), whole, where)
    for part in schema.get("allOf", ()):
        _check(value, part, whole, where)
    if value is None:
        return
    if "enum" in schema:
        assert value in schema["enum"], f"{where}: {value!r}"
    expected = _TYPES.get(schema.get("type", ""))
    if expected:
        assert isinstance(value, expected), f"{where}: {value!r} is no {schema['type']}"
    _check_inside(value, schema, whole, where)


def _check_inside(value: Any, schema: dict[str, Any], whole: Any, where: str) -> None:
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        for name in schema.get("required", ()):
            # The reference misspells one of its own names.
            assert name in value or name == "datatype", f"{where}.{name} is missing"
            assert value.get(name, "") is not None, f"{where}.{name} is null"
        for name in value.keys() & properties.keys():
            _check(value[name], properties[name], whole, f"{where}.{name}")
    if isinstance(value, list):
        for item in value:
            _check(item, schema.get("items", {}), whole, f"{where}[]")


def _resolve(reference: str, whole: Any) -> Any:
    found = whole
    for step in reference.removeprefix("#/").split("/"):
        key = step.replace("~1", "/").replace("~0", "~").replace("%7B", "{").replace("%7D", "}")
        found = found[int(key)] if isinstance(found, list) else found[key]
    return found
