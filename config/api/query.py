"""The `query` and `orderBy` parameters (grammar: reference codat/facts.md §3); `&&` binds tighter than `||`."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any, ClassVar, Generic, Protocol, Self, TypeVar
from uuid import UUID

from django.db import models
from django.db.models import Q, QuerySet
from rest_framework.exceptions import ParseError
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request

_LONGEST = 2048
_DEEPEST = 20
_TOKENS = re.compile(r"(&&|\|\||[{}])")
_CLAUSE = re.compile(r"([^=!~<>]+)(!=|<=|>=|[=~<>])(.+)", re.DOTALL)
_BIGGEST_NUMBER = 30

_EQUALITY = frozenset({"=", "!="})
_ORDERED = _EQUALITY | {"<", ">", "<=", ">="}
_LOOKUPS = {"=": "exact", "!=": "exact", "~": "icontains", "<": "lt", ">": "gt", "<=": "lte", ">=": "gte"}
_NOTHING = Q(pk__in=())


class Combinable(Protocol):
    """What a query is made into: `Q`, or a set."""

    def __and__(self, other: Any, /) -> Self: ...
    def __or__(self, other: Any, /) -> Self: ...


T = TypeVar("T", bound=Combinable)
# Property, operator, value.
ClauseReader = Callable[[str, str, str], T]


def malformed() -> ParseError:
    """Return the refusal of a query that does not follow the grammar."""
    return ParseError("Error parsing query - Malformed query.")


def unknown_property(name: str) -> ParseError:
    """Return the refusal of a property that the endpoint does not know."""
    return ParseError(f"Error parsing query - Could not resolve property {name} on Dataset")


def parse_query(text: str, read_clause: ClauseReader[T]) -> T:
    """Return a query, each clause read by `read_clause`; raise ParseError."""
    if len(text) > _LONGEST:
        raise ParseError(f"Error parsing query - The query is longer than {_LONGEST} characters.")
    if "\0" in text:
        raise malformed()
    return _Parser(text, read_clause).parse()


class _Parser(Generic[T]):
    """Recursive descent over the tokens."""

    def __init__(self, text: str, read_clause: ClauseReader[T]) -> None:
        self.tokens = [token for part in _TOKENS.split(text) if (token := part.strip())][::-1]
        self.read_clause = read_clause

    def parse(self) -> T:
        whole = self._any_of(0)
        if self.tokens:
            raise malformed()
        return whole

    def _any_of(self, depth: int) -> T:
        whole = self._all_of(depth)
        while self._take("||"):
            whole = whole | self._all_of(depth)
        return whole

    def _all_of(self, depth: int) -> T:
        whole = self._term(depth)
        while self._take("&&"):
            whole = whole & self._term(depth)
        return whole

    def _term(self, depth: int) -> T:
        if not self._take("{"):
            return self._clause()
        if depth >= _DEEPEST:
            raise malformed()
        inner = self._any_of(depth + 1)
        if not self._take("}"):
            raise malformed()
        return inner

    def _clause(self) -> T:
        found = _CLAUSE.fullmatch(self.tokens.pop()) if self.tokens else None
        if not found:
            raise malformed()
        name, operator, value = (part.strip() for part in found.groups())
        return self.read_clause(name, operator, value)

    def _take(self, token: str) -> bool:
        if not self.tokens or self.tokens[-1] != token:
            return False
        self.tokens.pop()
        return True


@dataclass(frozen=True)
class Field:
    """A property that can be queried: where it is in the model, and which values and operators it takes."""

    path: str
    operators: ClassVar[frozenset[str]] = _EQUALITY
    sortable: ClassVar[bool] = True

    def clause(self, operator: str, text: str) -> Q:
        """Return the condition; raise ParseError where operator or value don't fit the property."""
        if operator not in self.operators:
            raise malformed()
        try:
            return self.compare(operator, self.read(text))
        except (ValueError, InvalidOperation):
            raise malformed() from None

    def read(self, text: str) -> Any:
        """Return the value of a text; raise ValueError."""
        return text

    def compare(self, operator: str, value: Any) -> Q:
        """Return the condition for a value that was read."""
        condition = Q(**{f"{self.path}__{_LOOKUPS[operator]}": value})
        return ~condition if operator == "!=" else condition


class Text(Field):
    """A text; `~` finds what contains a value, in either case."""

    operators = _EQUALITY | {"~"}


class Identifier(Field):
    """A UUID."""

    def read(self, text: str) -> UUID:
        return UUID(text)


class Flag(Field):
    """True or false."""

    def read(self, text: str) -> bool:
        return {"true": True, "false": False}.get(text.lower()) or _false(text)


class Integer(Field):
    """A whole number in the database, compared with any number."""

    operators = _ORDERED

    def read(self, text: str) -> Decimal:
        number = Decimal(text)
        if not number.is_finite() or number.adjusted() > _BIGGEST_NUMBER:
            raise ValueError(text)
        return number

    def compare(self, operator: str, value: Decimal) -> Q:
        floor = math.floor(value)
        if floor == value:
            return super().compare(operator, floor)
        if operator in _EQUALITY:
            return _NOTHING if operator == "=" else ~_NOTHING
        return super().compare("<=", floor) if operator in {"<", "<="} else super().compare(">", floor)


class Moment(Field):
    """A time; without an offset it is UTC, and a bare date is its midnight."""

    operators = _ORDERED

    def read(self, text: str) -> datetime:
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class Day(Field):
    """A date."""

    operators = _ORDERED

    def read(self, text: str) -> date:
        return datetime.fromisoformat(text).date()


_FIELDS: tuple[tuple[type[models.Field[Any, Any]], type[Field]], ...] = (
    (models.UUIDField, Identifier),
    (models.BooleanField, Flag),
    (models.DateTimeField, Moment),
    (models.DateField, Day),
    (models.IntegerField, Integer),
)


def field_for(column: models.Field[Any, Any]) -> Field:
    """Return the property that a model's column makes."""
    kind = next((kind for column_type, kind in _FIELDS if isinstance(column, column_type)), Text)
    return kind(column.name)


class QueryFilter(BaseFilterBackend):
    """Filter and order a list by the properties in its view's `query_fields`."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        fields: Mapping[str, Field] = view.query_fields
        query, order = (request.query_params.get(name, "").strip() for name in ("query", "orderBy"))
        if query:
            queryset = queryset.filter(parse_query(query, partial(_condition, fields)))
        if order:
            queryset = queryset.order_by(*_order(order, fields), view.tie_breaker)
        return queryset

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        names = ", ".join(f"`{name}`" for name in view.query_fields)
        return [
            _parameter("query", f"Conditions joined by `&&`, `||` and braces. Properties: {names}."),
            _parameter("orderBy", "A property; with `-` before it, descending."),
        ]


def _condition(fields: Mapping[str, Field], name: str, operator: str, value: str) -> Q:
    if name not in fields:
        raise unknown_property(name)
    return fields[name].clause(operator, value)


def _order(text: str, fields: Mapping[str, Field]) -> Iterable[str]:
    name = text.removeprefix("-")
    if name not in fields or not fields[name].sortable:
        raise unknown_property(name)
    return ["-" + fields[name].path if text.startswith("-") else fields[name].path]


def _false(text: str) -> bool:
    if text.lower() != "false":
        raise ValueError(text)
    return False


def _parameter(name: str, description: str) -> dict[str, Any]:
    schema = {"type": "string"}
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}
