"""What each page leaves behind: a line in the log, with no query, no body and no secret, and what is counted."""

from __future__ import annotations

import structlog

from integrations.connectors.base import Exchange
from integrations.models import PullOperation
from integrations.monitoring.counters import PAGES, ROWS_CHANGED, ROWS_READ, SECONDS, count
from integrations.sync.writer import Written

log = structlog.get_logger(__name__)


def page_written(
    operation: PullOperation,
    written: Written,
    exchange: Exchange,
    *,
    platform: str,
    map_seconds: float,
    write_seconds: float,
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
        map_ms=round(map_seconds * 1000),
        write_ms=round(write_seconds * 1000),
    )
    count(
        (PAGES, (platform, operation.stream), 1),
        (ROWS_READ, (platform, operation.stream), written.read),
        (ROWS_CHANGED, (platform, operation.stream), written.changed),
        (SECONDS, (platform, "map"), map_seconds),
        (SECONDS, (platform, "write"), write_seconds),
    )
