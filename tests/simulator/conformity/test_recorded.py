"""Answers have the keys of the recorded and documented bodies, and values of their types (facts §8)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .allowed import DESCRIPTION, left_out, without_allowed
from .conftest import Clients
from .descriptions import types_at
from .endpoint import Endpoint
from .reference import needs_reference, recorded
from .shapes import Shape, shape, topmost
from .table import TABLE

pytestmark = needs_reference

COMPARED = [
    pytest.param(endpoint, name, id=f"{name}-{endpoint}") for endpoint in TABLE for name in endpoint.recorded
]


def missing_keys(name: str, answered: Shape) -> list[str]:
    """Return the recorded key paths that no answer has; of an absent object only the object itself."""
    return topmost(shape([recorded(name)]).keys() - answered.keys())


def other_types(operation: str, name: str, answered: Shape) -> Iterator[tuple[str, str, str]]:
    """Yield the key paths where answers hold a type that is neither recorded nor described."""
    for path, types in shape([recorded(name)]).items():
        described = types_at(operation, path)
        foreign = answered.get(path, set()) - types - described
        if foreign and (described or types != {"null"}):  # null alone says nothing of the type
            yield path, "type", f"{', '.join(sorted(foreign))}, recorded {', '.join(sorted(types))}"


@pytest.mark.parametrize(("endpoint", "name"), COMPARED)
def test_every_recorded_key_is_answered_or_left_out_for_a_reason(
    endpoint: Endpoint, name: str, clients: Clients
) -> None:
    answered = shape(endpoint.bodies(clients.of(endpoint).reader))
    missing = missing_keys(name, answered)
    assert set(missing) == left_out(name), "\n".join(missing)


@pytest.mark.parametrize(("endpoint", "name"), COMPARED)
def test_values_have_a_type_that_was_recorded_or_described(
    endpoint: Endpoint, name: str, clients: Clients
) -> None:
    answered = shape(endpoint.bodies(clients.of(endpoint).reader))
    found = without_allowed(endpoint.operation, other_types(endpoint.operation, name, answered), DESCRIPTION)
    assert not found, "\n".join(found)
