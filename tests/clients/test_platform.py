"""The published platform clients, unmodified, drive every operation of theirs that we have, on the running program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from tests.api.reference import document
from tests.clients.environments import PublishedClient
from tests.stack import SITE_KEY, OperatorAccount, Stack

pytestmark = pytest.mark.slow

VERSIONS = ("6.0.0", pytest.param("5.0.1", marks=pytest.mark.older))
UNKNOWN = "7f0c2a3e-7d41-4b86-9a4e-0c6f1d2b8e70"
SETTING = {"data_type": "commerce-orders", "fetch_on_first_link": True, "sync_schedule": 24, "sync_order": 0}

# Each operation of the contract, and the method by which the clients call it.
METHODS = {
    "list-companies": "companies.list",
    "create-company": "companies.create",
    "get-company": "companies.get",
    "replace-company": "companies.replace",
    "update-company": "companies.update",
    "delete-company": "companies.delete",
    "add-product": "companies.add_product",
    "remove-product": "companies.remove_product",
    "refresh-product-data": "companies.refresh_product_data",
    "get-company-access-token": "companies.get_access_token",
    "get-company-syncSettings": "companies.get_company_sync_settings",
    "set-company-syncSettings": "companies.set_company_sync_settings",
    "list-connections": "connections.list",
    "create-connection": "connections.create",
    "get-connection": "connections.get",
    "delete-connection": "connections.delete",
    "unlink-connection": "connections.unlink",
    "update-connection-authorization": "connections.update_authorization",
    "get-connection-management-access-token": "connection_management.get",
    "get-connection-management-cors-settings": "cors.get",
    "set-connection-management-cors-settings": "cors.set",
    "get-cors-settings": "settings.get",
    "set-cors-settings": "settings.set",
    "refresh-company-data": "refresh_data.all",
    "refresh-data-type": "refresh_data.by_data_type",
    "get-company-data-status": "refresh_data.get",
    "list-pull-operations": "refresh_data.list_pull_operations",
    "get-pull-operation": "refresh_data.get_pull_operation",
    "get-read-validation-results": "read_data.get_validation_results",
    "list-integrations": "integrations.list",
    "get-integration": "integrations.get",
    "get-integrations-branding": "integrations.get_branding",
    "get-profile": "settings.get_profile",
    "update-profile": "settings.update_profile",
    "get-profile-syncSettings": "settings.get_sync_settings",
    "update-profile-syncSettings": "settings.update_sync_settings",
    "list-api-keys": "settings.list_api_keys",
    "create-api-key": "settings.create_api_key",
    "delete-api-key": "settings.delete_api_key",
    "configure-custom-data-type": "custom_data_type.configure",
    "get-custom-data-type-configuration": "custom_data_type.get_configuration",
    "refresh-custom-data-type": "custom_data_type.refresh",
    "list-custom-data-type-records": "custom_data_type.list",
    "get-company-push-history": "push_data.list_operations",
    "get-push-operation": "push_data.get_operation",
    "get-create-update-model-options-by-data-type": "push_data.get_model_options",
}
# Not in the clients, or driven by the tests of what they belong to.
ELSEWHERE = {
    "rotate-zapier-key",
    "list-webhook-consumers",
    "create-webhook-consumer",
    "delete-webhook-consumer",
}
# Custom data types do the same.
ABSENT = {"configure-supplemental-data", "get-supplemental-data-configuration"}


@dataclass
class Driver:
    """A client at work for an operator, which remembers what it has called."""

    client: PublishedClient
    operator: OperatorAccount
    called: set[str]

    def call(self, *calls: tuple[str, Any]) -> list[Any]:
        """Return what some operations gave, all of which must succeed."""
        return self.client.values(self.operator, self._methods(calls))

    def refused(self, *calls: tuple[str, Any]) -> list[tuple[str, int]]:
        """Return the kind and status of the errors that some operations raised."""
        outcomes = self.client.drive(self.operator, self._methods(calls))
        return [(outcome["error"], outcome["status"]) for outcome in outcomes]

    def _methods(self, calls: Sequence[tuple[str, Any]]) -> list[tuple[str, Any]]:
        self.called |= {operation for operation, _ in calls}
        return [(METHODS[operation], request) for operation, request in calls]


@pytest.fixture(params=VERSIONS)
def driver(request: pytest.FixtureRequest, stack: Stack) -> Driver:
    """One version of the client, for a new operator with Chargify switched on."""
    operator = stack.operator()
    stack.manage("integration_enable", "--operator", operator.id, "--platform-key", "rkgp")
    return Driver(PublishedClient("codat-platform", request.param, "CodatPlatform"), operator, set())


def test_no_operation_is_forgotten() -> None:
    whole = document("Platform")
    if not whole:
        pytest.skip("The reference is not at hand.")
    operations = {
        operation["operationId"]
        for path in whole["paths"].values()
        for method, operation in path.items()
        if method in {"get", "post", "put", "patch", "delete"}
    }
    assert operations == set(METHODS) | ELSEWHERE | ABSENT


def test_every_operation(driver: Driver) -> None:
    _settings(driver)
    company = _company(driver)
    connection = _connection(driver, company)
    _reading(driver, company, connection)
    _custom_data(driver, company, connection)
    _end(driver, company, connection)
    assert driver.called == set(METHODS)


def _settings(driver: Driver) -> None:
    origins = {"allowed_origins": ["https://app.example.com"]}
    profile = {
        "name": "Acme Lending",
        "redirect_url": "https://app.example.com/done?c={companyId}",
        "white_list_urls": ["https://app.example.com"],
    }
    sync_settings = {"client_id": driver.operator.id, "settings": [SETTING], "overrides_defaults": True}
    new_key, keys, integrations, *_ = driver.call(
        ("create-api-key", {"name": "second"}),
        ("list-api-keys", None),
        ("list-integrations", {"page": 1, "page_size": 10, "query": "enabled=true", "order_by": "name"}),
        ("get-integration", {"platform_key": "rkgp"}),
        ("get-integrations-branding", {"platform_key": "rkgp"}),
        ("update-profile", profile),
        ("update-profile-syncSettings", sync_settings),
        ("set-connection-management-cors-settings", origins),
    )
    assert new_key["apiKey"].startswith("tr_")
    assert {key["name"] for key in keys["results"]} == {"test", "second"}
    assert [integration["key"] for integration in integrations["results"]] == ["rkgp"]
    shown, set_before, new, old, again = driver.call(
        ("get-profile", None),
        ("get-profile-syncSettings", None),
        ("get-cors-settings", None),
        ("get-connection-management-cors-settings", None),
        ("set-cors-settings", origins),
    )
    assert {name: shown[name] for name in ("redirectUrl", "whiteListUrls")} == {
        "redirectUrl": profile["redirect_url"],
        "whiteListUrls": profile["white_list_urls"],
    }
    schedules = {setting["dataType"]: setting["syncSchedule"] for setting in set_before["settings"]}
    assert schedules["commerce-orders"] == 24
    assert new == old == again == {"allowedOrigins": origins["allowed_origins"]}
    _delete(driver, new_key["id"])


def _delete(driver: Driver, key: str) -> None:
    # Their description says that a deletion answers 204 with a refusal's body, which HTTP can't carry: whatever a
    # server does, the clients raise after the key is gone.
    ((_, status),) = driver.refused(("delete-api-key", {"api_key_id": key}))
    assert status == 204
    assert [one["name"] for one in driver.operator.get("/apiKeys")["results"]] == ["test"]


def _company(driver: Driver) -> str:
    tags = {"region": "uk"}
    (made,) = driver.call(("create-company", {"name": "Corner Bakery", "tags": tags}))
    company = {"company_id": made["id"]}
    body = {"name": "Corner Bakery Ltd", "description": "Bread"}
    settings = {"company_id": made["id"], "settings": [SETTING], "overrides_defaults": True}
    *_, listed, shown, token, old_token, set_before, pushed = driver.call(
        ("replace-company", company | {"company_request_body": body | {"tags": tags}}),
        ("update-company", company | {"company_update_request": {"description": "Bread and cake"}}),
        ("add-product", company | {"product_identifier": "lending"}),
        ("set-company-syncSettings", company | {"request_body": settings}),
        ("list-companies", {"page": 1, "page_size": 10, "query": "name~bakery", "tags": "region=uk"}),
        ("get-company", company),
        ("get-company-access-token", company),
        ("get-connection-management-access-token", company),
        ("get-company-syncSettings", company),
        ("get-company-push-history", company),
    )
    assert [one["id"] for one in listed["results"]] == [made["id"]]
    assert (shown["name"], shown["description"]) == ("Corner Bakery Ltd", "Bread and cake")
    assert (shown["tags"], shown["products"]) == (tags, ["lending"])
    assert (token["expiresIn"], token["tokenType"]) == (86400, "Bearer")
    assert old_token["accessToken"]
    assert set_before["overridesDefaults"]
    assert pushed["totalResults"] == 0
    return str(made["id"])


def _connection(driver: Driver, company: str) -> str:
    of_company = {"company_id": company}
    (made,) = driver.call(("create-connection", of_company | {"request_body": {"platform_key": "rkgp"}}))
    assert made["status"] == "PendingAuth"
    connection = of_company | {"connection_id": made["id"]}
    authorized, shown, listed = driver.call(
        (
            "update-connection-authorization",
            connection | {"request_body": {"site": "acme", "apiKey": SITE_KEY}},
        ),
        ("get-connection", connection),
        ("list-connections", of_company | {"query": "status=Linked"}),
    )
    assert authorized["status"] == shown["status"] == "Linked"
    assert [one["id"] for one in listed["results"]] == [made["id"]]
    return str(made["id"])


def _reading(driver: Driver, company: str, connection: str) -> None:
    of_company = {"company_id": company}
    product = of_company | {"product_identifier": "lending"}
    *_, queued = driver.call(
        ("refresh-company-data", of_company),
        ("refresh-product-data", product | {"request_body": {"data_types": ["commerce-customers"]}}),
        ("refresh-data-type", of_company | {"data_type": "commerce-orders", "connection_id": connection}),
    )
    assert queued["dataType"] == "commerce-orders"
    driver.operator.wait_for_sync(company)
    dataset = of_company | {"dataset_id": queued["id"]}
    status, history, operation, validation = driver.call(
        ("get-company-data-status", of_company),
        ("list-pull-operations", of_company | {"page_size": 50, "query": "dataType=commerce-orders"}),
        ("get-pull-operation", dataset),
        ("get-read-validation-results", dataset),
    )
    assert status["commerce-orders"]["currentStatus"] == "Complete"
    assert queued["id"] in [one["id"] for one in history["results"]]
    assert (operation["status"], operation["progress"]) == ("Complete", 100)
    assert validation["errors"] == []


def _custom_data(driver: Driver, company: str, connection: str) -> None:
    chosen = {
        "data_source": "/invoices.json",
        "required_data": {"total": "$[*].total_amount"},
        "key_by": ["$[*].uid"],
    }
    of_type = {"custom_data_identifier": "totals"}
    of_connection = of_type | {"company_id": company, "connection_id": connection}
    of_integration = of_type | {"platform_key": "rkgp"}
    driver.call(
        ("configure-custom-data-type", of_integration | {"custom_data_type_configuration": chosen}),
        ("get-custom-data-type-configuration", of_integration),
    )
    queued, records = driver.call(
        ("refresh-custom-data-type", of_connection),
        ("list-custom-data-type-records", of_connection | {"page": 1, "page_size": 5}),
    )
    assert queued["dataType"] == "commerce-orders"
    assert len(records["results"]) == 5
    assert list(records["results"][0]["content"]) == ["total"]
    driver.operator.wait_for_sync(company)


def _end(driver: Driver, company: str, connection: str) -> None:
    of_company = {"company_id": company}
    of_connection = of_company | {"connection_id": connection}
    unlinked, *_ = driver.call(
        ("unlink-connection", of_connection | {"update_connection_status": {"status": "Unlinked"}}),
        ("remove-product", of_company | {"product_identifier": "lending"}),
    )
    assert unlinked["status"] == "Unlinked"
    refused = driver.refused(
        ("get-push-operation", of_company | {"push_operation_key": UNKNOWN}),
        ("get-create-update-model-options-by-data-type", of_connection | {"data_type": "invoices"}),
    )
    assert refused == [("ErrorMessage", 404), ("ErrorMessage", 404)]
    driver.call(("delete-connection", of_connection), ("delete-company", of_company))
    assert driver.refused(("get-company", of_company)) == [("ErrorMessage", 404)]


def test_errors_are_those_that_the_client_knows(driver: Driver, stack: Stack) -> None:
    key = stack.manage("api_key_create", "--operator", driver.operator.id, "--name", "r", "--scope", "read")
    narrow = OperatorAccount(stack.base_url, driver.operator.id, "", key)
    reader = Driver(driver.client, narrow, set())
    assert reader.refused(
        ("create-company", {"name": "Corner Bakery"}),
        ("list-api-keys", None),
        ("list-companies", {"query": "nonsense"}),
        ("get-connection", {"company_id": UNKNOWN, "connection_id": UNKNOWN}),
    ) == [("ErrorMessage", 403), ("ErrorMessage", 403), ("ErrorMessage", 400), ("ErrorMessage", 404)]
