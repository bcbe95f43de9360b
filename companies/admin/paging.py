"""Paging of lists that may hold a million rows."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.utils.functional import cached_property


class BoundedPaginator(Paginator):
    """A paginator that counts up to a limit, so that opening a huge list costs no more than a large one."""

    limit = 100_000
    template_name = "portal/_pagination.html"

    @cached_property
    def count(self) -> int:
        return self.object_list.order_by()[: self.limit].count()

    @property
    def is_bounded(self) -> bool:
        """Say whether there may be more rows than were counted."""
        return self.count >= self.limit
