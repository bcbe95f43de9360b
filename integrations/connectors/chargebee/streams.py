"""What Chargebee lets us read in this preview, and how each list is walked (facts §11).

Oldest change first: what changes meanwhile moves behind the cursor's place and is read once more.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from integrations.connectors.base import ConnectorError, Pager, Problem, Stream
from integrations.connectors.chargebee import mapping
from integrations.connectors.masking import nulled

LARGEST_PAGE = 100
# inferred: a deletion is a change, with a time of its own.
# inferred: a cursor is a place (time and id), not a count of rows, as its form `["1612890918000","230000000082"]` says.
_ALL = {"sort_by[asc]": "updated_at", "include_deleted": "true"}

# A permanent token, with which a gateway charges (Chargebee API docs, "Payment Parameters").
without_secrets = nulled("reference_id")


class _List(msgspec.Struct):
    entries: list[dict[str, msgspec.Raw]] = msgspec.field(name="list")


class _Next(msgspec.Struct):
    next_offset: str | None = None


_LIST = msgspec.json.Decoder(_List)
_NEXT = msgspec.json.Decoder(_Next)


def changed_since(moment: datetime) -> dict[str, str]:
    """Return the filter for what changed after a moment, in unix seconds."""
    return {"updated_at[after]": str(int(moment.timestamp()))}


def each(key: str) -> Callable[[bytes], list[msgspec.Raw]]:
    """Return a reader of `{"list": [{"customer": {}, "card": {}}, …]}`; what stands beside is not kept."""

    def read(answer: bytes) -> list[msgspec.Raw]:
        entries = _decoded(_LIST, answer).entries
        if any(key not in entry for entry in entries):
            raise ConnectorError(Problem.INTERNAL, f"a list's entry without {key!r}")
        return [entry[key] for entry in entries]

    return read


def next_offset(answer: bytes) -> str:
    """Return the cursor of the page after this one, "" on the last."""
    return _decoded(_NEXT, answer).next_offset or ""


def _decoded(decoder: msgspec.json.Decoder[Any], answer: bytes) -> Any:
    try:
        return decoder.decode(answer)
    except msgspec.ValidationError as error:
        raise ConnectorError(Problem.INTERNAL, f"an answer of another shape: {error}") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConnectorError(Problem.NOT_JSON, f"{error}: {answer[:100]!r}") from error


STREAMS = (
    Stream(
        name="customers",
        table="customer",
        data_type="commerce-customers",
        path="/customers",
        query=_ALL,
        pager=Pager.TOKEN,
        page_size=LARGEST_PAGE,
        items=each("customer"),
        map=mapping.customer_row,
        since=changed_since,
        mapper_version=mapping.MAPPER_VERSION,
    ),
    Stream(
        name="subscriptions",
        table="subscription",
        data_type="billing-subscriptions",
        path="/subscriptions",
        query=_ALL,
        pager=Pager.TOKEN,
        page_size=LARGEST_PAGE,
        items=each("subscription"),
        map=mapping.subscription_row,
        since=changed_since,
        mapper_version=mapping.MAPPER_VERSION,
    ),
)
# Nothing else is ever asked for.
PATHS = frozenset(stream.path for stream in STREAMS)
