"""Lists that several tables make together, in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import Max, QuerySet

from billing.api.paging import CountedPaging
from billing.api.views import RecordsView
from billing.commerce.values import Row
from billing.models import Record

NEWEST = {"changed": Max("changed_at"), "updated": Max("source_updated_at")}


class UnitedView(RecordsView):
    """The rows of several querysets that give the same columns, as one list."""

    pagination_class = CountedPaging
    # By columns of the querysets; the last one settles the order.
    default_order: ClassVar[Sequence[str]]

    def arms(self) -> Sequence[QuerySet[Any]]:
        """Return the querysets."""
        raise NotImplementedError

    def records(self, model: type[Record]) -> QuerySet[Any]:
        """Return a table's records of this connection."""
        return model.objects.filter(connection=self.source, deleted_at=None)

    def get_queryset(self) -> QuerySet[Any]:
        return _united(self.arms(), self.default_order)

    def page(self) -> Sequence[Any]:
        """Return the rows that the request asks for; conditions go to each table, where its indexes are."""
        arms = [self.filter_queryset(arm.order_by(*self.default_order)) for arm in self.arms()]
        return self.paginate_queryset(_united(arms, arms[0].query.order_by)) or []

    def found(self, asked: str) -> list[Row]:
        wanted = [arm.filter(**{self.id_column: asked}) for arm in self.arms()]
        return list(_united(wanted, self.default_order)[:1])


def _united(arms: Sequence[QuerySet[Any]], order: Sequence[Any]) -> QuerySet[Any]:
    first, *others = [arm.order_by() for arm in arms]
    return (first.union(*others, all=True) if others else first).order_by(*order)
