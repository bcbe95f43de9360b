"""What clients of the former product may ask for: products, access tokens, validation results, pushes, Zapier."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.test import Client

from companies.models import AuditEvent, Connection
from config.tenancy import tenant_context
from integrations.models import PullOperation, Sync
from integrations.services.syncs import sync_request
from tests.api.conftest import path_of, tables_read
from tests.api.reference import assert_schema
from tests.conftest import Tenant

JSON = "application/json"
UNKNOWN = "7f0c2a3e-7d41-4b86-9a4e-0c6f1d2b8e70"


@pytest.fixture
def company(connection: Connection) -> str:
    """The path of the company with a linked connection."""
    return f"/companies/{connection.company_id}"


class TestProducts:
    def test_come_and_go(self, northwind: Tenant, company: str) -> None:
        client = northwind.api()
        for product in ("lending", "expenses", "lending"):
            answer = client.put(f"{company}/products/{product}")
            assert (answer.status_code, answer.content) == (204, b"")
        shown = client.get(company).json()
        assert_schema(shown, "Platform", "Company")
        assert shown["products"] == ["lending", "expenses"]
        assert client.delete(f"{company}/products/lending").status_code == 204
        assert client.get(company).json()["products"] == ["expenses"]
        gone = client.delete(f"{company}/products/lending")
        assert (gone.status_code, gone.json()["error"]) == (404, "The company has no product lending.")

    def test_are_few_and_short(self, northwind: Tenant, company: str) -> None:
        client = northwind.api()
        assert client.put(f"{company}/products/{'x' * 101}").status_code == 400
        statuses = [client.put(f"{company}/products/p{number}").status_code for number in range(21)]
        assert statuses == [204] * 20 + [400]

    def test_refresh(self, northwind: Tenant, company: str) -> None:
        client, path = northwind.api(), f"{company}/products/lending/refresh"
        assert client.post(path).status_code == 404
        client.put(f"{company}/products/lending")
        answer = client.post(path, {"dataTypes": ["commerce-customers"]}, content_type=JSON)
        assert (answer.status_code, answer.content) == (202, b"")
        with tenant_context(northwind.operator.id):
            assert {one.data_type for one in PullOperation.objects.all()} == {"commerce-customers"}
        assert client.post(path, content_type=JSON).status_code == 202
        with tenant_context(northwind.operator.id):
            assert PullOperation.objects.count() > 5
            assert Sync.objects.count() == 1

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"dataTypes": ["commerce-customers", "invoices"]}, "dataTypes"),
            ({"dataTypes": []}, "dataTypes"),
            ({"dataTypes": "commerce-customers"}, "dataTypes"),
            ({"dataTypes": [None]}, "dataTypes.0"),
            ([1], None),
        ],
    )
    def test_odd_refreshes(self, northwind: Tenant, company: str, body: Any, field: str | None) -> None:
        client = northwind.api()
        client.put(f"{company}/products/lending")
        answer = client.post(f"{company}/products/lending/refresh", body, content_type=JSON)
        assert answer.status_code == 400
        assert [error["itemId"] for error in answer.json()["validation"]["errors"]] == [field]
        with tenant_context(northwind.operator.id):
            assert not Sync.objects.exists()


class TestAccessTokens:
    signer = TimestampSigner(salt="companies.access-token", sep=".")

    def test_stand_for_one_company_for_a_day(self, northwind: Tenant, company: str) -> None:
        body = northwind.api().get(f"{company}/accessToken").json()
        assert_schema(body, "Platform", "CompanyAccessToken")
        assert (body["expiresIn"], body["tokenType"]) == (86400, "Bearer")
        named = self.signer.unsign(body["accessToken"], max_age=body["expiresIn"])
        assert named == company.removeprefix("/companies/").replace("-", "")
        with pytest.raises(SignatureExpired):
            self.signer.unsign(body["accessToken"], max_age=-1)
        with pytest.raises(BadSignature):
            self.signer.unsign(body["accessToken"] + "x")
        with tenant_context(northwind.operator.id):
            event = AuditEvent.objects.get(action="access_token.issued")
        assert body["accessToken"] not in str(event.__dict__)

    def test_under_the_former_path(self, northwind: Tenant, company: str) -> None:
        body = northwind.api().get(f"{company}/connectionManagement/accessToken").json()
        assert_schema(body, "Platform", "ConnectionManagementAccessToken")
        assert body["accessToken"]

    def test_are_no_api_keys(self, northwind: Tenant, company: str) -> None:
        token = northwind.api().get(f"{company}/accessToken").json()["accessToken"]
        assert Client(headers={"Authorization": f"Bearer {token}"}).get(company).status_code == 401


class TestValidation:
    @pytest.fixture
    def operation(self, northwind: Tenant, connection: Connection) -> PullOperation:
        with tenant_context(northwind.operator.id):
            sync = sync_request(connection=connection, requested_by="test", streams=["customers"])
            return sync.operations.get()

    def found(self, tenant: Tenant, company: str, operation: PullOperation, **values: Any) -> Any:
        with tenant_context(tenant.operator.id):
            PullOperation.objects.filter(pk=operation.pk).update(**values)
        body = tenant.api().get(f"{company}/sync/{operation.pk}/validation").json()
        assert_schema(body, "Platform", "ValidationResult")
        return body

    def test_nothing_was_odd(self, northwind: Tenant, company: str, operation: PullOperation) -> None:
        assert self.found(northwind, company, operation, findings={"orphans": 3}) == {
            "errors": [],
            "warnings": [],
        }

    def test_gaps_are_errors(self, northwind: Tenant, company: str, operation: PullOperation) -> None:
        findings = {"missing": 2, "no_evidence": 1}
        warnings = [{"message": "Unknown state", "count": 4}]
        body = self.found(northwind, company, operation, findings=findings, warnings=warnings)
        (error,) = body["errors"]
        assert (error["ruleId"], error["itemId"], error["validatorName"]) == ("missing", None, "completeness")
        assert error["message"].startswith("2 that the vendor listed are not stored.")
        assert [warning["ruleId"] for warning in body["warnings"]] == ["no_evidence", "odd_value"]
        assert body["warnings"][1]["message"] == "Unknown state (4 times)"

    def test_a_failed_sync_is_an_error(
        self, northwind: Tenant, company: str, operation: PullOperation
    ) -> None:
        body = self.found(northwind, company, operation, problem="wrong_key", status="AuthError")
        assert [(error["ruleId"], error["validatorName"]) for error in body["errors"]] == [
            ("wrong_key", "sync")
        ]

    def test_reads_few_tables(self, northwind: Tenant, company: str, operation: PullOperation) -> None:
        # Company with Link URLs, connections and errors; operation.
        assert tables_read(northwind.api(), f"{company}/sync/{operation.pk}/validation") == 5


class TestPushing:
    def test_there_is_nothing(self, northwind: Tenant, company: str) -> None:
        body = northwind.api().get(f"{company}/push?page=1&pageSize=10&query=status=Failed&orderBy=-x").json()
        assert_schema(body, "Platform", "PushOperations")
        assert (body["results"], body["totalResults"]) == ([], 0)
        assert northwind.api().get(f"{company}/push?page=0").status_code == 400

    def test_nor_can_be(self, northwind: Tenant, connection: Connection, company: str) -> None:
        for path in (f"{company}/push/{UNKNOWN}", path_of(connection, "/options/invoices")):
            answer = northwind.api().get(path)
            assert answer.status_code == 404
            assert_schema(answer.json(), "Platform", "ErrorMessage")
            assert "only reads" in answer.json()["error"]


def test_zapier_is_refused_with_another_way(northwind: Tenant) -> None:
    answer = northwind.api().post("/webhooks/integrationKeys/zapier")
    assert answer.status_code == 403
    assert_schema(answer.json(), "Platform", "ErrorMessage")
    assert "POST /webhooks" in answer.json()["error"]


def test_another_tenants_company(northwind: Tenant, southbank: Tenant, connection: Connection) -> None:
    client, company = southbank.api(), f"/companies/{connection.company_id}"
    for method, path in (
        ("put", f"{company}/products/lending"),
        ("delete", f"{company}/products/lending"),
        ("post", f"{company}/products/lending/refresh"),
        ("get", f"{company}/accessToken"),
        ("get", f"{company}/connectionManagement/accessToken"),
        ("get", f"{company}/sync/{UNKNOWN}/validation"),
        ("get", f"{company}/push"),
        ("get", f"{company}/push/{UNKNOWN}"),
        ("get", path_of(connection, "/options/invoices")),
    ):
        answer = getattr(client, method)(path)
        assert answer.status_code == 404
        assert answer.json()["error"] == f"No company was found with ID {connection.company_id}"
        assert getattr(Client(), method)(path).status_code == 401
