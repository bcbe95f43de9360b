"""Setting how data types are fetched, and when each is synced next; `services/syncs.py` does it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import (
    Case,
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    Q,
    QuerySet,
    Value,
    When,
)
from django.utils import timezone

from companies.models import Company, Connection
from companies.services.audit import audit
from integrations.models import CompanySyncSetting, DataTypeSchedule, DefaultSyncSetting
from integrations.services.settings import default_settings, settings_of

# By data type: the values of `SyncSettingValues` by field.
NewSettings = Mapping[str, Mapping[str, Any]]


@transaction.atomic
def default_settings_set(*, platform_key: str, settings: NewSettings, actor: str) -> None:
    """Set how data types of an integration are fetched from every company that doesn't differ."""
    for data_type, values in settings.items():
        DefaultSyncSetting.objects.update_or_create(
            platform_key=platform_key, data_type=data_type, defaults=values
        )
    _apply_defaults(platform_key)
    audit(actor=actor, action="sync_settings.changed", subject=platform_key, data_types=sorted(settings))


@transaction.atomic
def default_settings_reset(*, platform_key: str, actor: str) -> None:
    """Forget the operator's settings of an integration."""
    DefaultSyncSetting.objects.filter(platform_key=platform_key).delete()
    _apply_defaults(platform_key)
    audit(actor=actor, action="sync_settings.reset", subject=platform_key)


@transaction.atomic
def company_settings_set(*, company: Company, settings: NewSettings, actor: str) -> None:
    """Set how data types are fetched from one company, whatever the operator's settings say."""
    for data_type, values in settings.items():
        CompanySyncSetting.objects.update_or_create(company=company, data_type=data_type, defaults=values)
    _apply(company)
    audit(
        actor=actor,
        action="company.sync_settings_changed",
        subject=str(company.id),
        data_types=sorted(settings),
    )


@transaction.atomic
def company_settings_reset(*, company: Company, actor: str) -> None:
    """Let the operator's settings hold for a company again."""
    CompanySyncSetting.objects.filter(company=company).delete()
    _apply(company)
    audit(actor=actor, action="company.sync_settings_reset", subject=str(company.id))


def schedules_start(*, connection: Connection) -> None:
    """Give a linked connection a schedule for every data type that has none yet, counting from now."""
    now = timezone.now()
    settings = settings_of(company=connection.company, platform_key=connection.platform_key)
    DataTypeSchedule.objects.bulk_create(
        [
            DataTypeSchedule(
                operator_id=connection.operator_id,
                connection=connection,
                data_type=data_type,
                hours=setting.schedule_hours,
                counts_from=now,
                next_sync_at=now + timedelta(hours=setting.schedule_hours)
                if setting.schedule_hours
                else None,
            )
            for data_type, setting in settings.items()
        ],
        ignore_conflicts=True,
    )


def schedules_stop(*, connection: Connection, **kwargs: Any) -> None:
    """Forget the schedules of a connection that is read no more."""
    DataTypeSchedule.objects.filter(connection=connection).delete()


def schedules_restart(schedules: QuerySet[DataTypeSchedule], *, now: datetime) -> None:
    """Let schedules count from now on."""
    pause = ExpressionWrapper(F("hours") * Value(timedelta(hours=1)), DurationField())
    coming = ExpressionWrapper(Value(now) + pause, DateTimeField())
    schedules.update(counts_from=now, next_sync_at=Case(When(hours=0, then=None), default=coming))


def schedules_postpone(*, connection: Connection, data_types: QuerySet[Any, Any], until: datetime) -> None:
    """Let these data types be read next at a time, and no other one before it."""
    scheduled = DataTypeSchedule.objects.filter(connection=connection, hours__gt=0)
    scheduled.filter(Q(data_type__in=data_types) | Q(next_sync_at__lt=until)).update(next_sync_at=until)


def _apply_defaults(platform_key: str) -> None:
    """Bring the schedules of an integration's connections in line, where their company doesn't differ."""
    for data_type, setting in default_settings(platform_key).items():
        differing = CompanySyncSetting.objects.filter(data_type=data_type).values("company")
        schedules = DataTypeSchedule.objects.filter(
            data_type=data_type, connection__platform_key=platform_key
        )
        _set_hours(schedules.exclude(connection__company__in=differing), setting.schedule_hours)


def _apply(company: Company) -> None:
    """Bring the schedules of a company's connections in line with its settings."""
    for connection in Connection.objects.filter(company=company).select_related("company"):
        settings = settings_of(company=company, platform_key=connection.platform_key)
        for data_type, setting in settings.items():
            schedules = DataTypeSchedule.objects.filter(connection=connection, data_type=data_type)
            _set_hours(schedules, setting.schedule_hours)


def _set_hours(schedules: QuerySet[DataTypeSchedule], hours: int) -> None:
    """Change how often, counting from where the schedules counted from before."""
    coming = F("counts_from") + timedelta(hours=hours) if hours else None
    schedules.exclude(hours=hours).update(hours=hours, next_sync_at=coming)
