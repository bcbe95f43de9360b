"""Writing the audit trail."""

from __future__ import annotations

from typing import Any

from companies.models import AuditEvent


def audit(
    *, actor: str, action: str, subject: str, ip_address: str | None = None, **details: Any
) -> AuditEvent:
    """Put an action on record; `details` must hold no secret."""
    return AuditEvent.objects.create(
        actor=actor, action=action, subject=subject, ip_address=ip_address, details=details
    )
