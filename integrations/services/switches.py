"""Switching integrations on and off."""

from __future__ import annotations

from companies.services.audit import audit
from integrations.catalogue import connector_for
from integrations.models import IntegrationSetting


def integration_switch(*, platform_key: str, enabled: bool, actor: str) -> IntegrationSetting:
    """Offer an integration to the operator's companies, or stop offering it; raise UnknownIntegration."""
    connector = connector_for(platform_key)
    setting, _ = IntegrationSetting.objects.update_or_create(
        platform_key=connector.platform_key, defaults={"enabled": enabled}
    )
    audit(
        actor=actor,
        action="integration.enabled" if enabled else "integration.disabled",
        subject=connector.name,
    )
    return setting
