"""The catalogue of integrations: one connector a vendor, named in `settings.CONNECTORS`."""

from __future__ import annotations

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from integrations.connectors.base import Connector
from integrations.models import IntegrationSetting


class UnknownIntegration(LookupError):
    """No connector has this platform key."""


@cache
def catalogue() -> dict[str, Connector]:
    """Return every connector by its platform key, in the order of the settings."""
    return {key: import_string(path)() for key, path in settings.CONNECTORS.items()}


def connector_for(platform_key: str) -> Connector:
    """Return one connector; raise UnknownIntegration."""
    try:
        return catalogue()[platform_key]
    except KeyError:
        raise UnknownIntegration(f"There is no integration with the platform key {platform_key!r}.") from None


def enabled_keys() -> set[str]:
    """Return the platform keys that the current operator has switched on."""
    return set(IntegrationSetting.objects.filter(enabled=True).values_list("platform_key", flat=True))


def enabled_connectors() -> list[Connector]:
    """Return the connectors that the current operator has switched on."""
    keys = enabled_keys()
    return [connector for key, connector in catalogue().items() if key in keys]
