"""How an integration's data types are fetched, on its Manage page."""

from __future__ import annotations

from django.test import Client

from companies.models import AuditEvent
from config.tenancy import tenant_context
from integrations.models import DefaultSyncSetting
from integrations.services.schedules import default_settings_set
from integrations.services.settings import data_types_of, default_settings
from tests.conftest import Tenant

URL = "/admin/integrations/commerce/manage/rkgp/"


def filled_in(**changes: str) -> dict[str, str]:
    """Return the form as it is sent, with changes by data type."""
    form = {f"{data_type}-schedule_hours": "24" for data_type in data_types_of("rkgp")}
    return form | {f"{name}-fetch_on_first_link": "on" for name in data_types_of("rkgp")} | changes


def test_every_data_type_is_shown_with_its_key(northwind: Tenant) -> None:
    page = northwind.portal().get(URL).content.decode()
    assert all(f"<code>{data_type}</code>" in page for data_type in data_types_of("rkgp"))
    assert 'aria-label="Company info: Sync frequency"' in page
    assert page.count('<option value="24" selected>Daily</option>') == len(data_types_of("rkgp"))


def test_is_saved_and_audited(northwind: Tenant) -> None:
    sent = filled_in(**{"commerce-orders-schedule_hours": "168"})
    del sent["commerce-customers-fetch_on_first_link"]
    answer = northwind.portal().post(URL, sent, follow=True)
    assert "Saved." in answer.content.decode()
    with tenant_context(northwind.operator.id):
        settings = default_settings("rkgp")
        assert AuditEvent.objects.filter(action="sync_settings.changed", actor="alice@example.org").exists()
    assert settings["commerce-orders"].schedule_hours == 168
    assert not settings["commerce-customers"].fetch_on_first_link
    assert settings["commerce-products"].schedule_hours == 24


def test_a_schedule_and_a_window_of_the_api_stay(northwind: Tenant) -> None:
    with tenant_context(northwind.operator.id):
        own = {"schedule_hours": 12, "window_months": 6}
        default_settings_set(platform_key="rkgp", settings={"commerce-orders": own}, actor="api")
    portal = northwind.portal()
    assert "Every 12 hours" in portal.get(URL).content.decode()
    portal.post(URL, filled_in(**{"commerce-orders-schedule_hours": "12"}))
    with tenant_context(northwind.operator.id):
        setting = default_settings("rkgp")["commerce-orders"]
    assert (setting.schedule_hours, setting.window_months) == (12, 6)


def test_a_frequency_that_is_not_offered_is_refused(northwind: Tenant) -> None:
    answer = northwind.portal().post(URL, filled_in(**{"commerce-orders-schedule_hours": "5"}))
    assert "5 is not one of the available choices" in answer.content.decode()
    with tenant_context(northwind.operator.id):
        assert not DefaultSyncSetting.objects.exists()


def test_an_analyst_sees_and_changes_nothing(northwind: Tenant, bob: Client) -> None:
    page = bob.get(URL).content.decode()
    assert "Only administrators and developers may change this." in page
    assert "Save</button>" not in page
    assert bob.post(URL, filled_in()).status_code == 403
    with tenant_context(northwind.operator.id):
        assert not DefaultSyncSetting.objects.exists()
