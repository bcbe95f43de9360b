"""Companies and connections with all that their serializers read."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from companies.models import Company, Connection, ConnectionEvent

_ERRORS_SHOWN = 10
_ERROR_KINDS = (ConnectionEvent.Kind.FAILED, ConnectionEvent.Kind.DEAUTHORIZED)


def companies() -> QuerySet[Company]:
    """Return the companies with all that their serializer reads."""
    nested = Connection.objects.order_by("created_at").prefetch_related(_errors())
    return Company.objects.prefetch_related("link_urls", Prefetch("connections", nested))


def connections(among: QuerySet[Connection] | None = None) -> QuerySet[Connection]:
    """Return connections, all that there are or some, with all that their serializer reads."""
    rows = Connection.objects.all() if among is None else among
    return rows.select_related("company").prefetch_related("company__link_urls", _errors())


def _errors() -> Prefetch[str, QuerySet[ConnectionEvent], str]:
    newest = ConnectionEvent.objects.filter(kind__in=_ERROR_KINDS).order_by("-at")[:_ERRORS_SHOWN]
    return Prefetch("events", newest, to_attr="errors")
