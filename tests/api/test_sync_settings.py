"""Sync settings by the API, in the shapes of the reference contract."""

from __future__ import annotations

from typing import Any

import pytest

from companies.models import AuditEvent, Connection
from config.tenancy import tenant_context
from integrations.models import CompanySyncSetting, DataTypeSchedule, Sync
from integrations.services.schedules import schedules_start
from tests.api.conftest import tables_read
from tests.api.reference import assert_schema, document
from tests.conftest import Tenant

CUSTOMERS = {"dataType": "commerce-customers", "fetchOnFirstLink": True, "syncSchedule": 24, "syncOrder": 0}
PROFILE = "/profile/syncSettings"


def path_of(connection: Connection) -> str:
    return f"/companies/{connection.company_id}/syncSettings"


def body(*settings: dict[str, Any], overrides: bool = True, **more: Any) -> dict[str, Any]:
    return {"settings": list(settings), "overridesDefaults": overrides, **more}


def post(tenant: Tenant, path: str, sent: Any) -> Any:
    return tenant.api().post(path, sent, content_type="application/json")


def shown(tenant: Tenant, path: str) -> dict[str, dict[str, Any]]:
    answer = tenant.api().get(path).json()
    return {setting["dataType"]: setting for setting in answer["settings"] + answer["billingSettings"]}


def test_without_any_the_defaults_are_shown(northwind: Tenant, connection: Connection) -> None:
    answer = northwind.api().get(path_of(connection))
    assert answer.status_code == 200
    settings = answer.json()
    assert_schema(settings, "Platform", "CompanySyncSettings")
    assert settings["companyId"] == str(connection.company_id)
    assert settings["overridesDefaults"] is False
    first = settings["settings"][0]
    assert first == {
        "dataType": "commerce-companyInfo",
        "fetchOnFirstLink": True,
        "syncSchedule": 24,
        "syncOrder": 0,
    }


def test_clients_find_only_data_types_that_they_know(northwind: Tenant, connection: Connection) -> None:
    """They check the names strictly; ours stand in a field of their own."""
    settings = northwind.api().get(path_of(connection)).json()
    assert all(setting["dataType"].startswith("commerce-") for setting in settings["settings"])
    assert "billing-subscriptions" in {setting["dataType"] for setting in settings["billingSettings"]}
    known = document("Platform")
    if known:
        names = known["components"]["schemas"]["DataStatus"]["properties"]["dataType"]["enum"]
        assert {setting["dataType"] for setting in settings["settings"]} <= set(names)


def test_what_is_set_is_shown_and_followed(northwind: Tenant, connection: Connection) -> None:
    with tenant_context(northwind.operator.id):
        schedules_start(connection=connection)
    weekly = CUSTOMERS | {"fetchOnFirstLink": False, "syncSchedule": 168, "syncFromWindow": 24}
    ours = CUSTOMERS | {"dataType": "billing-subscriptions", "syncFromUtc": "2024-01-01T12:00:00Z"}
    sent = body(weekly, companyId=str(connection.company_id), billingSettings=[ours])
    answer = post(northwind, path_of(connection), sent)
    assert (answer.status_code, answer.content) == (204, b"")
    settings = northwind.api().get(path_of(connection)).json()
    assert_schema(settings, "Platform", "CompanySyncSettings")
    assert settings["overridesDefaults"] is True
    found = shown(northwind, path_of(connection))
    assert found["commerce-customers"] == weekly | {"syncOrder": 2}
    assert found["billing-subscriptions"]["syncFromUtc"] == "2024-01-01T12:00:00Z"
    assert found["commerce-orders"]["syncSchedule"] == 24
    with tenant_context(northwind.operator.id):
        assert DataTypeSchedule.objects.get(data_type="commerce-customers").hours == 168
        assert AuditEvent.objects.filter(action="company.sync_settings_changed").exists()
    northwind.api().post(f"/companies/{connection.company_id}/data/all")
    with tenant_context(northwind.operator.id):
        assert not Sync.objects.get().operations.filter(stream="customers").exists()


