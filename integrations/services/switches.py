"""Setting integrations: whether they are offered, how hard an account may be asked, and whether by the proxy too."""

from __future__ import annotations

from typing import Any

from companies.services.audit import audit
from integrations.catalogue import connector_for
from integrations.connectors.base import Connector
from integrations.models import IntegrationSetting
from integrations.models.settings import MOST_IN_FLIGHT


def integration_switch(*, platform_key: str, enabled: bool, actor: str) -> IntegrationSetting:
    """Offer an integration to the operator's companies, or stop offering it; raise UnknownIntegration."""
    connector = connector_for(platform_key)
    setting = _set(connector, enabled=enabled)
    audit(
        actor=actor,
        action="integration.enabled" if enabled else "integration.disabled",
        subject=connector.name,
    )
    return setting


def integration_set_in_flight(*, platform_key: str, in_flight: int, actor: str) -> IntegrationSetting:
    """Set how many requests an account gets at once; raise UnknownIntegration, or ValueError unless it is 1 to 4."""
    connector = connector_for(platform_key)
    if not 1 <= in_flight <= MOST_IN_FLIGHT:
        raise ValueError(f"Between 1 and {MOST_IN_FLIGHT} requests at once can be sent, not {in_flight}.")
    setting = _set(connector, in_flight=in_flight)
    audit(
        actor=actor, action="integration.requests_at_once", subject=connector.name, requests_at_once=in_flight
    )
    return setting


def integration_switch_proxy(*, platform_key: str, enabled: bool, actor: str) -> IntegrationSetting:
    """Let the operator's software look at accounts through the proxy, or not; raise UnknownIntegration."""
    connector = connector_for(platform_key)
    setting = _set(connector, proxy_enabled=enabled)
    audit(
        actor=actor,
        action="integration.proxy_enabled" if enabled else "integration.proxy_disabled",
        subject=connector.name,
    )
    return setting


def _set(connector: Connector, **values: Any) -> IntegrationSetting:
    setting, _ = IntegrationSetting.objects.update_or_create(
        platform_key=connector.platform_key, defaults=values
    )
    return setting
