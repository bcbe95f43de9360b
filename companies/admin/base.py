"""The base of every page of the Portal: scoped to the member's operator, permitted by their role."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import RelatedOnlyFieldListFilter
from django.contrib.admin.utils import get_fields_from_path
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Field, Model, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from unfold.admin import ModelAdmin

from companies.admin.paging import BoundedPaginator
from companies.roles import Right
from config.tenancy import TenantModel


def may(request: HttpRequest, right: Right | None) -> bool:
    """Say whether the signed-in member may do something; `None` is what every member may."""
    return request.member is not None and (right is None or request.member.may(right))


def require(request: HttpRequest, right: Right | None) -> None:
    """Raise PermissionDenied unless the signed-in member may do something."""
    if not may(request, right):
        raise PermissionDenied


def actor(request: HttpRequest) -> str:
    """Return how the audit trail names the signed-in member: by address, because names repeat."""
    return request.user.email


class TenantModelAdmin(ModelAdmin):
    """Pages of one tenant table: everything scoped, every permission a Right."""

    view_right: Right | None = None
    add_right: Right | None = None
    change_right: Right | None = None
    delete_right: Right | None = None

    # One line that says what the page is for, and what an empty list says.
    purpose = ""
    list_title = ""
    add_label = "New"
    empty_title = "Nothing here yet"
    empty_text = ""

    actions = None
    list_per_page = 50
    list_max_show_all = 0
    list_filter_sheet = False
    show_full_result_count = False
    paginator = BoundedPaginator
    search_help_text = "Search"

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._permits(request, self.view_right, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._permits(request, self.add_right, None)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._permits(request, self.change_right, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._permits(request, self.delete_right, obj)

    def _permits(self, request: HttpRequest, right: Right | None, obj: Model | None) -> bool:
        foreign = obj is not None and obj.operator_id != request.operator_id
        return may(request, right) and not foreign

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        """Search by whole and first words only: anything else goes unindexed under row-level security."""
        term = search_term.strip()
        if not term:
            return queryset, False
        condition = Q(pk__in=[])
        for lookup in self.get_search_fields(request):
            if _takes(self.model, lookup, term):
                condition |= Q(**{lookup: term})
        return queryset.filter(condition), False

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        return [related_only(self.model, entry) for entry in super().get_list_filter(request)]

    def formfield_for_foreignkey(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["queryset"] = _scoped(db_field, kwargs.get("queryset"))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["queryset"] = _scoped(db_field, kwargs.get("queryset"))
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        title = self.list_title or capitalised(self.opts.verbose_name_plural)
        context = {"title": title, "purpose": self.purpose}
        return super().changelist_view(request, context | (extra_context or {}))

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        raise Http404("The audit trail has the history.")

    def log_addition(self, *args: Any) -> None:
        """Write nothing: the services write the audit trail."""

    log_change = log_deletions = log_addition


class ReadOnlyAdmin(TenantModelAdmin):
    """Pages that show and never change."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


def capitalised(text: Any) -> str:
    """Return a label with a capital first letter."""
    return str(text)[:1].upper() + str(text)[1:]


def related_only(model: type[Model], entry: Any) -> Any:
    """Return a list filter that offers only rows that are in the list, where the filter is on a relation."""
    name = entry if isinstance(entry, str) else entry[0] if isinstance(entry, tuple) else None
    if name and get_fields_from_path(model, name)[-1].is_relation:
        return (name, RelatedOnlyFieldListFilter)
    return entry


def _takes(model: type[Model], lookup: str, term: str) -> bool:
    try:
        model._meta.get_field(lookup.split("__")[0]).to_python(term)
    except ValidationError:
        return False
    return True


def _scoped(field: Field, queryset: QuerySet | None) -> QuerySet:
    model = field.remote_field.model
    if not issubclass(model, TenantModel):
        return model._base_manager.none()
    return model._default_manager.all() if queryset is None else queryset
