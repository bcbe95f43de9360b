"""What a test has done in a process of the program that it started: `python -m tests.chaos.errands NAME ARGUMENTS`.

`operator` makes an operator, `link OPERATOR SITE...` companies of its that are linked to sites: they print ids, one a
line. `ask OPERATOR CONNECTION...` asks for first syncs. `compare OPERATOR READ EXPECTED` prints how the rows of two
connections differ.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from uuid import UUID, uuid4

import django

django.setup()

from companies.models import Connection, Member  # noqa: E402
from config.tenancy import tenant_context  # noqa: E402
from integrations.services.syncs import sync_request  # noqa: E402
from tests.chaos.comparison import differences  # noqa: E402
from tests.chaos.scenario import KEY  # noqa: E402
from tests.conftest import Tenant, make_tenant  # noqa: E402
from tests.sandbox import check, pending  # noqa: E402


def operator() -> list[str]:
    """Return the id of a new operator."""
    made = make_tenant(name="Northwind Lending", email=f"{uuid4().hex[:8]}@example.org")
    return [str(made.operator.id)]


def link(operator: str, *sites: str) -> list[str]:
    """Return the ids of connections that are linked to sites."""
    with tenant_context(UUID(operator)):
        member = Member.objects.select_related("operator", "user").get()
    tenant = Tenant(operator=member.operator, member=member, user=member.user, api_key="")
    connections = {site: pending(tenant, name=f"{site} Bakery") for site in sites}
    for site, connection in connections.items():
        check(tenant, connection, site=site, key=KEY)
    return [str(connection.id) for connection in connections.values()]


def ask(operator: str, *connections: str) -> list[str]:
    """Ask for the first sync of each connection, in this order."""
    for connection in connections:
        with tenant_context(UUID(operator)):
            sync_request(connection=Connection.objects.get(pk=connection), requested_by="test")
    return []


def compare(operator: str, read: str, expected: str) -> list[str]:
    """Return how the rows of a connection differ from those of another of the same account."""
    with tenant_context(UUID(operator)):
        both = [Connection.objects.get(pk=pk) for pk in (read, expected)]
        return list(differences(*both, gone=set()))


if __name__ == "__main__":
    errands: dict[str, Callable[..., list[str]]] = {
        "operator": operator,
        "link": link,
        "ask": ask,
        "compare": compare,
    }
    print("\n".join(errands[sys.argv[1]](*sys.argv[2:])))
