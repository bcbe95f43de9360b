"""A raw body read again: what its connector makes of it, for Records as they once were.

Connectors stand in a layer above, which says at start-up how it reads (`integrations/apps.py`). Today's reading is used
for yesterday's bodies, so that a column that came later has its value in the past, and a mended mapping mends that too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from companies.models import Connection

Columns = Mapping[str, Any]


class BodyUnreadable(ValueError):
    """Nothing can be made of a body any more; the reason is for people and holds no value of it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a body says: its Record (table and columns) and, by table, what stands on that where it lists it."""

    table: str
    columns: Columns
    parts: Mapping[str, Sequence[Columns]]


# From the name of a Stream and a body; raises BodyUnreadable.
Reader = Callable[[str, bytes], Reading]

_openers: list[Callable[[Connection], Reader]] = []


def read_by(opener: Callable[[Connection], Reader]) -> None:
    """Take over how the bodies of a connection are read."""
    _openers[:] = [opener]


def reader_of(connection: Connection) -> Reader:
    """Return how the bodies of a connection are read."""
    return _openers[0](connection)
