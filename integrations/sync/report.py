"""What each page leaves behind: a line in the log, with no query, no body and no secret, and what is counted."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from integrations.models import PullOperation
from integrations.monitoring.counters import PAGES, ROWS_CHANGED, ROWS_READ, SECONDS, count
from integrations.sync.pages import Mapped
from integrations.sync.writer import Written

log = structlog.get_logger(__name__)


def pages_written(
    operation: PullOperation,
    written: Written,
    pages: Sequence[Mapped],
    *,
    platform: str,
    write_seconds: float,
) -> None:
    """Report pages that were written `together`; what changed and how long writing took is theirs as a whole.

    The engine has bound the sync and the connection to the lines.
    """
    for number, page in enumerate(pages, operation.pages - len(pages) + 1):
        exchange = page.chunk.exchange
        log.info(
            "page_written",
            stream=operation.stream,
            page=number,
            rows=len(page.rows),
            status=exchange.status,
            vendor_request_id=exchange.request_id,
            fetch_ms=exchange.ms,
            map_ms=round(page.seconds * 1000),
            together=len(pages),
            changed=written.changed,
            write_ms=round(write_seconds * 1000),
        )
    count(
        (PAGES, (platform, operation.stream), len(pages)),
        (ROWS_READ, (platform, operation.stream), written.read),
        (ROWS_CHANGED, (platform, operation.stream), written.changed),
        (SECONDS, (platform, "map"), sum(page.seconds for page in pages)),
        (SECONDS, (platform, "write"), write_seconds),
    )
