"""How each data type is fetched: an operator's settings of an integration, or a company's where it differs."""

from __future__ import annotations

from datetime import datetime

from companies.models import Company, Connection
from integrations.catalogue import catalogue, connector_for
from integrations.connectors.base import Stream
from integrations.models import CompanySyncSetting, DefaultSyncSetting, IntegrationSetting, SyncSettingValues

SyncSettings = dict[str, SyncSettingValues]


def data_types_of(platform_key: str) -> list[str]:
    """Return an integration's data types in the order in which they are read; raise UnknownIntegration."""
    return list(dict.fromkeys(stream.data_type for stream in connector_for(platform_key).streams))


def in_flight_of(platform_key: str) -> int:
    """Return how many requests the operator lets an account of an integration get at once."""
    saved = IntegrationSetting.objects.filter(platform_key=platform_key).first()
    return (saved or IntegrationSetting()).in_flight


def has_proxy(platform_key: str) -> bool:
    """Say whether the operator lets its software look at accounts of an integration through the proxy."""
    return IntegrationSetting.objects.filter(platform_key=platform_key, proxy_enabled=True).exists()


def default_settings(platform_key: str) -> SyncSettings:
    """Return the operator's settings of an integration, by data type."""
    settings: SyncSettings = {
        data_type: DefaultSyncSetting(platform_key=platform_key, data_type=data_type)
        for data_type in data_types_of(platform_key)
    }
    saved = DefaultSyncSetting.objects.filter(platform_key=platform_key, data_type__in=settings)
    return settings | {setting.data_type: setting for setting in saved}


def settings_of(*, company: Company, platform_key: str) -> SyncSettings:
    """Return how an integration's data types are fetched from a company."""
    settings = default_settings(platform_key)
    own = CompanySyncSetting.objects.filter(company=company, data_type__in=settings)
    return settings | {setting.data_type: setting for setting in own}


def company_settings(company: Company) -> SyncSettings:
    """Return how every data type of a company's integrations is fetched; of all, where it has none yet.

    Where two integrations have a data type, the one that was connected first is shown.
    """
    connected = Connection.objects.filter(company=company).order_by("created_at")
    keys = list(connected.values_list("platform_key", flat=True)) or list(catalogue())
    settings: SyncSettings = {}
    for key in dict.fromkeys(keys):
        settings = settings_of(company=company, platform_key=key) | settings
    return settings


def window_start(*, connection: Connection, stream: Stream, now: datetime) -> datetime | None:
    """Return the time before whose changes a stream isn't read, None where all is: also where it has no filter."""
    if stream.since is None:
        return None
    settings = settings_of(company=connection.company, platform_key=connection.platform_key)
    return settings[stream.data_type].window_start(now)
