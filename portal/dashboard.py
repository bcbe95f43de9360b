"""The Portal's first page: where the companies stand, what ran last, what needs attention, what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from companies.models import Company, Connection
from integrations.catalogue import enabled_keys
from integrations.health import health_of
from integrations.models import Sync

SHOWN = 8
_COMPANIES, _INTEGRATIONS = "admin:companies_company_changelist", "admin:commerce-integrations"


@dataclass(frozen=True)
class Attention:
    """A connection that somebody has to look after, and what helps."""

    connection: Connection
    advice: str


@dataclass(frozen=True)
class Step:
    """One of the first steps of a new operator."""

    text: str
    url: str
    done: bool


def dashboard_context(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add the dashboard's figures to the admin index."""
    counts = status_counts()
    steps = first_steps(companies=sum(count["companies"] for count in counts), counts=counts)
    return context | {
        "title": "Dashboard",
        "purpose": "Where your companies stand, and what needs you.",
        "counts": counts,
        "steps": [] if all(step.done for step in steps) else steps,
        "attention": needs_attention(),
        "syncs": last_syncs(),
    }


def status_counts() -> list[dict[str, Any]]:
    """Return how many companies have a connection of each status, and how many have none."""
    counted = dict(
        Connection.objects.order_by().values_list("status").annotate(Count("company", distinct=True))
    )
    without = Company.objects.filter(~Exists(Connection.objects.filter(company=OuterRef("pk")))).count()
    listing = reverse(_COMPANIES)
    rows = [
        *((status.value, status.label, counted.get(status.value, 0)) for status in Connection.Status),
        ("none", "No connections", without),
    ]
    return [
        {"status": value, "label": label, "companies": number, "url": f"{listing}?status={value}"}
        for value, label, number in rows
    ]


def first_steps(*, companies: int, counts: list[dict[str, Any]]) -> list[Step]:
    """Return what a new operator does first, in order."""
    linked = any(count["companies"] for count in counts if count["status"] == Connection.Status.LINKED)
    return [
        Step("Switch on an integration", reverse(_INTEGRATIONS), bool(enabled_keys())),
        Step("Add a company", reverse(_COMPANIES), companies > 0),
        Step("Send its Link URL, and wait until your customer has connected", reverse(_COMPANIES), linked),
    ]


def needs_attention() -> list[Attention]:
    """Return connections that are cut off, can't be read or are out of date, or whose last sync failed."""
    linked = Q(status=Connection.Status.LINKED)
    ailing = linked & (~Q(problem="") | Q(stale_since__isnull=False))
    lost = Q(status=Connection.Status.DEAUTHORIZED) | Q(sync_state=Connection.SyncState.FAILED)
    found = Connection.objects.filter(lost | ailing).select_related("company").order_by("company__name", "id")
    health = health_of(shown := list(found[:SHOWN]))
    return [Attention(one, health[one.pk].message) for one in shown]


def last_syncs() -> QuerySet[Sync]:
    """Return the newest syncs."""
    live = {"connection__deleted_at": None, "connection__company__deleted_at": None}
    newest = Sync.objects.filter(**live).order_by("-requested_at")
    return newest.select_related("connection__company")[:SHOWN]
