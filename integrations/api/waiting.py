"""Waiting for a worker, no longer than clients wait for an answer."""

from __future__ import annotations

import time
from typing import TypeVar

from config.tenancy import tenant_context
from integrations.models import ConnectionTest, CredentialCheck

# Clients give up after 5 s (reference codat/facts.md §0).
_LONGEST_WAIT = 3.5
_PAUSE = 0.1

WorkT = TypeVar("WorkT", CredentialCheck, ConnectionTest)


def wait_for(work: WorkT) -> WorkT:
    """Return what a worker is doing once it has ended, or as it stands when there is no more time."""
    deadline = time.monotonic() + _LONGEST_WAIT
    while work.outcome == work.Outcome.RUNNING and time.monotonic() < deadline:
        time.sleep(_PAUSE)
        with tenant_context(work.operator_id):
            work = type(work).objects.get(pk=work.pk)
    return work
