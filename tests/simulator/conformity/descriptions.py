"""The vendor's OpenAPI descriptions as a judge of bodies: wrong values, and keys that they do not know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple

from jsonschema import Draft202012Validator, FormatChecker, validators
from jsonschema.exceptions import ValidationError
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from .reference import document
from .shapes import below

Schema = dict[str, Any]
DOCUMENTS = ("openapi.yaml", "openapi.legacy.yaml")
UNKNOWN_KEY = "unknown key"
FORMATS = FormatChecker(formats=())


class Fault(NamedTuple):
    """One thing that a description forbids: where, by which rule, in words."""

    path: str
    rule: str
    message: str


@FORMATS.checks("date-time", raises=ValueError)
def _is_moment(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


@FORMATS.checks("date", raises=ValueError)
def _is_day(value: object) -> bool:
    return not isinstance(value, str) or bool(date.fromisoformat(value))


def faults(operation: str, status: int, body: Any) -> list[Fault]:
    """Return what the description of an operation has against a body; each place and rule once."""
    schema = response_schema(operation, status)
    found = [*_invalid(schema, body), *_unknown(schema, body, "")]
    return list({(fault.path, fault.rule): fault for fault in found}.values())


def response_schema(operation: str, status: int) -> Schema:
    """Return the schema of an answer; `{}`, which allows anything, where the description shows no body.

    Two lists are described as 201 and answer 200, so a success is whatever success is described.
    """
    responses: dict[str, Any] = _operations()[operation]["responses"]
    code = next(code for code in responses if code.startswith("2")) if status == 200 else str(status)
    content: dict[str, Any] = responses[code].get("content", {})
    return dict(content["application/json"]["schema"]) if content else {}


def types_at(operation: str, path: str) -> set[str]:
    """Return the JSON types that the description of a success allows at a key path."""
    schemas = list(_parts(response_schema(operation, 200)))
    for key in path.split(".") if path else ():
        schemas = [part for schema in schemas for child in _children(schema, key) for part in _parts(child)]
    return {name for schema in schemas for name in _type_names(schema)}


@cache
def _operations() -> dict[str, Any]:
    """Return every GET of both documents by its operationId."""
    paths = [item for name in DOCUMENTS for item in _prepared_document(name)["paths"].values()]
    return {item["get"]["operationId"]: item["get"] for item in paths if "get" in item}


@cache
def _prepared_document(name: str) -> dict[str, Any]:
    return dict(_prepared(document(name), name))


def _prepared(node: Any, name: str) -> Any:
    """Make references absolute, and turn OpenAPI 3.0's `nullable` (used in the legacy one) into a type.

    What is cheap to check comes first, so that an alternative that doesn't fit is left at once.
    """
    if isinstance(node, list):
        return [_prepared(item, name) for item in node]
    if not isinstance(node, dict):
        return node
    made = {key: _prepared(value, name) for key, value in sorted(node.items(), key=_cost)}
    if "transactions" in made.get("properties", {}):
        made["properties"]["transactions"] = _bare(made["properties"]["transactions"])
    if isinstance(made.get("$ref"), str):
        made["$ref"] = f"urn:{name}{made['$ref']}"
    if "allOf" in made:
        made["allOf"].reverse()  # what distinguishes stands last, behind what all alternatives share
    if made.get("nullable") is True and isinstance(made.get("type"), str):
        made["type"] = [made["type"], "null"]
        if "enum" in made:
            made["enum"] = [*made["enum"], None]
    return made


def _bare(transactions: Schema) -> Schema:
    """Drop a wrapper that the vendor describes around the transactions of a statement; its captures have none."""
    wrapped = transactions["items"].get("properties", {}).get("transaction")
    return {**transactions, "items": wrapped} if wrapped else transactions


def _cost(pair: tuple[str, Any]) -> bool:
    return pair[0] in ("properties", "items", "allOf", "oneOf", "anyOf", "$ref")


@cache
def _registry() -> Registry[Any]:
    made: Registry[Any] = Registry()
    return made.with_resources(
        (f"urn:{name}", DRAFT202012.create_resource(_prepared_document(name))) for name in DOCUMENTS
    )


def _any_of(
    validator: Any, alternatives: list[Schema], value: Any, schema: Schema
) -> Iterator[ValidationError]:
    if not any(validator.evolve(schema=part).is_valid(value) for part in alternatives):
        yield from Draft202012Validator.VALIDATORS["anyOf"](validator, alternatives, value, schema)


def _one_of(
    validator: Any, alternatives: list[Schema], value: Any, schema: Schema
) -> Iterator[ValidationError]:
    if sum(validator.evolve(schema=part).is_valid(value) for part in alternatives) != 1:
        yield from Draft202012Validator.VALIDATORS["oneOf"](validator, alternatives, value, schema)


# The library's own checks, but errors are collected only where there are some: ten times faster on events.
Validator = validators.extend(Draft202012Validator, {"anyOf": _any_of, "oneOf": _one_of})  # type: ignore[no-untyped-call]


def _validator(schema: Schema) -> Any:
    return Validator(schema, registry=_registry(), format_checker=FORMATS)


def _invalid(schema: Schema, body: Any) -> Iterator[Fault]:
    for error in _validator(schema).iter_errors(body):
        for cause in _causes(error):
            keys = ["[]" if isinstance(key, int) else key for key in cause.absolute_path]
            yield Fault(".".join(keys), str(cause.validator), cause.message[:200])


def _causes(error: ValidationError) -> Iterator[ValidationError]:
    """Explain a failed choice by the alternative that comes nearest, else every card would fail as a bank account."""
    if not error.context:
        yield error
        return
    by_alternative = sorted(error.context, key=_alternative)
    alternatives = [list(errors) for _, errors in groupby(by_alternative, _alternative)]
    for cause in min(alternatives, key=_distance):
        yield from _causes(cause)


def _alternative(error: ValidationError) -> int:
    return int(error.relative_schema_path[0])


def _distance(errors: list[ValidationError]) -> tuple[int, int]:
    """Another kind of thing (a wrong discriminator) is farther than a thing with many faults."""
    return sum(error.validator in ("enum", "const", "required") for error in errors), len(errors)


def _unknown(schema: Schema, value: Any, path: str) -> Iterator[Fault]:
    yield from _unknown_to(list(_parts(schema, value)), value, path)


def _unknown_to(schemas: list[Schema], value: Any, path: str) -> Iterator[Fault]:
    if isinstance(value, list):
        for item in value:
            yield from _within(schemas, "[]", item, path)
    elif isinstance(value, dict):
        for key, item in value.items():
            if _is_closed(schemas) and not any(True for schema in schemas for _ in _children(schema, key)):
                yield Fault(below(path, key), UNKNOWN_KEY, f"{key!r} is not in the description")
            yield from _within(schemas, key, item, path)


def _within(schemas: list[Schema], key: str, item: Any, path: str) -> Iterator[Fault]:
    inner = [part for schema in schemas for child in _children(schema, key) for part in _parts(child, item)]
    yield from _unknown_to(inner, item, below(path, key))


def _is_closed(schemas: Iterable[Schema]) -> bool:
    """Tell a record, whose keys are all named, from an object about which nothing is said."""
    return any("properties" in schema for schema in schemas)


def _children(schema: Schema, key: str) -> Iterator[Schema]:
    """Yield what a schema says of a key, or of the items of a list."""
    if key == "[]":
        if isinstance(schema.get("items"), dict):
            yield schema["items"]
    elif key in schema.get("properties", {}):
        yield schema["properties"][key]
    elif isinstance(schema.get("additionalProperties"), dict):
        yield schema["additionalProperties"]


_ANYTHING = object()


def _parts(schema: Schema, value: Any = _ANYTHING) -> Iterator[Schema]:
    """Yield every schema that speaks of a value: through references, `allOf`, and the alternatives that fit it."""
    schema = _resolved(schema)
    yield schema
    for part in schema.get("allOf", ()):
        yield from _parts(part, value)
    for word in ("oneOf", "anyOf"):
        for alternative in _fitting(schema.get(word, []), value):
            yield from _parts(alternative, value)


def _fitting(alternatives: list[Schema], value: Any) -> list[Schema]:
    if value is _ANYTHING or len(alternatives) < 2:
        return alternatives
    valid = [schema for schema in alternatives if _validator(schema).is_valid(value)]
    return valid or [
        min(alternatives, key=lambda schema: _distance(list(_validator(schema).iter_errors(value))))
    ]


def _resolved(schema: Schema) -> Schema:
    while "$ref" in schema:
        schema = {**_target(schema["$ref"]), **{key: value for key, value in schema.items() if key != "$ref"}}
    return schema


@cache
def _target(reference: str) -> Schema:
    return dict(_registry().resolver().lookup(reference).contents)


def _type_names(schema: Schema) -> set[str]:
    names = schema.get("type", [])
    found = {names} if isinstance(names, str) else set(names)
    return found | {"integer"} if "number" in found else found
