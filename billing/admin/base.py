"""What the pages of all records have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlencode

import msgspec
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from billing.admin.filters import CompanyFilter, DeletedFilter, TestSiteFilter
from billing.admin.history import history_section
from billing.admin.values import Links, label, linked_value, record_url, value
from billing.models import Record
from companies.admin.base import ReadOnlyAdmin, capitalised, require
from companies.admin.pages import DELETED, TEST_SITE, page
from companies.roles import Right

Group = tuple[str, Sequence[str]]


@dataclass(frozen=True)
class Related:
    """A table of other records on a record's page: those whose column `by` names it."""

    model: type[Record]
    by: str
    columns: Sequence[str]
    limit: int = 20


class RecordAdmin(ReadOnlyAdmin):
    """A searchable, read-only list of one kind of record, and its page."""

    view_right = Right.VIEW_DATA
    empty_title = "No records yet"
    empty_text = "They arrive with the first sync, soon after a company has connected."

    # Titles and columns of the page's groups; columns that name other records; tables of other records.
    groups: ClassVar[Sequence[Group]] = ()
    links: ClassVar[Links] = {}
    related: ClassVar[Sequence[Related]] = ()

    list_filter: ClassVar[list[Any]] = [CompanyFilter, TestSiteFilter, DeletedFilter]
    list_select_related = ("connection__company",)
    search_fields: ClassVar[Sequence[str]] = ("source_id__exact",)
    search_help_text = "ID"
    ordering = ("-source_created_at", "id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Record]:
        live = {"connection__deleted_at": None, "connection__company__deleted_at": None}
        return super().get_queryset(request).filter(**live)

    def get_list_display(self, request: HttpRequest) -> list[str]:
        return [*self.list_display, "company", "marks", "created"]

    @admin.display(description="Company")
    def company(self, record: Record) -> SafeString:
        return company_link(record)

    @admin.display(description="Marks")
    def marks(self, record: Record) -> SafeString:
        return marks(record)

    @admin.display(description="Created", ordering="source_created_at")
    def created(self, record: Record) -> str:
        return value(record, "source_created_at")

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show one record: typed fields, related records, raw body, history."""
        require(request, self.view_right)
        record = self.get_object(request, object_id)
        if record is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        kind = capitalised(self.opts.verbose_name)
        listing = reverse(f"admin:billing_{self.opts.model_name}_changelist")
        return page(
            request,
            "portal/record.html",
            title=f"{kind} {record}",
            crumbs=[(capitalised(self.opts.verbose_name_plural), listing)],
            record=record,
            company=company_link(record),
            marks=marks(record),
            groups=[(title, self._facts(record, names)) for title, names in self.groups],
            tables=[table for spec in self.related if (table := related_table(record, spec))],
            raw=pretty(self.raw_body(record)),
            history=history_section(request, record),
        )

    def raw_body(self, record: Record) -> bytes | None:
        """Return the body that the record was read from."""
        return record.raw_body()

    def _facts(self, record: Record, names: Sequence[str]) -> list[tuple[str, str]]:
        return [(label(self.model, name), linked_value(record, name, self.links)) for name in names]


def related_table(record: Record, spec: Related) -> dict[str, Any] | None:
    """Return a table of the records that name this one, or None where there are none."""
    wanted = {"connection_id": record.connection_id, spec.by: record.source_id}
    found = spec.model.objects.filter(**wanted).order_by("-source_created_at", "id")
    rows = list(found[: spec.limit + 1])
    if not rows:
        return None
    query = urlencode({"connection__exact": record.connection_id, f"{spec.by}__exact": record.source_id})
    listing = reverse(f"admin:billing_{spec.model._meta.model_name}_changelist")
    return {
        "title": capitalised(spec.model._meta.verbose_name_plural),
        "headings": [label(spec.model, name) for name in spec.columns],
        "rows": [_cells(row, spec.columns) for row in rows[: spec.limit]],
        "all_url": f"{listing}?{query}" if len(rows) > spec.limit else "",
    }


def _cells(record: Record, columns: Sequence[str]) -> list[str]:
    first, *others = columns
    text = value(record, first)
    link = format_html('<a class="tb-link" href="{}"><bdi>{}</bdi></a>', record_url(record), text)
    gone = format_html("{} {}", link, DELETED) if record.deleted_at else link
    return [gone, *(value(record, name) for name in others)]


def company_link(record: Record) -> SafeString:
    """Return a link to the company that a record belongs to."""
    company = record.connection.company
    url = reverse("admin:companies_company_change", args=[company.pk])
    return format_html('<a class="tb-link" href="{}"><bdi>{}</bdi></a>', url, company.name)


def marks(record: Record) -> SafeString:
    """Return what nobody may overlook: a test site's record, a deleted record."""
    test = TEST_SITE if record.connection.is_test else ""
    return format_html('<span class="tb-pills">{} {}</span>', test, DELETED if record.deleted_at else "")


def pretty(body: bytes | None) -> str:
    """Return a raw body in lines; one that is not JSON as it is."""
    if not body:
        return ""
    try:
        return msgspec.json.format(body, indent=2).decode()
    except (msgspec.DecodeError, UnicodeDecodeError):
        return body.decode(errors="replace")
