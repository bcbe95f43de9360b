"""What a company can choose on the first page, and the connection that a choice leads to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from companies.models import Company, Connection
from integrations.catalogue import enabled_connectors
from integrations.connectors.base import Connector
from integrations.services.connections import connection_create

ACTOR = "SMB customer"
_LAPSED = {
    Connection.Status.DEAUTHORIZED: "Its API key doesn't work any more. Choose this to enter a new one.",
    Connection.Status.UNLINKED: "Not connected any more. Choose this to connect it again.",
}


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A tile: `value` is a platform key for a new connection, or the id of a lapsed one."""

    value: str
    name: str
    note: str = ""


def choices_for(company: Company) -> list[Choice]:
    """Return the tiles for a company: what its operator has switched on, and what can be connected again."""
    connections = list(Connection.objects.filter(company=company).order_by("created_at"))
    return [
        choice
        for connector in enabled_connectors()
        for choice in _choices_of(
            connector, [row for row in connections if row.platform_key == connector.platform_key]
        )
    ]


def _choices_of(connector: Connector, connections: list[Connection]) -> Iterable[Choice]:
    lapsed = [row for row in connections if row.status in _LAPSED]
    linked = [row.account_name for row in connections if row.status == Connection.Status.LINKED]
    for row in lapsed:
        yield Choice(
            value=str(row.id),
            name=f"{connector.name}: {row.account_name}",
            note=_LAPSED[Connection.Status(row.status)],
        )
    yield Choice(
        value=connector.platform_key,
        name=f"Another {connector.name} site" if lapsed else connector.name,
        note=_note(connector, linked),
    )


def _note(connector: Connector, linked: list[str]) -> str:
    if linked:
        return f"Already connected to {', '.join(linked)}. You can add another site."
    return "A preview: not everything is read yet." if connector.is_preview else ""


@transaction.atomic
def connection_for(*, company: Company, choice: Choice) -> Connection:
    """Return the connection to go on with: the lapsed one, the one begun before, or a new one."""
    # A second click waits here, and then finds what the first one made.
    Company.objects.select_for_update().get(pk=company.pk)
    connections = Connection.objects.filter(company=company).order_by("-created_at")
    if lapsed := next((row for row in connections if str(row.id) == choice.value), None):
        return lapsed
    begun = connections.filter(platform_key=choice.value, status=Connection.Status.PENDING).first()
    return begun or connection_create(company=company, platform_key=choice.value, actor=ACTOR)
