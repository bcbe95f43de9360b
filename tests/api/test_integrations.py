from __future__ import annotations

import pytest
from django.contrib.staticfiles import finders

from config.tenancy import tenant_context
from integrations.services.switches import integration_switch
from tests.api.reference import assert_schema
from tests.conftest import Tenant


def test_list_and_get(northwind: Tenant) -> None:
    client = northwind.api()
    body = client.get("/integrations").json()
    assert_schema(body, "Platform", "Integrations")
    (chargify,) = (row for row in body["results"] if row["key"] == "rkgp")
    assert (chargify["name"], chargify["enabled"], chargify["sourceType"]) == ("Chargify", False, "Commerce")
    assert {"commerce-customers", "commerce-orders"} <= {
        feature["dataType"] for feature in chargify["datatypeFeatures"]
    }
    with tenant_context(northwind.operator.id):
        integration_switch(platform_key="rkgp", enabled=True, actor="test")
    one = client.get("/integrations/rkgp").json()
    assert_schema(one, "Platform", "Integration")
    assert one == chargify | {"enabled": True}
    assert [row["key"] for row in body["results"] if row["isBeta"]] == ["xwsy"]
    assert finders.find("integrations/chargify.svg")
    assert client.get("/integrations/nope").status_code == 404


def test_branding(northwind: Tenant) -> None:
    body = northwind.api().get("/integrations/rkgp/branding").json()
    assert_schema(body, "Platform", "Branding")
    assert body["logo"]["square"]["image"]["src"].endswith(".svg")


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ("key=rkgp", 1),
        ("name~charg", 2),
        ("isBeta=true", 1),
        ("enabled=true", 0),
        ("key=nope || {enabled=false && name=Chargify}", 1),
    ],
)
def test_query(northwind: Tenant, query: str, total: int) -> None:
    answer = northwind.api().get("/integrations", {"query": query, "orderBy": "-name"})
    assert answer.json()["totalResults"] == total


@pytest.mark.parametrize("parameters", [{"query": "nope=1"}, {"query": "name>1"}, {"orderBy": "nope"}])
def test_odd_queries(northwind: Tenant, parameters: dict[str, str]) -> None:
    assert northwind.api().get("/integrations", parameters).status_code == 400
