"""Chargify's answers taken apart: the raw bodies in each wrapper, to the byte."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from integrations.connectors.base import ConnectorError, Problem
from integrations.connectors.chargify.bodies import NO_JSON

_WRAPPED = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])
_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])
_LIST = msgspec.json.Decoder(list[msgspec.Raw])


def each_wrapped(key: str) -> Callable[[bytes], list[msgspec.Raw]]:
    """Return a reader of `[{"customer": {}}, …]`."""

    def read(answer: bytes) -> list[msgspec.Raw]:
        return [_under(key, entry) for entry in _decoded(_WRAPPED, answer)]

    return read


def list_under(key: str) -> Callable[[bytes], list[msgspec.Raw]]:
    """Return a reader of `{"invoices": [{}, …]}`."""

    def read(answer: bytes) -> list[msgspec.Raw]:
        rows: list[msgspec.Raw] = _decoded(_LIST, bytes(_under(key, _decoded(_OBJECT, answer))))
        return rows

    return read


def single(key: str) -> Callable[[bytes], list[msgspec.Raw]]:
    """Return a reader of `{"site": {}}`."""

    def read(answer: bytes) -> list[msgspec.Raw]:
        return [_under(key, _decoded(_OBJECT, answer))]

    return read


def _decoded(decoder: msgspec.json.Decoder[Any], answer: bytes) -> Any:
    try:
        return decoder.decode(answer)
    except msgspec.ValidationError as error:
        raise ConnectorError(Problem.INTERNAL, f"an answer of another shape: {error}") from error
    except NO_JSON as error:
        raise ConnectorError(Problem.NOT_JSON, f"{error}: {answer[:100]!r}") from error


def _under(key: str, entry: dict[str, msgspec.Raw]) -> msgspec.Raw:
    if key not in entry:
        raise ConnectorError(Problem.INTERNAL, f"an answer without {key!r}")
    return entry[key]
