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


class United:
    """The rows of several querysets that give the same columns, in one order."""

    def __init__(self, arms: Sequence[QuerySet[Any]], order: Sequence[Any]) -> None:
        self.arms, self.order = arms, order

    def __len__(self) -> int:
        return self._joined([arm.order_by() for arm in self.arms]).count()

    def __getitem__(self, part: slice) -> list[Row]:
        # No more of each table than the part could need: so its index gives the order, and nothing is sorted whole.
        cut = [arm.order_by(*self.order)[: part.stop] for arm in self.arms]
        return list(self._joined(cut).order_by(*self.order)[part]) if len(cut) > 1 else list(cut[0][part])

    def _joined(self, arms: Sequence[QuerySet[Any]]) -> QuerySet[Any]:
        first, *others = arms
        return first.union(*others, all=True) if others else first


class UnitedView(RecordsView):
    """A list out of several querysets."""

    pagination_class = CountedPaging
    # By columns of the querysets; the last ones settle the order.
    default_order: ClassVar[Sequence[str]]

    def arms(self) -> Sequence[QuerySet[Any]]:
        """Return the querysets."""
        raise NotImplementedError

    def records(self, model: type[Record]) -> QuerySet[Any]:
        """Return a table's records of this connection."""
        return model.objects.filter(connection=self.source, deleted_at=None)

    def page(self) -> Sequence[Any]:
        """Return the rows that the request asks for; conditions go to each table, where its indexes are."""
        arms = [self.filter_queryset(arm.order_by(*self.default_order)) for arm in self.arms()]
        return self.paginate_queryset(United(arms, arms[0].query.order_by)) or []  # type: ignore[arg-type]

    def found(self, asked: str) -> list[Row]:
        wanted = [arm.filter(**{self.id_column: asked}) for arm in self.arms()]
        return United(wanted, self.default_order)[:1]
