"""What each page leaves in the log: one line, with no query, no body and no secret."""

from __future__ import annotations

import structlog

from integrations.connectors.base import Exchange
from integrations.models import PullOperation
from integrations.sync.writer import Written

log = structlog.get_logger(__name__)


def page_written(
    operation: PullOperation, written: Written, exchange: Exchange, *, map_ms: int, write_ms: int
) -> None:
    """Report a page that was written; the engine has bound the sync and the connection to the line."""
    log.info(
        "page_written",
        stream=operation.stream,
        page=operation.pages,
        rows=written.read,
        changed=written.changed,
        status=exchange.status,
        vendor_request_id=exchange.request_id,
        fetch_ms=exchange.ms,
        map_ms=map_ms,
        write_ms=write_ms,
    )
