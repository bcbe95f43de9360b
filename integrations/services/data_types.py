"""Which Streams each data type is read from: its own, and for one of the commerce model whatever else it is made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from billing.commerce.sources import leads, made_from
from integrations.catalogue import connector_for
from integrations.connectors.base import Connector, Stream
from integrations.models import PullOperation


def data_types_read_by(stream: Stream) -> list[str]:
    """Return the data types that a stream is read for, its own first."""
    return [stream.data_type, *(name for name in made_from(stream.table) if name != stream.data_type)]


def streams_of(connector: Connector, data_type: str) -> list[str]:
    """Return the streams that a data type is read from, in the order in which they are read."""
    return [stream.name for stream in connector.streams if data_type in data_types_read_by(stream)]


def all_data_types(connector: Connector) -> list[str]:
    """Return every data type that an integration gives."""
    return list(dict.fromkeys(name for stream in connector.streams for name in data_types_read_by(stream)))


def operations_by_data_type(operations: Iterable[PullOperation]) -> dict[str, list[PullOperation]]:
    """Return pull operations by what they are read for: an order's is a payment's too."""
    found: dict[str, list[PullOperation]] = defaultdict(list)
    led = set()
    for operation in operations:
        stream = _stream_of(operation)
        # A stream that is no longer read still has its history.
        for name in data_types_read_by(stream) if stream else [operation.data_type]:
            found[name].append(operation)
            if stream is None or leads(stream.table, name):
                led.add(name)
    return {name: read for name, read in found.items() if name in led}


def furthest_behind(operations: Iterable[PullOperation]) -> PullOperation:
    """Return the latest pull operation that isn't complete; the latest of all where all are."""
    complete = PullOperation.Status.COMPLETE
    return max(operations, key=lambda one: (one.status != complete, one.sync.requested_at, one.position))


def _stream_of(operation: PullOperation) -> Stream | None:
    streams = connector_for(operation.connection.platform_key).streams
    return next((stream for stream in streams if stream.name == operation.stream), None)
