"""How far the check of a credential is, as the waiting page and its script see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from integrations.connectors.base import Connector
from integrations.models import CredentialCheck

PATIENCE = timedelta(seconds=15)
_SLOW = (
    "This takes longer than usual. We keep checking, and you can close this page. "
    "Open your link again later to see how it went."
)


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step: `state` is done, current or waiting."""

    name: str
    state: str


def steps_of(check: CredentialCheck, connector: Connector) -> list[Step]:
    """Return the steps of a check, with how far it got."""
    return [
        Step(name=name, state=_state(number, check.steps_done))
        for number, name in enumerate(connector.check_steps)
    ]


def message_of(check: CredentialCheck) -> str:
    """Return what to tell a person who waits; after 15 seconds, that they needn't."""
    waited = timezone.now() - check.started_at
    return _SLOW if waited > PATIENCE else "This takes a few seconds."


def _state(number: int, done: int) -> str:
    if number < done:
        return "done"
    return "current" if number == done else "waiting"
