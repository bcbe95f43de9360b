"""The log of requests to vendors: each is written, shown for a while and then forgotten."""

from __future__ import annotations

import threading
from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from companies.models import Connection
from config.tenancy import current_operator_id, tenant_context
from integrations.connectors.base import Exchange
from integrations.models import VendorRequest
from integrations.monitoring.counters import REQUESTS, SECONDS, count

KEPT_FOR = timedelta(days=30)
_BATCH = 5_000
_LONGEST_PATH = VendorRequest._meta.get_field("path").max_length
_LONGEST_ID = VendorRequest._meta.get_field("vendor_request_id").max_length


class RequestLog:
    """The requests of one session that are not in the database yet; the session's threads note them here."""

    def __init__(self, *, connection: Connection, sync_id: UUID | None = None) -> None:
        self._connection_id, self._sync_id = connection.pk, sync_id
        self._platform = connection.platform_key
        self._noted: list[Exchange] = []
        self._noting = threading.Lock()

    def note(self, exchange: Exchange) -> None:
        """Take a request down, and count it."""
        with self._noting:
            self._noted.append(exchange)
        count(
            (REQUESTS, (self._platform, str(exchange.status or "none")), 1),
            (SECONDS, (self._platform, "fetch"), exchange.ms / 1000),
        )

    def write(self) -> int:
        """Write what was noted, in the caller's transaction; return how many to `forget` once it is committed."""
        with self._noting:
            noted = self._noted.copy()
        VendorRequest.objects.bulk_create([self._row(exchange) for exchange in noted])
        return len(noted)

    def forget(self, count: int) -> None:
        """Drop the oldest, which are written."""
        with self._noting:
            del self._noted[:count]

    def flush(self, *, operator_id: UUID) -> None:
        """Write, in a transaction of its own, what no page has taken along; a deleted connection gets nothing more."""
        if not self._noted:
            return
        with tenant_context(operator_id):
            lives = Connection.objects.filter(pk=self._connection_id).exists()
            count = self.write() if lives else 0
        self.forget(count)

    def _row(self, exchange: Exchange) -> VendorRequest:
        # The id is the vendor's text: PostgreSQL refuses some of what a header may hold.
        named = "".join(filter(str.isprintable, exchange.request_id))
        return VendorRequest(
            operator_id=current_operator_id(),
            connection_id=self._connection_id,
            sync=self._sync_id,
            at=exchange.at,
            path=exchange.path[:_LONGEST_PATH],
            status=exchange.status,
            ms=exchange.ms,
            vendor_request_id=named[:_LONGEST_ID],
        )


def requests_forget_old(*, operator_id: UUID) -> int:
    """Delete an operator's requests that are older than is kept, in short transactions; return how many."""
    forgotten, oldest = 0, timezone.now() - KEPT_FOR
    while True:
        with tenant_context(operator_id):
            old = VendorRequest.objects.filter(at__lt=oldest).values_list("pk", flat=True)[:_BATCH]
            count, _ = VendorRequest.objects.filter(pk__in=list(old)).delete()
        forgotten += count
        if count < _BATCH:
            return forgotten
