"""Chargify's answers taken apart: the raw bodies in each wrapper, to the byte save for secrets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from integrations.connectors.base import ConnectorError, Problem
from integrations.connectors.chargify.bodies import NO_JSON
from integrations.connectors.masking import nulled

_WRAPPED = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])
_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ANY = msgspec.json.Decoder()
_LIST = msgspec.json.Decoder(list[msgspec.Raw])
# With the vault's tokens a card can be charged, with the page's token a subscription be managed (vendor OpenAPI).
without_secrets = nulled("vault_token", "customer_vault_token", "self_service_page_token")


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


def whole(key: str) -> Callable[[bytes], list[msgspec.Raw]]:
    """Return a reader of an object without a wrapper, which has a key at least."""

    def read(answer: bytes) -> list[msgspec.Raw]:
        _under(key, _decoded(_OBJECT, answer))
        return [msgspec.Raw(answer)]

    return read


def count_under(*keys: str) -> Callable[[bytes], int | None]:
    """Return a reader of a number within objects, e.g. `{"stats": {"total_subscriptions": 7}}`."""

    def read(answer: bytes) -> int | None:
        found = _decoded(_ANY, answer)
        for key in keys:
            found = found.get(key) if isinstance(found, dict) else None
        return found if isinstance(found, int) else None

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