def test_what_was_read_can_be_sent_back(northwind: Tenant, connection: Connection) -> None:
    path = path_of(connection)
    post(northwind, path, body(CUSTOMERS | {"syncFromWindow": 6, "syncFromUtc": None, "monthsToSync": 24}))
    read = northwind.api().get(path).json()
    assert post(northwind, path, read).status_code == 204
    assert northwind.api().get(path).json() == read


def test_a_window_that_is_not_sent_again_is_gone(northwind: Tenant, connection: Connection) -> None:
    path = path_of(connection)
    post(northwind, path, body(CUSTOMERS | {"syncFromWindow": 6}))
    post(northwind, path, body(CUSTOMERS))
    assert "syncFromWindow" not in shown(northwind, path)["commerce-customers"]


def test_the_defaults_hold_again_when_asked(northwind: Tenant, connection: Connection) -> None:
    path = path_of(connection)
    post(northwind, path, body(CUSTOMERS | {"syncSchedule": 1}))
    post(northwind, PROFILE, body(CUSTOMERS | {"syncSchedule": 720}))
    assert shown(northwind, path)["commerce-customers"]["syncSchedule"] == 1
    assert post(northwind, path, body(overrides=False)).status_code == 204
    assert shown(northwind, path)["commerce-customers"]["syncSchedule"] == 720
    assert northwind.api().get(path).json()["overridesDefaults"] is False


def test_an_operators_own_are_shown_and_reset(northwind: Tenant) -> None:
    settings = northwind.api().get(PROFILE).json()
    assert_schema(settings, "Platform", "SyncSettings")
    assert (settings["clientId"], settings["overridesDefaults"]) == (str(northwind.operator.id), False)
    client_id = str(northwind.operator.id)
    assert (
        post(northwind, PROFILE, body(CUSTOMERS | {"syncSchedule": 1}, clientId=client_id)).status_code == 204
    )
    assert shown(northwind, PROFILE)["commerce-customers"]["syncSchedule"] == 1
    post(northwind, PROFILE, body(overrides=False))
    assert shown(northwind, PROFILE)["commerce-customers"]["syncSchedule"] == 24


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"dataType": "invoices"}, "No integration has the data type invoices."),
        ({"syncSchedule": -1}, "syncSchedule"),
        ({"syncSchedule": "daily"}, "syncSchedule"),
        ({"syncFromWindow": 0}, "syncFromWindow"),
        ({"syncFromUtc": "soon"}, "syncFromUtc"),
        ({"syncFromUtc": "2024-01-01T00:00:00Z", "syncFromWindow": 3}, "not both"),
    ],
)
def test_nonsense_is_refused_and_nothing_kept(
    northwind: Tenant, connection: Connection, change: dict[str, Any], said: str
) -> None:
    answer = post(northwind, path_of(connection), body(CUSTOMERS, CUSTOMERS | change))
    assert answer.status_code == 400
    assert said in answer.json()["error"]
    with tenant_context(northwind.operator.id):
        assert not CompanySyncSetting.objects.exists()


@pytest.mark.parametrize("sent", [{}, {"settings": []}, {"settings": "all", "overridesDefaults": True}, []])
def test_an_incomplete_request_is_refused(northwind: Tenant, connection: Connection, sent: Any) -> None:
    assert post(northwind, path_of(connection), sent).status_code == 400


def test_another_operators_company_is_unknown(
    northwind: Tenant, southbank: Tenant, connection: Connection
) -> None:
    path = path_of(connection)
    post(northwind, path, body(CUSTOMERS | {"syncSchedule": 1}))
    assert southbank.api().get(path).status_code == 404
    assert post(southbank, path, body(CUSTOMERS)).status_code == 404
    assert shown(northwind, path)["commerce-customers"]["syncSchedule"] == 1
    assert shown(southbank, PROFILE)["commerce-customers"]["syncSchedule"] == 24


def test_reading_needs_few_queries(northwind: Tenant, connection: Connection) -> None:
    # Company with Link URLs, connections and errors; whether it differs; integrations; defaults; its own.
    assert tables_read(northwind.api(), path_of(connection)) == 4 + 4
