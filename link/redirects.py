"""Where Finish leads: the operator's redirect URL with its parameters filled in, to allow-listed hosts only.

The parameters are those of reference codat/facts.md §2.6; their names are case-sensitive, and one that has no value
becomes empty. They may stand in the path, the query and the fragment, never in the host.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote

from companies.models import Connection, Operator
from companies.redirects import is_allowed

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")

PARAMETERS = (
    "clientId",
    "companyId",
    "connectionId",
    "integrationId",
    "platform",
    "platformName",
    "sourceId",
    "sourceType",
    "statusCode",
)


def finish_url(*, operator: Operator, connection: Connection) -> str | None:
    """Return where Finish leads, or None where the operator has named no URL that is allowed."""
    template = operator.redirect_url
    if not is_allowed(template, operator.allowed_redirect_hosts):
        return None
    return fill(template, parameters_of(operator=operator, connection=connection))


def parameters_of(*, operator: Operator, connection: Connection) -> dict[str, str]:
    """Return the values of the documented parameters for a connection that succeeded."""
    return {
        "clientId": str(operator.id),
        "companyId": str(connection.company_id),
        "connectionId": str(connection.id),
        "integrationId": str(connection.integration_id),
        "platform": connection.platform_key,
        "platformName": connection.platform_name,
        "sourceId": str(connection.source_id),
        "sourceType": connection.source_type,
        "statusCode": "200",
    }


def fill(template: str, parameters: Mapping[str, str]) -> str:
    """Return a URL with every `{name}` replaced by its quoted value, or by nothing."""
    return _PLACEHOLDER.sub(lambda match: quote(parameters.get(match[1], ""), safe=""), template)
