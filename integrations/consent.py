"""The permissions text that an SMB customer agrees to, with its version."""

from __future__ import annotations

from dataclasses import dataclass

from companies.models import Connection, ConnectionEvent, Consent
from integrations.connectors.base import Connector

TEXT_VERSION = "2026-11c"
_STOPPED = (ConnectionEvent.Kind.UNLINKED, ConnectionEvent.Kind.DEAUTHORIZED)


@dataclass(frozen=True, kw_only=True)
class ConsentText:
    """What Link shows before it asks for a key; `as_text` is what goes on record."""

    asks: str
    reads: tuple[str, ...]
    never: tuple[str, ...]
    stop: str
    version: str = TEXT_VERSION

    def as_text(self) -> str:
        """Return the text as it was shown, line by line."""
        lines = [self.asks, "Read:", *self.reads, "Never:", *self.never, self.stop]
        return "\n".join(lines)


def consent_text(*, connector: Connector, operator_name: str, company_name: str) -> ConsentText:
    """Return the permissions text for one operator, company and vendor."""
    vendor = connector.name
    return ConsentText(
        asks=f"{operator_name} asks to read the {vendor} billing data of {company_name}.",
        reads=tuple(connector.reads),
        never=(
            f"Nothing in your {vendor} account is changed: we only ever read.",
            "Card numbers are never read: the vendor only hands out their last digits.",
            "Your API key is encrypted at once, and is never shown to anybody again.",
        ),
        stop=(
            f"You can stop this at any time: delete the API key in {vendor}, or ask {operator_name} to unlink. "
            f"{operator_name} keeps what was read before until it deletes it."
        ),
    )


def consent_give(
    *, connection: Connection, text: ConsentText, ip_address: str | None, user_agent: str
) -> Consent:
    """Put on record that the customer agreed to a text."""
    return Consent.objects.create(
        connection=connection,
        text_version=text.version,
        text=text.as_text(),
        ip_address=ip_address,
        user_agent=user_agent[:300],
    )


def consent_given(connection: Connection) -> bool:
    """Say whether the customer agreed to the current text for this connection, since it was last stopped."""
    given = Consent.objects.filter(connection=connection, text_version=TEXT_VERSION)
    stopped = ConnectionEvent.objects.filter(connection=connection, kind__in=_STOPPED).order_by("-at").first()
    return given.filter(given_at__gt=stopped.at).exists() if stopped else given.exists()
