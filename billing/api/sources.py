"""Views of what was read from a connection."""

from __future__ import annotations

from functools import cached_property

from companies.api.base import ClientView
from companies.models import Connection
from config.api.errors import Conflict


class SourceView(ClientView):
    """A view of one connection's data."""

    @cached_property
    def source(self) -> Connection:
        """Return the connection; raise Conflict where nothing was ever read from it."""
        connection = self.connection()
        if connection.sync_state == Connection.SyncState.NEVER:
            raise Conflict("The data set has not been requested.")
        return connection
