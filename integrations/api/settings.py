"""The API of sync settings: how each data type is fetched, for an operator and for one company."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from companies.api.base import ClientView
from companies.models import Scope
from config.api.serializers import CamelSerializer
from config.api.views import operation
from integrations.catalogue import catalogue
from integrations.models import CompanySyncSetting, DefaultSyncSetting, SyncSettingValues
from integrations.services.schedules import (
    NewSettings,
    company_settings_reset,
    company_settings_set,
    default_settings_reset,
    default_settings_set,
)
from integrations.services.settings import SyncSettings, company_settings, data_types_of, default_settings

_LONGEST_PAUSE = 366 * 24
_LONGEST_WINDOW = 100 * 12


class SyncSettingSerializer(CamelSerializer[Any]):
    """How one data type is fetched."""

    data_type = serializers.CharField()
    fetch_on_first_link = serializers.BooleanField(
        help_text="Whether it is read when a company connects, and by `POST /companies/{companyId}/data/all`."
    )
    sync_schedule = serializers.IntegerField(
        min_value=0,
        max_value=_LONGEST_PAUSE,
        source="schedule_hours",
        help_text="Hours from the end of one sync to the next; 0 for none.",
    )
    sync_order = serializers.IntegerField(
        help_text="Its place in the order of reading, which follows from what refers to what; sending it has no effect."
    )
    sync_from_utc = serializers.DateTimeField(
        required=False,
        allow_null=True,
        default=None,
        source="sync_from",
        help_text="What hasn't changed since then isn't read. Set this or `syncFromWindow`; neither is all history.",
    )
    sync_from_window = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        min_value=1,
        max_value=_LONGEST_WINDOW,
        source="window_months",
        help_text="Months of history. Set this or `syncFromUtc`.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse two windows, and data types that no integration has."""
        if attrs["sync_from"] and attrs["window_months"]:
            raise ValidationError("Set syncFromUtc or syncFromWindow, not both.")
        if not any(attrs["data_type"] in data_types_of(key) for key in catalogue()):
            raise ValidationError(f"No integration has the data type {attrs['data_type']}.")
        return attrs


class SyncSettingsSerializer(CamelSerializer[Any]):
    """How data types are fetched; a data type that isn't listed stays as it is."""

    settings = SyncSettingSerializer(many=True)
    billing_settings = SyncSettingSerializer(
        many=True, required=False, help_text="The same of the data types beyond the commerce model."
    )
    overrides_defaults = serializers.BooleanField(
        help_text="Whether anything is set here. Send `false` to let the defaults hold again."
    )

    def new_settings(self) -> NewSettings:
        """Return the values of each data type, by field of the model."""
        return {
            setting["data_type"]: {name: value for name, value in setting.items() if name in _STORED}
            for name in ("settings", "billing_settings")
            for setting in self.validated_data.get(name, ())
        }


_STORED = ("fetch_on_first_link", "schedule_hours", "sync_from", "window_months")


class CompanySyncSettingsSerializer(SyncSettingsSerializer):
    """How data types are fetched from a company."""

    company_id = serializers.UUIDField(required=False)


class ProfileSyncSettingsSerializer(SyncSettingsSerializer):
    """How data types are fetched from every company that doesn't differ."""

    client_id = serializers.UUIDField(required=False)


class CompanySyncSettingsView(ClientView):
    """How data types are fetched from one company."""

    @operation(
        "get-company-syncSettings",
        "Get company sync settings",
        tag="Companies",
        response=CompanySyncSettingsSerializer,
        errors=[404],
    )
    def get(self, request: Request, **kwargs: Any) -> Response:
        """Return how often and how far back each data type is fetched from a company."""
        company = self.company()
        own = CompanySyncSetting.objects.filter(company=company).exists()
        return Response({"companyId": company.id, **_body(company_settings(company), overrides=own)})

    @operation(
        "set-company-syncSettings",
        "Set company sync settings",
        tag="Companies",
        request=CompanySyncSettingsSerializer,
        response=None,
        status=204,
        errors=[400, 404, 422],
    )
    def post(self, request: Request, **kwargs: Any) -> Response:
        """Set how often and how far back data types are fetched from a company.

        A history that is wider than before is read by the next sync; a narrower one removes nothing. Lists that the
        vendor can't filter are always read whole.
        """
        company = self.company()
        serializer = CompanySyncSettingsSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        if serializer.validated_data["overrides_defaults"]:
            company_settings_set(company=company, settings=serializer.new_settings(), actor=self.actor)
        else:
            company_settings_reset(company=company, actor=self.actor)
        return Response(status=204)


class ProfileSyncSettingsView(ClientView):
    """How data types are fetched from every company that doesn't differ."""

    scope = Scope.ADMIN

    @operation(
        "get-profile-syncSettings",
        "Get sync settings",
        tag="Settings",
        response=ProfileSyncSettingsSerializer,
    )
    def get(self, request: Request, **kwargs: Any) -> Response:
        """Return how often and how far back each data type is fetched.

        Where two integrations have a data type, the first is shown; the Portal shows each.
        """
        settings: SyncSettings = {}
        for key in catalogue():
            settings = default_settings(key) | settings
        own = DefaultSyncSetting.objects.exists()
        return Response({"clientId": request.operator_id, **_body(settings, overrides=own)})  # type: ignore[attr-defined]

    @operation(
        "update-profile-syncSettings",
        "Update all sync settings",
        tag="Settings",
        request=ProfileSyncSettingsSerializer,
        response=None,
        status=204,
        errors=[400, 422],
    )
    def post(self, request: Request, **kwargs: Any) -> Response:
        """Set how often and how far back data types are fetched, by every integration that has them."""
        serializer = ProfileSyncSettingsSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        new = serializer.new_settings()
        for key in catalogue():
            of_key = {name: new[name] for name in data_types_of(key) if name in new}
            if not serializer.validated_data["overrides_defaults"]:
                default_settings_reset(platform_key=key, actor=self.actor)
            elif of_key:
                default_settings_set(platform_key=key, settings=of_key, actor=self.actor)
        return Response(status=204)


def _body(settings: Mapping[str, SyncSettingValues], *, overrides: bool) -> dict[str, Any]:
    # Clients refuse data types that are not in their list (reference codat/facts.md §9.4).
    bodies = [_setting(order, setting) for order, setting in enumerate(settings.values())]
    return {
        "settings": [body for body in bodies if body["dataType"].startswith("commerce-")],
        "billingSettings": [body for body in bodies if not body["dataType"].startswith("commerce-")],
        "overridesDefaults": overrides,
    }


def _setting(order: int, setting: SyncSettingValues) -> dict[str, Any]:
    body: dict[str, Any] = {
        "dataType": setting.data_type,
        "fetchOnFirstLink": setting.fetch_on_first_link,
        "syncSchedule": setting.schedule_hours,
        "syncOrder": order,
    }
    if setting.sync_from:
        body["syncFromUtc"] = setting.sync_from
    if setting.window_months:
        body["syncFromWindow"] = setting.window_months
    return body
